/** Rendered prompts: what stands for what is not known. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { parts } from "../../src/prompt/words";

test("what is not known before a run is told apart, and nothing is lost", () => {
  const text = "Dear ⟨guest⟩, a ⟨b ⟨c⟩ d";
  assert.equal(parts(text).map((part) => part.text).join(""), text);
  assert.deepEqual(parts(text).filter((part) => part.isUnknown).map((part) => part.text), ["⟨guest⟩", "⟨c⟩"]);
});
