/** Runs: what events, texts and the journal make of them, and how they are told of. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { RunEvent } from "../../src/protocol";
import { differences, duration, earlierRun, factsByPath, factsOf, inside, nameOf, Run, tokens } from "../../src/runs/run";

function event(path: string, state: string, more: Partial<RunEvent["event"]> = {}): RunEvent {
  const facts = { iteration: 0, attempt: 1, duration: null, branch: null, usage: {}, error: null };
  return { run: "t", run_id: "r1", uri: "file:///f", taskflow: "a", event: { path, state, ...facts, ...more } };
}

function running(...events: RunEvent[]): Run {
  const run = new Run(1, "a", { uri: "file:///f" });
  events.forEach((one) => run.take(one));
  return run;
}

test("nodes have the state of their last event, and the run its id", () => {
  const run = running(event("", "running"), event("b", "running"), event("b", "succeeded", { duration: 1.5, usage: { total_tokens: 7 } }));
  assert.equal(run.id, "r1");
  assert.deepEqual([...run.nodes.keys()], ["b"]);
  const node = run.nodes.get("b");
  assert.equal(factsOf(node ?? assert.fail(), undefined), "1.5 s · 7 tokens");
  assert.equal(tokens(run.usage), 7);
});

test("a try that failed is remembered, and its text begins again", () => {
  const run = running(event("b", "running"));
  run.read({ run_id: "r1", node: "b", text: "Once upon" });
  assert.match(factsOf(run.nodes.get("b") ?? assert.fail(), run.texts.get("b")), /running · “Once upon”/);
  run.take(event("b", "running", { attempt: 2 }));
  assert.equal(run.texts.get("b"), undefined);
  assert.deepEqual(run.nodes.get("b")?.failedTries, ["try 1 failed"]);
});

test("a text that never ends is kept by its end", () => {
  const run = running(event("b", "running"));
  for (let piece = 0; piece < 30; piece++) {
    run.read({ run_id: "r1", node: "b", text: "x".repeat(10_000) });
  }
  assert.equal(run.texts.get("b")?.length, 200_000);
});

test("iterations are nodes of their own, and what is in a subflow lies in it", () => {
  const run = running(event("g", "running"), event("g/b", "succeeded"), event("g", "running", { iteration: 1 }), event("g[1]/b", "failed"));
  assert.deepEqual(inside(run.nodes, undefined).map(({ path }) => path), ["g", "g[1]"]);
  assert.deepEqual(inside(run.nodes, "g[1]").map(({ path }) => path), ["g[1]/b"]);
  assert.equal(nameOf("g[1]/b"), "b");
});

test("a run of the journal looks like one of this window", () => {
  const node = { node: "b", state: "succeeded", attempts: 2, duration: 0.25, has_value: true, failed_tries: [{ message: "No." }] };
  const facts = { id: "r0", taskflow: "a", state: "failed", started_at: 1000, duration: 61, usage: { input_tokens: 3, output_tokens: 4 }, error: null };
  const run = earlierRun("file:///f", { ...facts, resumptions: 0, nodes: [node] });
  assert.deepEqual([run.began.getTime(), tokens(run.usage), run.nodes.get("b")?.failedTries], [1_000_000, 7, ["No."]]);
  assert.equal(factsOf(run.nodes.get("b") ?? assert.fail(), undefined), "250 ms · attempt 2");
  assert.deepEqual(differences(run, running(event("b", "failed"), event("c", "succeeded"))), [
    { path: "b", before: "succeeded", after: "failed" },
    { path: "c", before: "did not run", after: "succeeded" },
  ]);
});

test("the journal knows why tries failed", () => {
  const run = running(event("b", "running"), event("b", "running", { attempt: 2 }), event("b", "failed", { attempt: 2 }));
  const facts = { id: "r1", taskflow: "a", state: "failed", started_at: 0, duration: 1, usage: {}, error: null, resumptions: 0 };
  run.complete({ ...facts, nodes: [{ node: "b", state: "failed", has_value: false, failed_tries: [{ message: "No answer." }] }] });
  assert.deepEqual(run.nodes.get("b")?.failedTries, ["No answer."]);
});

test("the graph shows how long nodes took, of iterations the last one", () => {
  const run = running(
    event("a", "succeeded", { duration: 0.044 }), event("g/b", "succeeded", { duration: 1, attempt: 2 }), event("c", "running"),
    event("g/d", "succeeded", { duration: 1 }), event("g/d", "succeeded", { duration: 2.5, iteration: 1 }),
  );
  assert.deepEqual(factsByPath(run), { a: "44 ms", "g/b": "1.0 s ×2", "g/d": "2.5 s" });
});

test("what agents used beside the numbers is counted once", () => {
  const run = running(event("a", "succeeded", { usage: { total_tokens: 7, agents: { ada: { tokens: 7 } } } }));
  assert.equal(tokens(run.usage), 7);
});

test("durations are told as people read them", () => {
  assert.deepEqual([0.0123, 2.345, 75].map(duration), ["12 ms", "2.3 s", "1 min 15 s"]);
});
