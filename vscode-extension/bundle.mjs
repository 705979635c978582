// Puts the server and the libraries that it needs into dist/libs, as pure Python, for interpreters that have no mfo-lsp of their own.
// What is compiled is left out: markupsafe, websockets and ruamel.yaml do without, rpds is in bundled/, and google-re2 is only
// missed where a flow uses "matches". The interpreter that has pip is python3, or what PYTHON names.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const LIBS = "dist/libs";
const COMPILED = ["google-re2", "rpds-py", "watchfiles"];
const OTHER_SYSTEMS = ["colorama"];
const python = process.env.PYTHON ?? "python3";
const run = (...args) => execFileSync(python, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

rmSync(LIBS, { recursive: true, force: true });
mkdirSync(LIBS, { recursive: true });
run("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", LIBS, "..", ...OTHER_SYSTEMS);

/** What only compilers, type checkers and packagers read. */
function isUseless(name) {
  return /\.(so|pyd|pyi|pyx|pxd|c|h)$|^(bin|__pycache__|tests?)$|^py\.typed$/.test(name);
}

function prune(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (isUseless(name)) {
      rmSync(path, { recursive: true });
    } else if (name.endsWith(".dist-info")) {
      readdirSync(path).filter((one) => one !== "METADATA" && one !== "licenses").forEach((one) => rmSync(join(path, one), { recursive: true }));
    } else if (statSync(path).isDirectory()) {
      prune(path);
    }
  }
}

prune(LIBS);
for (const name of [...COMPILED.map((one) => one.replaceAll("-", "_")), "re2", "rpds", "watchfiles", "pygments"]) {
  readdirSync(LIBS).filter((one) => one === name || one.startsWith(`${name}-`)).forEach((one) => rmSync(join(LIBS, one), { recursive: true }));
}
copyFileSync("bundled/rpds.py", join(LIBS, "rpds.py"));
copyFileSync("bundled/start.py", "dist/start.py");
console.log(run("-B", "-P", "dist/start.py", "--version").trim());
