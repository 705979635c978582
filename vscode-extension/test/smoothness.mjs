// How smooth a large graph is: milliseconds between frames while panning and zooming, and what an edit of the text costs.
// Usage: node test/smoothness.mjs CODE-SERVER VSIX SERVER BUNDLE ROOM
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { command, openFile, startHost, webview } from "./host.mjs";

const [codeServer, vsix, server, bundle, room] = process.argv.slice(2).map((path) => resolve(path));
const workspace = join(room, "workspace");
mkdirSync(room, { recursive: true });
cpSync(bundle, workspace, { recursive: true });

/** In the page: turn a wheel once a frame, and tell how long the frames took. */
function frames({ deltaX, deltaY, ctrlKey, count }) {
  return new Promise((tell) => {
    const stage = document.getElementById("stage");
    const { width, height } = stage.getBoundingClientRect();
    const times = [];
    let last;
    const turn = (now) => {
      if (last !== undefined) times.push(now - last);
      last = now;
      if (times.length === count) {
        tell(times);
        return;
      }
      const half = times.length < count / 2 ? 1 : -1;
      const at = { clientX: width / 2, clientY: height / 2, bubbles: true, cancelable: true };
      stage.dispatchEvent(new WheelEvent("wheel", { deltaX, deltaY: deltaY * half, ctrlKey, ...at }));
      requestAnimationFrame(turn);
    };
    requestAnimationFrame(turn);
  });
}

/** In the page: tell of each graph that comes how long taking it kept the page busy, up to the frame that shows it. */
function listen() {
  window.taken = [];
  window.addEventListener("message", ({ data }) => {
    if (data.type !== "graph") return;
    const begun = performance.now();
    requestAnimationFrame(() => setTimeout(() => window.taken.push(performance.now() - begun)));
  }, true);
}

function summary(times) {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)} ms (${times.length})`;
}

const host = await startHost({ codeServer, vsix, workspace, room, settings: { "mfo.server.command": [server] } });
try {
  const { page } = host;
  await openFile(page, "workflow_definition.yml");
  await page.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
  let begun = Date.now();
  await command(page, "MFO: Show Graph");
  const frame = await webview(page, ".node");
  console.log(`graph shown after ${Date.now() - begun} ms, ${await frame.locator(".node").count()} nodes`);
  await page.waitForTimeout(2000);
  await page.screenshot({ path: join(room, "large.png") });
  console.log("no work:", summary(await frame.evaluate(frames, { deltaX: 0, deltaY: 0, ctrlKey: false, count: 60 })));
  console.log("panning:", summary(await frame.evaluate(frames, { deltaX: 2, deltaY: 30, ctrlKey: false, count: 120 })));
  console.log("zooming:", summary(await frame.evaluate(frames, { deltaX: 0, deltaY: 30, ctrlKey: true, count: 120 })));
  await frame.locator("#fit").click();
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(room, "large-fit.png") });
  console.log("panning over all:", summary(await frame.evaluate(frames, { deltaX: 2, deltaY: 5, ctrlKey: false, count: 120 })));
  console.log("zooming from all:", summary(await frame.evaluate(frames, { deltaX: 0, deltaY: -30, ctrlKey: true, count: 120 })));
  await frame.evaluate(listen);
  await page.locator(".tab", { hasText: "workflow_definition.yml" }).click();
  await page.keyboard.press("Control+Home");
  for (const [what, keys] of [["value", "# a comment "], ["line", "\n\n\n"]]) {
    await frame.evaluate(() => { window.taken.length = 0; });
    await page.keyboard.press("End");
    for (const key of keys) {
      begun = Date.now();
      await (key === "\n" ? page.keyboard.press("Enter") : page.keyboard.type(key));
      await page.waitForTimeout(600);
    }
    console.log(`taking a graph after a typed ${what}:`, summary(await frame.evaluate(() => window.taken)));
  }
} finally {
  await host.stop();
}
