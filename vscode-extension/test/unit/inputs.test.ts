/** Forms for input schemas: which fields there are, and what is typed into them means. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fieldsOf, keepable, readForm, readValue, writeForm } from "../../src/inputs/values";

const schema = {
  required: ["to"],
  properties: {
    to: { type: "string", title: "Recipient", description: "Who gets it." },
    count: { type: "integer", default: 3 },
    tone: { enum: ["5", 5, null] },
    is_urgent: { type: "boolean" },
    tags: { type: "array" },
    api_token: { type: "string" },
    body: { type: "string", maxLength: 5000 },
    anything: {},
  },
};

test("each property has the control that fits it", () => {
  const fields = fieldsOf(schema);
  assert.deepEqual(
    fields.map(({ name, control }) => [name, control]),
    [
      ["to", "text"], ["count", "number"], ["tone", "choice"], ["is_urgent", "choice"],
      ["tags", "json"], ["api_token", "secret"], ["body", "lines"], ["anything", "text"],
    ],
  );
  assert.deepEqual([fields[0]?.title, fields[0]?.isRequired, fields[1]?.placeholder], ["Recipient", true, "3"]);
});

test("a flow without a schema has no fields", () => {
  assert.deepEqual(fieldsOf(null), []);
});

test("what is typed is read by its type, and empty fields are left out", () => {
  const texts = { to: "12", count: "12", tone: "5", is_urgent: "true", tags: '["a"]', body: "", anything: "plain" };
  assert.deepEqual(readForm(fieldsOf(schema), texts, { more: 1 }), {
    more: 1, to: "12", count: 12, tone: "5", is_urgent: true, tags: ["a"], anything: "plain",
  });
});

test("a number that is none stays text, for the server to object to", () => {
  assert.equal(readValue("seven", ["integer"]), "seven");
});

test("what is known stands in the fields, and the rest is kept beside", () => {
  const { texts, others } = writeForm(fieldsOf(schema), { to: "Ada", count: 2, more: [1] });
  assert.deepEqual([texts, others], [{ to: "Ada", count: "2" }, { more: [1] }]);
});

test("what has the name of a secret is not kept for the next run", () => {
  assert.deepEqual(keepable({ to: "Ada", api_token: "x", password: "y" }), { to: "Ada" });
});
