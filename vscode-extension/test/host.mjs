// A code-server with the extension and a workspace, and a browser page on it.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const SUITE_PATIENCE = 300_000;

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Start everything with a workspace, a folder or a file `.code-workspace`; `stop` ends the whole process group.
 *
 * `visit` opens another workspace in a page of its own. With `suite`, a file with `run()`, that runs in the extension host; `ended` gives its exit code.
 */
export async function startHost({ codeServer, vsix, workspace, room, settings = {}, environment = {}, suite, isTrusted = true, others = [] }) {
  const data = join(room, "data");
  const extensions = join(room, "extensions");
  mkdirSync(join(data, "User"), { recursive: true });
  const own = {
    "workbench.startupEditor": "none", "security.workspace.trust.enabled": !isTrusted, "telemetry.telemetryLevel": "off",
    "workbench.enableExperiments": false, "extensions.ignoreRecommendations": true, ...settings,
  };
  writeFileSync(join(data, "User", "settings.json"), JSON.stringify(own));
  const places = ["--user-data-dir", data, "--extensions-dir", extensions];
  execFileSync(codeServer, [...places, "--install-extension", vsix], { stdio: "pipe" });
  for (const folder of others) installFolder(folder, extensions);
  const port = await freePort();
  const options = ["--bind-addr", `127.0.0.1:${port}`, "--auth", "none", "--disable-telemetry", "--disable-update-check"];
  const trust = isTrusted ? ["--disable-workspace-trust"] : [];
  const child = spawn(codeServer, [...options, ...trust, ...places, workspace], {
    detached: true, stdio: ["ignore", "pipe", "pipe"], cwd: room, env: { ...process.env, ...environment },
  });
  await listening(child);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
  const newPage = async () => {
    const page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
    page.setDefaultTimeout(60_000);
    return page;
  };
  const open = async (page, where) => {
    await page.goto(address(port, where, suite, extensions));
    await page.waitForSelector(".monaco-workbench");
    return page;
  };
  const page = await newPage();
  const { ended } = await suiteEnd(page);
  await open(page, workspace);
  return {
    page, ended,
    visit: async (where) => open(await newPage(), where),
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

/** Install an extension as it lies there. */
function installFolder(folder, extensions) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const relativeLocation = `${publisher}.${name}-${version}`;
  const path = join(extensions, relativeLocation);
  cpSync(folder, path, { recursive: true });
  const list = join(extensions, "extensions.json");
  const own = { identifier: { id: `${publisher}.${name}` }, version, location: { $mid: 1, path, scheme: "file" }, relativeLocation };
  writeFileSync(list, JSON.stringify([...JSON.parse(readFileSync(list, "utf8")), own]));
}

function listening(child) {
  return new Promise((resolve, reject) => {
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
}

function address(port, workspace, suite, extensions) {
  const host = `127.0.0.1:${port}`;
  const query = new URLSearchParams({ [workspace.endsWith(".code-workspace") ? "workspace" : "folder"]: workspace });
  if (suite !== undefined) {
    const folder = readdirSync(extensions).find((name) => name.startsWith("mfo-lsp.mfo-"));
    const remote = (path) => `vscode-remote://${host}${path}`;
    const payload = [["extensionDevelopmentPath", remote(join(extensions, folder))], ["extensionTestsPath", remote(suite)]];
    query.set("payload", JSON.stringify(payload));
  }
  return `http://${host}/?${query}`;
}

/** What VS Code calls when it runs a suite: its log, and its end. */
async function suiteEnd(page) {
  let tell;
  const ended = new Promise((resolve) => {
    tell = resolve;
    setTimeout(() => resolve("no end"), SUITE_PATIENCE).unref();
  });
  await page.exposeFunction("codeAutomationLog", (_type, words) => console.log(...words));
  await page.exposeFunction("codeAutomationExit", tell);
  return { ended };
}

/** What a user does by the command palette and the quick open. */
const ROUNDS = 3;
const PATIENCE = { timeout: 15_000 };

/**
 * Open VS Code's input at the top, type into it and choose the row that has some words. Whatever takes the focus closes the input, so
 * that it may have to be opened again, until what was chosen is there.
 */
export async function choose(page, open, typed, words, isThere = () => undefined) {
  const box = page.locator(".quick-input-widget input");
  const row = page.locator(".quick-input-list .monaco-list-row", { hasText: words }).first();
  for (let round = 1; ; round++) {
    try {
      await open();
      await box.waitFor(PATIENCE);
      await box.fill(typed, PATIENCE);
      await row.click(PATIENCE);
      await isThere();
      return;
    } catch (error) {
      if (round === ROUNDS) throw error;
    }
  }
}

export async function command(page, words) {
  await choose(page, () => page.keyboard.press("F1"), `>${words}`, words);
}

export async function openFile(page, name) {
  const tab = page.locator(".tab", { hasText: name });
  await choose(page, () => page.keyboard.press("Control+P"), name, name, () => tab.waitFor(PATIENCE));
}

/** The frame of the webview that is shown. */
export async function webview(page, selector) {
  for (let round = 0; round < 900; round++) {
    for (const frame of page.frames()) {
      if (await frame.locator(selector).count().catch(() => 0)) return frame;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no webview shows ${selector}`);
}
