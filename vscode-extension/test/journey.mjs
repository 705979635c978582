// What a user does from the first squiggle to a run, in a real VS Code. Usage: node test/journey.mjs CODE-SERVER VSIX SERVER EXAMPLE ROOM
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { command, openFile, startHost, webview } from "./host.mjs";

const [codeServer, vsix, server, example, room] = process.argv.slice(2).map((path) => resolve(path));
const workspace = join(room, "workspace");
mkdirSync(room, { recursive: true });
cpSync(example, workspace, { recursive: true });
const file = join(workspace, "workflow_definition.yml");
writeFileSync(file, readFileSync(file, "utf8").replace("${INPUT.order_id}", "${INPUT.order_idd}"));
writeFileSync(join(workspace, "chart.yml"), "services:\n  web: {image: nginx}\n");

const host = await startHost({ codeServer, vsix, workspace, room, settings: { "mfo.server.command": [server] } });
const { page } = host;
const picture = (name) => page.screenshot({ path: join(room, `${name}.png`) });
const step = async (name, work) => {
  const begun = Date.now();
  try {
    await work();
    console.log(`ok ${name} (${Date.now() - begun} ms)`);
  } catch (problem) {
    await picture(`failed-${name.replaceAll(" ", "-")}`);
    throw problem;
  }
};

try {
  await step("other YAML stays YAML", async () => {
    await openFile(page, "chart.yml");
    await page.locator(".statusbar-item", { hasText: /^YAML$/ }).waitFor();
  });
  await step("an MFO document gets its language and a squiggle", async () => {
    await openFile(page, "workflow_definition.yml");
    await page.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
    await page.locator(".statusbar-item", { hasText: /^\s*1\s*$|Errors: 1/ }).first().waitFor().catch(() => undefined);
    await command(page, "Next Problem (Error, Warning, Info)");
    await page.locator(".marker-widget, .zone-widget", { hasText: "did you mean" }).first().waitFor();
    await picture("squiggle");
    await page.keyboard.press("Escape");
  });
  await step("the quick fix mends it", async () => {
    await page.keyboard.press("Control+.");
    await page.locator(".action-widget", { hasText: "order_id" }).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".squiggly-error").waitFor({ state: "detached" });
  });
  await step("the graph stands beside the file", async () => {
    await command(page, "MFO: Show Graph");
    const frame = await webview(page, ".node[data-id=record_order]");
    await picture("graph");
    await frame.locator(".node[data-id=tell_customer] .box").click();
    await page.locator(".statusbar-item", { hasText: /Ln 6\d/ }).waitFor();
    await frame.locator(".node.selected[data-id=tell_customer]").waitFor();
    await frame.locator("#search").fill("closer");
    await frame.locator("#found", { hasText: "1 found" }).waitFor();
    await frame.locator("#search").fill("");
  });
  await step("a flow runs and its states are on the graph", async () => {
    await page.locator(".tab", { hasText: "workflow_definition.yml" }).click();
    await command(page, "MFO: Run Flow");
    for (let input = 0; input < 3; input++) {
      await page.locator(".quick-input-title", { hasText: `input ${input + 1} of 3` }).waitFor();
      await page.keyboard.press("Enter");
    }
    await page.locator(".monaco-list-row", { hasText: "process_order" }).filter({ hasText: "succeeded" }).first().waitFor();
    const frame = await webview(page, ".node[data-id=record_order]");
    await frame.locator(".node[data-id=record_order][data-state=succeeded]").waitFor();
    await picture("run");
  });
  console.log("all steps done");
} finally {
  await host.stop();
}
