// axe-core on a page of the extension: whatever is serious is told, and fails.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BAD = ["serious", "critical"];

/** Have axe-core look at a frame; throws with what it found. */
export async function mustBeAccessible(frame, what) {
  await frame.evaluate(SOURCE);
  const { violations, passes } = await frame.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const bad = violations.filter(({ impact }) => BAD.includes(impact));
  const words = violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map((node) => node.html.slice(0, 200)).join("\n    ")}`);
  if (bad.length > 0) {
    throw new Error(`axe-core on ${what}:\n  ${words.join("\n  ")}`);
  }
  console.log(`   axe-core on ${what}: ${passes.length} rules hold, ${violations.length} minor remarks ${violations.map(({ id }) => id).join(" ")}`);
}
