// What a user does from the first squiggle to a run, in a real VS Code with the packaged extension; every page is looked at by axe-core.
// Usage: node test/journey.mjs CODE-SERVER VSIX SERVER EXAMPLE ROOM [PICTURES]
// With PICTURES, a folder, the pictures of docs/images are taken into it.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { mustBeAccessible } from "./axe.mjs";
import { choose, command, openFile, startHost, webview } from "./host.mjs";

const [codeServer, vsix, server, example, room, pictures] = process.argv.slice(2).map((path) => resolve(path));
const workspace = join(room, "orders");
mkdirSync(room, { recursive: true });
cpSync(example, workspace, { recursive: true, filter: (path) => !path.endsWith(".mfo") });
const file = join(workspace, "workflow_definition.yml");
writeFileSync(file, readFileSync(file, "utf8").replace("${INPUT.order_id}", "${INPUT.order_idd}"));
writeFileSync(join(workspace, "chart.yml"), "services:\n  web: {image: nginx}\n");

const settings = {
  "mfo.server.command": [join(room, "server")], "workbench.colorTheme": "Default Dark Modern", "editor.minimap.enabled": false,
  "workbench.layoutControl.enabled": false, "window.commandCenter": false, "chat.commandCenter.enabled": false,
  "editor.fontSize": 13, "breadcrumbs.enabled": false, "editor.stickyScroll.enabled": false,
};
const host = await startHost({ codeServer, vsix, workspace, room, settings });
const { page } = host;
const shoot = (name, folder = room) => page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });

/** Take a picture for the documentation, when everything has come to rest; nothing that is tested depends on it. */
async function picture(name) {
  if (pictures === undefined) return;
  await page.mouse.move(5, 5);
  await page.waitForTimeout(800);
  await shoot(name, pictures);
}

/** Have axe-core look at a page in every theme, and leave a picture of each. */
async function accessibleInEveryTheme(frame, what) {
  for (const [kind, theme] of Object.entries(THEMES)) {
    await choose(page, () => command(page, "Preferences: Color Theme"), theme, theme);
    await frame.locator(`body[data-vscode-theme-kind="vscode-${kind}"]`).waitFor();
    await frame.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    await mustBeAccessible(frame, `${what}, ${kind}`);
    await shoot(`${what.replaceAll(" ", "-")}-${kind}`);
  }
}

/** Make the side bar wider. */
async function dragSideBar(pixels) {
  const { x, width, y } = await page.locator(".part.sidebar").boundingBox();
  await page.mouse.move(x + width, y + 300);
  await page.mouse.down();
  await page.mouse.move(x + width + pixels, y + 300, { steps: 5 });
  await page.mouse.up();
}

async function step(name, work) {
  const begun = Date.now();
  try {
    await work();
    console.log(`ok ${name} (${Date.now() - begun} ms)`);
  } catch (problem) {
    await shoot(`failed-${name.replaceAll(/\W+/g, "-")}`);
    throw problem;
  }
}

/** Save by the dialog that VS Code shows in a browser. */
async function saveAs(title, name) {
  const path = join(workspace, name);
  await command(page, title);
  const isOffered = (wanted) => document.querySelector(".quick-input-widget .quick-input-box input")?.value === wanted;
  await page.waitForFunction(isOffered, path);
  await page.keyboard.press("Enter");
  const end = name.endsWith(".svg") ? "</svg>" : "IEND";
  for (let round = 0; round < 200; round++) {
    const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    if (bytes.subarray(-16).includes(end)) return bytes;
    await page.waitForTimeout(50);
  }
  throw new Error(`${name} is not written`);
}

/** In the browser: how large a picture is, and how many colours it has. */
async function colours(data) {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return { width: image.width, height: image.height, count: new Set(pixels).size };
}

const focusedId = (frame) => frame.evaluate(() => document.activeElement?.getAttribute("data-id") ?? "");
const THEMES = {
  light: "Light Modern", "high-contrast": "Dark High Contrast", "high-contrast-light": "Light High Contrast", dark: "Dark Modern",
};

try {
  await step("other YAML stays YAML", async () => {
    await openFile(page, "chart.yml");
    await page.locator(".statusbar-item", { hasText: /^YAML$/ }).waitFor();
    await command(page, "View: Close Editor");
  });
  await step("a missing server is told of once, with what helps", async () => {
    await openFile(page, "workflow_definition.yml");
    const toast = page.locator(".notification-toast", { hasText: "the language server does not start" });
    await toast.locator(".monaco-button", { hasText: "Choose Interpreter" }).waitFor();
    await shoot("missing");
    assert.equal(await toast.count(), 1);
    symlinkSync(server, join(room, "server"));
    await toast.locator(".monaco-button", { hasText: "Try Again" }).click();
  });
  await step("an MFO document gets its language and a squiggle", async () => {
    await page.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
    await page.locator('[id="status.problems"]', { hasText: "1" }).waitFor();
    await command(page, "Next Problem (Error, Warning, Info)");
    await page.locator(".zone-widget", { hasText: "did you mean" }).first().waitFor();
    await command(page, "MFO: Show Graph");
    await webview(page, ".node.error[data-id=record_order] .badge");
    await page.keyboard.press("Control+B");
    await page.locator(".part.sidebar").waitFor({ state: "hidden" });
    await picture("problem");
    await page.locator(".zone-widget .codicon-close").click();
  });
  await step("the quick fix mends it", async () => {
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget", { hasText: "order_id" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".squiggly-error").waitFor({ state: "detached" });
    await page.keyboard.press("Control+S");
  });
  await step("the graph stands beside the file and follows it", async () => {
    const frame = await webview(page, ".node[data-id=record_order]:not(.error)");
    await page.keyboard.press("Control+Home");
    await picture("graph");
    await frame.locator(".node[data-id=tell_customer] .box").click();
    await page.locator(".statusbar-item", { hasText: /Ln 6\d/ }).waitFor();
    await frame.locator(".node.selected[data-id=tell_customer]").waitFor();
    await page.keyboard.press("Control+Home");
  });
  await step("the graph is walked by keys", async () => {
    const frame = await webview(page, ".node");
    await frame.locator(".node[data-id=record_order]").focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await focusedId(frame), "is_large");
    await page.keyboard.press("ArrowDown");
    const told = await frame.locator("#told").textContent();
    assert.match(told ?? "", /is_large to \w+: branch/);
    await page.keyboard.press("ArrowUp");
    assert.equal(await focusedId(frame), "is_large");
    await page.keyboard.press("Enter");
    await page.locator(".statusbar-item", { hasText: /Ln 8\d/ }).waitFor();
  });
  await step("subflows fold and unfold", async () => {
    const frame = await webview(page, ".node");
    const subflow = frame.locator(".node[data-id=look_closer]");
    await subflow.locator(".handle").click();
    await frame.locator(".node.folded[data-id=look_closer][aria-expanded=false]").waitFor();
    assert.equal(await frame.locator(".node[data-id=rate_fraud]").count(), 0);
    await subflow.focus();
    await page.keyboard.press("Space");
    await frame.locator(".node[data-id=rate_fraud]").waitFor();
    assert.equal(await subflow.getAttribute("aria-expanded"), "true");
  });
  await step("the graph is searched", async () => {
    const frame = await webview(page, ".node");
    await frame.locator("#search").fill("closer");
    await frame.locator("#found", { hasText: "1 found" }).waitFor();
    await frame.locator("#search").fill("");
  });
  await step("the graph is saved as a picture", async () => {
    const svg = (await saveAs("MFO: Save Graph as SVG", "process_order.svg")).toString();
    assert.match(svg, /^<\?xml/);
    assert.match(svg, /data-id="tell_customer"/);
    const png = await saveAs("MFO: Save Graph as PNG", "process_order.png");
    const { width, height, count } = await page.evaluate(colours, png.toString("base64"));
    const size = /width="([\d.]+)" height="([\d.]+)"/.exec(svg);
    assert.deepEqual([width, height], [Math.round(2 * size[1]), Math.round(2 * size[2])]);
    assert.ok(count > 20, `a picture of ${count} colours`);
  });
  await step("a flow runs and its states are on the graph", async () => {
    await page.locator(".tab", { hasText: "workflow_definition.yml" }).click();
    await command(page, "MFO: Run Flow");
    const form = await webview(page, "#field-order_id");
    await form.locator("#field-amount").fill("many");
    await form.locator("#problem-amount", { hasText: "many" }).waitFor();
    await accessibleInEveryTheme(form, "the form of inputs");
    await form.locator("#field-amount").fill("64900");
    await form.locator("button.primary").click();
    await page.locator('.monaco-list-row[aria-label^="run of process_order, succeeded"]').first().waitFor();
    const frame = await webview(page, ".node[data-id=record_order]");
    await frame.locator(".node[data-id=record_order][data-state=succeeded]").waitFor();
    await frame.locator(".mark[data-state=succeeded]").first().waitFor({ state: "attached" });
    await command(page, "Notifications: Clear All Notifications");
    await page.locator(".tab", { hasText: "Graph of process_order" }).click();
    await frame.locator(".edge.idle").first().waitFor();
    await accessibleInEveryTheme(frame, "the graph of a run");
    if (pictures !== undefined) await dragSideBar(80);
    await picture("run");
  });
  await step("a prompt is shown as a model would get it", async () => {
    await command(page, "View: Close All Editors");
    await command(page, "View: Show Explorer");
    await openFile(page, "prompts_definition.yml");
    await page.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
    await choose(page, () => command(page, "Go to Line/Column..."), ":12", "line 12");
    await command(page, "MFO: Preview Prompt");
    const frame = await webview(page, "#prompt pre");
    await frame.locator("#prompt pre", { hasText: "Order A-1017" }).first().waitFor();
    await frame.locator("#variable-customer").fill("grace");
    await frame.locator("#prompt pre", { hasText: "of customer grace" }).waitFor();
    await accessibleInEveryTheme(frame, "the prompt preview");
    await frame.locator("button.back").click();
    await frame.locator("#prompt pre", { hasText: "of customer ada" }).waitFor();
    assert.match((await frame.locator(".size").textContent()) ?? "", /about \d+ tokens/);
    await picture("prompt");
  });
  console.log("all steps done");
} finally {
  await host.stop();
}
