// Runs the suites of test/suite in the extension host of a real VS Code, with the extension as it is packaged.
// Usage: node test/suite.mjs CODE-SERVER VSIX SERVER BARE-PYTHON EXAMPLES ROOM
import { cpSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { build } from "esbuild";

import { startHost } from "./host.mjs";

const [codeServer, vsix, server, bare, examples, room] = process.argv.slice(2).map((path) => resolve(path));
const workspace = join(room, "workspace");
mkdirSync(room, { recursive: true });
cpSync(examples, workspace, { recursive: true, filter: (path) => !path.endsWith(".mfo") });

const suites = resolve("dist/suite");
const names = ["index.ts", "language.test.ts", "runs.test.ts", "server.test.ts"];
await build({
  entryPoints: names.map((name) => join("test/suite", name)),
  outdir: suites, outExtension: { ".js": ".cjs" }, bundle: true, platform: "node", target: "node18", format: "cjs",
  external: ["vscode", "mocha"], logLevel: "warning",
});

const host = await startHost({
  codeServer, vsix, workspace, room,
  settings: { "mfo.server.command": [server] },
  environment: { MFO_SERVER: server, MFO_BARE_PYTHON: bare },
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
