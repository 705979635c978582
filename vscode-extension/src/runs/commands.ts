/** The commands of the run view: start, stop, resume, compare, and what runs gave. */

import * as vscode from "vscode";

import type { Graph, RunArgument } from "../protocol";
import type { Server } from "../server";
import { columnBeside, json, type Texts } from "../texts";
import type { RunController, WantedValue } from "./controller";
import type { RunHistory } from "./history";
import { differences, nameOf, Run, type ShownRun } from "./run";
import type { Item } from "./tree";

const MOST_VALUES = 60;

/** What these commands work with. */
export interface RunParts {
  readonly server: Server;
  readonly runs: RunController;
  readonly history: RunHistory;
  readonly texts: Texts;
}

type NodeItem = Extract<Item, { kind: "node" }>;

/** Nothing runs in a workspace that is not trusted: flows call programs and services. True where it is trusted. */
export function trusted(): boolean {
  if (!vscode.workspace.isTrusted) {
    void askForTrust();
  }
  return vscode.workspace.isTrusted;
}

async function askForTrust(): Promise<void> {
  const manage = "Manage Workspace Trust";
  if ((await vscode.window.showWarningMessage("MFO: flows are not run in a workspace that is not trusted.", manage)) === manage) {
    await vscode.commands.executeCommand("workbench.trust.manage");
  }
}

/** Run a flow, show how it goes, and in the end what came out. */
export async function runFlow(parts: RunParts, about: RunArgument): Promise<void> {
  if (trusted()) {
    await showEnd(parts, await parts.runs.flow(about));
  }
}

/** Execute one task; which one is asked for where nobody said. */
export async function runTask(parts: RunParts, about: RunArgument): Promise<void> {
  const full = trusted() ? await askForTask(parts.server, about) : undefined;
  if (full !== undefined) {
    await showEnd(parts, await parts.runs.task(full));
  }
}

/** Show what a run would do. */
export async function dryRun({ runs, texts }: RunParts, about: RunArgument): Promise<void> {
  const plan = await runs.plan(about);
  if (plan != null) {
    await texts.show("plan.json", json(plan), columnBeside(about.uri));
  }
}

/** The commands of the lines of the tree. */
export function registerRunCommands(parts: RunParts): vscode.Disposable[] {
  const { runs, history, texts } = parts;
  const add = (name: string, work: (item: never) => unknown): vscode.Disposable => vscode.commands.registerCommand(name, work);
  const shown = new Map<string, readonly [run: Run, node: string]>();
  const begun = new Set<Run>();
  return [
    runs.onChange((run) => {
      if (!begun.has(run)) {
        begun.add(run);
        void vscode.commands.executeCommand("mfo.runs.focus", { preserveFocus: true });
      }
      for (const [name, [one, node]] of shown) {
        if (one === run) {
          follow(texts.set(name, run.texts.get(node) ?? ""));
        }
      }
    }),
    add("mfo.stopRun", (item: { run: Run }) => {
      runs.stop(item.run);
    }),
    add("mfo.rerun", async (item: { run: Run }) => (trusted() ? showEnd(parts, await runs.again(item.run)) : undefined)),
    add("mfo.runAgainWith", async (item: { run: ShownRun }) => runFlow(parts, { uri: item.run.uri, taskflow: item.run.taskflow })),
    add("mfo.resumeRun", async (item: { run: ShownRun }) => (trusted() ? showEnd(parts, await runs.resume(item.run)) : undefined)),
    add("mfo.refreshRuns", () => {
      history.refresh();
    }),
    add("mfo.showOutputs", (item: { run: ShownRun }) =>
      item.run instanceof Run ? showOutputs(parts, item.run) : showValue(parts, item.run, { part: "outputs" })),
    add("mfo.showRunInputs", (item: { run: ShownRun }) => showValue(parts, item.run, {})),
    add("mfo.showRunValue", (item: NodeItem) => showValue(parts, item.run, { node: item.node.path })),
    add("mfo.showRunText", async ({ run, node }: NodeItem) => {
      if (run instanceof Run) {
        const name = `run ${run.number}/${nameOf(node.path)}.md`;
        shown.set(name, [run, node.path]);
        await texts.show(name, run.texts.get(node.path) ?? "", columnBeside(run.uri));
      }
    }),
    add("mfo.compareRuns", (item: { run: ShownRun }) => compare(parts, item.run)),
  ];
}

/** Keep the end of a growing text in sight. */
function follow(uri: vscode.Uri): void {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document.uri.toString() === uri.toString());
  if (editor !== undefined) {
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    editor.revealRange(new vscode.Range(end, end));
  }
}

async function askForTask(server: Server, about: RunArgument): Promise<RunArgument | undefined> {
  if (about.task !== undefined) {
    return about;
  }
  const params = { textDocument: { uri: about.uri }, taskflow: about.taskflow ?? undefined };
  const graph = await server.ask<Graph | null>("mfo/graph", params);
  const tasks = (graph?.graph.nodes ?? []).filter((node) => node.kind === "task");
  const items = tasks.map((node) => ({ label: node.id, description: node.type }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Run a task", placeHolder: "The task to execute" });
  return chosen === undefined ? undefined : { ...about, task: chosen.label };
}

async function showEnd(parts: RunParts, run: Run | undefined): Promise<void> {
  if (run?.state === "succeeded") {
    await showOutputs(parts, run);
  }
}

function showOutputs({ texts }: RunParts, run: Run): Promise<void> {
  return texts.show(`outputs of run ${run.number}.json`, json(run.result?.outputs), columnBeside(run.uri));
}

/** Show what a node gave, what the run was given or what it returned, as the journal has it. */
async function showValue({ runs, texts }: RunParts, run: ShownRun, wanted: WantedValue): Promise<void> {
  const value = run.id === undefined ? undefined : await runs.value(run.uri, run.id, wanted).catch((problem: unknown) => String(problem));
  if (value == null || typeof value === "string") {
    const why = value ?? "the project keeps no journal";
    void vscode.window.showInformationMessage(`MFO: this run's values are not kept (${why}).`);
    return;
  }
  const name = wanted.node === undefined ? (wanted.part ?? "inputs") : nameOf(wanted.node);
  await texts.show(`run ${(run.id ?? "").slice(0, 8)}/${name}.json`, value.cut ? `${value.text}\n...\n` : `${value.text}\n`, columnBeside(run.uri));
}

/** Show what differs between a run and the one of the same flow before it. */
async function compare(parts: RunParts, run: ShownRun): Promise<void> {
  const { runs, history, texts } = parts;
  const ofWindow = run instanceof Run ? runs.before(run) : undefined;
  const earlier = ofWindow ?? (await history.list()).find((one) => one.taskflow === run.taskflow && one.began < run.began);
  if (earlier === undefined) {
    void vscode.window.showInformationMessage("MFO: there is no run of this flow before this one.");
    return;
  }
  const [before, after] = await Promise.all([whole(history, earlier), whole(history, run)]);
  const [one, other] = await Promise.all([before, after].map((each) => summary(parts, each)));
  const count = differences(before, after).length;
  const title = `${run.title}: ${nameOfRun(before)} and ${nameOfRun(after)}, ${count} node${count === 1 ? "" : "s"} ended differently`;
  const left = texts.set(`${nameOfRun(before)}.json`, json(one));
  const right = texts.set(`${nameOfRun(after)}.json`, json(other));
  await vscode.commands.executeCommand("vscode.diff", left, right, title);
}

function whole(history: RunHistory, run: ShownRun): Promise<ShownRun> {
  return run instanceof Run ? Promise.resolve(run) : history.whole(run);
}

function nameOfRun(run: ShownRun): string {
  return run instanceof Run ? `run ${run.number}` : `run of ${run.began.toLocaleString().replaceAll("/", "-")}`;
}

/** What a run came to: of each node its state and, where the journal has it, its value. */
async function summary({ runs }: RunParts, run: ShownRun): Promise<unknown> {
  const nodes = [...run.nodes.values()];
  const told = await Promise.all(
    nodes.map(async (node, place): Promise<readonly [string, unknown]> => {
      const isAsked = run.id !== undefined && node.hasValue && place < MOST_VALUES;
      const value = isAsked ? await runs.value(run.uri, run.id, { node: node.path }).catch(() => undefined) : undefined;
      const known = value == null || value.cut ? {} : { value: JSON.parse(value.text) as unknown };
      return [node.path, { state: node.state, ...(node.error === undefined ? {} : { error: node.error }), ...known }];
    }),
  );
  const known = async (part: "inputs" | "outputs"): Promise<unknown> => {
    const value = run.id === undefined ? undefined : await runs.value(run.uri, run.id, { part }).catch(() => undefined);
    return value == null || value.cut ? undefined : (JSON.parse(value.text) as unknown);
  };
  const outputs = run instanceof Run ? run.result?.outputs : run.state === "succeeded" ? await known("outputs") : undefined;
  const [inputs, failure] = [await known("inputs"), run.failure?.message];
  return { state: run.state, inputs, outputs, failure, nodes: Object.fromEntries(told) };
}
