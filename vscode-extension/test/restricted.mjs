// A workspace that is not trusted: nothing that lies in it is started, no flow runs, and the rest works.
// Usage: node test/restricted.mjs CODE-SERVER VSIX SERVER EXAMPLE ROOM
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
const host = await startHost({ codeServer, vsix, workspace, room, settings, isTrusted: false });
try {
  const { page } = host;
  await page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
  await openFile(page, "workflow_definition.yml");
  await page.locator(".statusbar-item", { hasText: "MFO workflow" }).waitFor();
  await page.locator('[id="status.problems"]', { hasText: "1" }).waitFor();
  console.log("ok findings come without anything of the workspace");
  await command(page, "MFO: Run Flow");
  const toast = page.locator(".notification-toast", { hasText: "not trusted" });
  await toast.locator(".monaco-button", { hasText: "Manage Workspace Trust" }).waitFor();
  await page.screenshot({ path: join(room, "restricted.png") });
  console.log("ok no flow runs");
  assert.equal(existsSync(mark), false, "something of the workspace was started");
  console.log("ok nothing of the workspace was started");
} finally {
  await host.stop();
}
