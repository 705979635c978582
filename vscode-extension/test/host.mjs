// A code-server with the packaged extension and a workspace, and a browser page on it.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Start everything; `stop` ends the whole process group. */
export async function startHost({ codeServer, vsix, workspace, room, settings = {} }) {
  const data = join(room, "data");
  const extensions = join(room, "extensions");
  mkdirSync(join(data, "User"), { recursive: true });
  const own = {
    "workbench.startupEditor": "none", "security.workspace.trust.enabled": false, "telemetry.telemetryLevel": "off",
    "workbench.enableExperiments": false, "extensions.ignoreRecommendations": true, ...settings,
  };
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify(own));
  const places = ["--user-data-dir", data, "--extensions-dir", extensions];
  execFileSync(codeServer, [...places, "--install-extension", vsix], { stdio: "pipe" });
  const port = await freePort();
  const options = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"];
  const child = spawn(codeServer, [...options, "--disable-workspace-trust", ...places, workspace], {
    detached: true, stdio: ["ignore", "pipe", "pipe"], cwd: room,
  });
  await new Promise((resolve, reject) => {
    let said = "";
    const hear = (text) => {
      said += text;
      if (said.includes("HTTP server listening")) resolve();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", () => reject(new Error(said)));
    setTimeout(() => reject(new Error(said)), 60_000).unref();
  });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1500, height: 950 } });
  page.setDefaultTimeout(60_000);
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
  await page.waitForSelector(".monaco-workbench");
  return {
    page,
    async stop() {
      await browser.close();
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // it has ended already
      }
    },
  };
}

/** What a user does by the command palette and the quick open. */
export async function command(page, words) {
  await page.keyboard.press("F1");
  const box = page.locator(".quick-input-widget input");
  await box.waitFor();
  await box.fill(`>${words}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: words }).first().waitFor();
  await page.keyboard.press("Enter");
}

export async function openFile(page, name) {
  await page.keyboard.press("Control+P");
  const box = page.locator(".quick-input-widget input");
  await box.waitFor();
  await box.fill(name);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: name }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".tab", { hasText: name }).waitFor();
}

/** The frame of the webview that is shown. */
export async function webview(page, selector) {
  for (let round = 0; round < 300; round++) {
    for (const frame of page.frames()) {
      if (await frame.locator(selector).count().catch(() => 0)) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no webview shows ${selector}`);
}
