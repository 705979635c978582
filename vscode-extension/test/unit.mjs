// The parts of the extension that know no window, in node's own test runner. Usage: node test/unit.mjs
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

const folder = join(import.meta.dirname, "unit");
const entryPoints = readdirSync(folder).filter((name) => name.endsWith(".test.ts")).map((name) => join(folder, name));
const outdir = join(import.meta.dirname, "..", "dist", "unit");
await build({ entryPoints, outdir, bundle: true, platform: "node", format: "cjs", target: "node20", logLevel: "warning", outExtension: { ".js": ".cjs" } });
const files = readdirSync(outdir).filter((name) => name.endsWith(".cjs")).map((name) => join(outdir, name));
process.exit(spawnSync(process.execPath, ["--test", ...files], { stdio: "inherit" }).status ?? 1);
