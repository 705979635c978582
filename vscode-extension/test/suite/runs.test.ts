/** Runs that ask, that are known from the journal and go on, and tests of flows. */

import assert from "node:assert/strict";
import * as vscode from "vscode";

import type { Run } from "../../src/runs/run";
import { open, openMfo, parts, until } from "./documents";

const FLOW = `name: asks
tasks:
  - {id: which, type: ask_user, config: {question: Which colour, choices: [red, green]}}
  - {id: same, type: transform, config: {values: {colour: which.answer}}, dependencies: [which]}
outputs: {colour: "\${same.colour}"}
`;
const TESTS = `flow: asks.yml
tests:
  - name: nobody answers
    expect: {error: task_failed}
  - name: wrong
    expect:
      outputs: {colour: red}
`;

/** Take the first choice of each question until a run is over. */
async function answered(run: Promise<Run | undefined>): Promise<Run> {
  let over: Run | undefined;
  const ending = run.then((found) => {
    over = found;
  });
  await until("the end of the run", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return over;
  });
  await ending;
  return over ?? assert.fail("the run was not begun");
}

describe("a run", () => {
  it("waits for the person at the editor", async () => {
    const document = await openMfo("asks.yml", FLOW);
    const { runs } = await parts();
    const run = await answered(runs.flow({ uri: document.uri.toString() }));
    assert.deepEqual([run.state, run.result?.outputs], ["succeeded", { colour: "red" }]);
  });

  it("that was stopped stands in the journal, and goes on from there", async () => {
    const document = await openMfo("asks.yml");
    const { runs, history } = await parts();
    const uri = document.uri.toString();
    const ending = runs.flow({ uri });
    const run = await until("the question", () => runs.runs.find((one) => one.nodes.get("which")?.state === "running"));
    runs.stop(run);
    assert.equal((await ending)?.state, "cancelled");
    runs.runs.length = 0;
    const [last, first] = await history.list();
    assert.deepEqual([last?.state, first?.state, last?.id], ["cancelled", "succeeded", run.id]);
    const whole = await history.whole(first ?? assert.fail());
    assert.deepEqual([...whole.nodes.keys()], ["which", "same"]);
    const value = await runs.value(uri, first?.id ?? "", "same");
    assert.deepEqual(JSON.parse(value?.text ?? ""), { colour: "red" });
    const resumed = await answered(runs.resume(last ?? assert.fail()));
    assert.deepEqual([resumed.state, resumed.id], ["succeeded", run.id]);
    await vscode.commands.executeCommand("mfo.compareRuns", { run: resumed });
    await until("the comparison", () => vscode.window.tabGroups.all.some((group) => group.activeTab?.label.includes("ended differently")) || undefined);
  });
});

describe("tests of flows", () => {
  it("are run, and what is not met stands at its line", async () => {
    const document = await open("asks.test.yml", TESTS);
    const { tests } = await parts();
    await vscode.commands.executeCommand("mfo.runTests", { uri: document.uri.toString() });
    const told = [0, 1].map((number) => tests.told.get(`${document.uri.toString()}#${number}`));
    assert.deepEqual(told.map((one) => one?.state), ["passed", "failed"]);
    assert.deepEqual(told[1]?.mismatches?.map(({ range }) => range.start.line), [6, 6]);
  });
});
