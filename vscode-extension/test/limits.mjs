// Where little can be done: in a workspace that is not trusted nothing that lies in it is started, no flow runs, and the rest works;
// in one that is virtual the user is told so.
// Usage: node test/limits.mjs CODE-SERVER VSIX SERVER EXAMPLE ROOM
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { command, openFile, startHost } from "./host.mjs";

const [codeServer, vsix, server, example, room] = process.argv.slice(2).map((path) => resolve(path));
const workspace = join(room, "orders");
const mark = join(room, "was-started");
mkdirSync(join(workspace, ".venv", "bin"), { recursive: true });
mkdirSync(join(workspace, ".vscode"));
cpSync(example, workspace, { recursive: true, filter: (path) => !path.endsWith(".mfo") });
const trap = join(workspace, ".venv", "bin", "python");
writeFileSync(trap, `#!/bin/sh\ntouch '${mark}'\nexec '${server}' "$@"\n`);
chmodSync(trap, 0o755);
mkdirSync(join(workspace, "mfo_lsp"));
writeFileSync(join(workspace, "mfo_lsp", "__main__.py"), `open(${JSON.stringify(mark)}, "w")\n`);
writeFileSync(join(workspace, ".vscode", "settings.json"), JSON.stringify({ "mfo.server.command": [trap], "mfo.interpreter": trap }));
const file = join(workspace, "workflow_definition.yml");
writeFileSync(file, readFileSync(file, "utf8").replace("${INPUT.order_id}", "${INPUT.order_idd}"));

const settings = { "mfo.server.command": [], "security.workspace.trust.startupPrompt": "never" };
const others = [resolve(import.meta.dirname, "virtual-files")];
const host = await startHost({ codeServer, vsix, workspace, room, settings, isTrusted: false, others });
const { page } = host;
const toast = (on, words) => on.locator(".notification-toast", { hasText: words });
const button = (on, words) => on.locator(".monaco-button", { hasText: words });
/** Visit a virtual workspace; the explorer asks once for its files, which is too early where what provides them starts late. */
async function visitVirtual(path) {
  for (let round = 1; ; round++) {
    const page = await host.visit(path);
    try {
      await page.locator(".explorer-viewlet .monaco-list-row", { hasText: "flow.mfo.yml" }).waitFor({ timeout: 15_000 });
      return page;
    } catch (error) {
      if (round === 3) throw error;
    }
  }
}

try {
  await page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
  await openFile(page, "workflow_definition.yml");
  await page.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
  await page.locator('[id="status.problems"]', { hasText: "1" }).waitFor();
  console.log("ok findings come without anything of the workspace");
  await command(page, "MFO: Run Flow");
  await button(toast(page, "not trusted"), "Manage Workspace Trust").waitFor();
  await page.screenshot({ path: join(room, "restricted.png") });
  console.log("ok no flow runs");
  assert.equal(existsSync(mark), false, "something of the workspace was started");
  console.log("ok nothing of the workspace was started");

  const virtual = join(room, "virtual.code-workspace");
  writeFileSync(virtual, JSON.stringify({ folders: [{ uri: "mfo-virtual:/", name: "virtual" }] }));
  const other = await visitVirtual(virtual);
  await other.locator(".explorer-viewlet .monaco-list-row", { hasText: "flow.mfo.yml" }).dblclick();
  await other.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
  await toast(other, "this workspace is virtual").waitFor();
  await command(other, "Notifications: Clear All Notifications");
  await command(other, "MFO: Run Flow");
  await toast(other, "need files on a disk").waitFor();
  await other.screenshot({ path: join(room, "virtual.png") });
  console.log("ok a virtual workspace has colours, and says what it has not");
} finally {
  await host.stop();
}
