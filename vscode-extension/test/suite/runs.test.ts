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
    const value = await runs.value(uri, first?.id ?? "", { node: "same" });
    assert.deepEqual(JSON.parse(value?.text ?? ""), { colour: "red" });
    const resumed = await answered(runs.resume(last ?? assert.fail()));
    assert.deepEqual([resumed.state, resumed.id], ["succeeded", run.id]);
    await vscode.commands.executeCommand("mfo.compareRuns", { run: resumed });
    await until("the comparison", () => vscode.window.tabGroups.all.some((group) => group.activeTab?.label.includes("ended differently")) || undefined);
  });
});

const WRONG = `name: wrong
tasks: [{id: first, type: transform, config: {values: {is: 1}}, successors: [inner]}]
subflows:
  - id: inner
    tasks:
      - {id: count, type: transform, config: {values: {number: int(INPUT.text)}}}
`;

describe("a run that failed", () => {
  it("leads to the line that failed, and is run again", async () => {
    const document = await openMfo("wrong.yml", WRONG);
    const { runs, tree } = await parts();
    const uri = document.uri.toString();
    const run = await runs.flow({ uri, inputs: { text: "none" } });
    assert.deepEqual([run?.state, run?.failure?.task], ["failed", "inner/count"]);
    const lines = await tree.getChildren();
    const line = lines.find((one) => one.kind === "run" && one.run === run) ?? assert.fail();
    assert.match(tree.getTreeItem(line).accessibilityInformation?.label ?? "", /^run of wrong, failed/);
    const failure = (await tree.getChildren(line)).find(({ kind }) => kind === "failure") ?? assert.fail();
    await open("chart.yml");
    const { command } = tree.getTreeItem(failure);
    await vscode.commands.executeCommand(command?.command ?? "", ...((command?.arguments ?? []) as unknown[]));
    const editor = vscode.window.activeTextEditor;
    assert.deepEqual([editor?.document.uri.toString(), editor?.selection.start.line], [uri, 5]);
    await vscode.commands.executeCommand("mfo.rerun", line);
    const [second] = runs.runs;
    assert.notEqual(second, run);
    assert.deepEqual([second?.state, second?.argument.inputs], ["failed", { text: "none" }]);
  });
});

describe("an earlier run", () => {
  it("shows what it was given, what its nodes gave and what it returned", async () => {
    await openMfo("asks.yml");
    const { runs, tree } = await parts();
    const own = runs.runs.splice(0);
    const [history] = (await tree.getChildren()).filter(({ kind }) => kind === "history");
    const [line] = await tree.getChildren(history ?? assert.fail());
    const inside = await tree.getChildren(line ?? assert.fail());
    assert.deepEqual(inside.map(({ kind }) => kind), ["inputs", "node", "node", "outputs"]);
    const { command } = tree.getTreeItem(inside[3] ?? assert.fail());
    await vscode.commands.executeCommand(command?.command ?? "", ...((command?.arguments ?? []) as unknown[]));
    const shown = await until("the outputs", () => vscode.workspace.textDocuments.find((one) => one.fileName.endsWith("/outputs.json")));
    assert.deepEqual(JSON.parse(shown.getText()), { colour: "red" });
    runs.runs.push(...own);
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
