// Runs the suites of test/suite in the extension host of a real VS Code, with the extension as it is packaged.
// Usage: node test/suite.mjs CODE-SERVER VSIX SERVER BARE-PYTHON EXAMPLES ROOM
import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { build } from "esbuild";

import { startHost } from "./host.mjs";

const [codeServer, vsix, server, bare, examples, room] = process.argv.slice(2).map((path) => resolve(path));
const folder = join(room, "workspace");
mkdirSync(room, { recursive: true });
cpSync(examples, folder, { recursive: true, filter: (path) => !path.endsWith(".mfo") });
for (const name of ["second", "third"]) {
  mkdirSync(join(room, name));
  const flow = `name: ${name}\ntasks:\n  - {id: same, type: transform, config: {values: {is: INPUT.nam}}}\ninput_schema: {properties: {name: {type: string}}}\n`;
  writeFileSync(join(room, name, "flow.yml"), flow);
  writeFileSync(join(room, name, "flow.test.yml"), `flow: flow.yml\ntests:\n  - name: of ${name}\n    expect: {state: succeeded}\n`);
}
const workspace = join(room, "two.code-workspace");
writeFileSync(workspace, JSON.stringify({ folders: [{ path: folder }, { path: join(room, "second") }] }));

const suites = resolve("dist/suite");
const names = readdirSync("test/suite").filter((name) => name === "index.ts" || name.endsWith(".test.ts"));
await build({
  entryPoints: names.map((name) => join("test/suite", name)),
  outdir: suites, outExtension: { ".js": ".cjs" }, bundle: true, platform: "node", target: "node18", format: "cjs",
  external: ["vscode", "mocha"], logLevel: "warning",
});

const host = await startHost({
  codeServer, vsix, workspace, room,
  settings: { "mfo.server.command": [server] },
  environment: { MFO_ROOM: room, MFO_SERVER: server, MFO_BARE_PYTHON: bare },
  suite: join(suites, "index.cjs"),
});
try {
  const code = await host.ended;
  if (code !== 0) {
    throw new Error(`the suites ended with ${code}`);
  }
} finally {
  await host.stop();
}
