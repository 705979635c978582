// Bundles the extension for the host (node) and the pages that it shows (browser).
import { copyFileSync } from "node:fs";

import { build } from "esbuild";

const common = { bundle: true, sourcemap: true, logLevel: "warning", minify: !process.argv.includes("--readable") };
await build({
  ...common,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.js",
  platform: "node",
  target: "node18",
  format: "cjs",
  external: ["vscode"],
});
await build({
  ...common,
  entryPoints: { graph: "src/graph/page.ts", inputs: "src/inputs/page.ts", prompt: "src/prompt/page.ts" },
  outdir: "dist",
  platform: "browser",
  target: "es2022",
  format: "iife",
});
copyFileSync("../LICENSE", "LICENSE");
