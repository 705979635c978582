/** Runs the suites in the extension host; a VS Code calls it. */

import { readdirSync } from "node:fs";
import { join } from "node:path";

import Mocha from "mocha";

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", color: false, timeout: 40_000, slow: 3000 });
  readdirSync(__dirname)
    .filter((name) => name.endsWith(".test.cjs"))
    .sort()
    .forEach((name) => mocha.addFile(join(__dirname, name)));
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) {
    throw new Error(`${failures} failed`);
  }
}
