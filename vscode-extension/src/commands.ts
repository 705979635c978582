/** The commands that the extension adds, and those of the server that it carries out with windows of its own. */

import * as vscode from "vscode";
import type { Location, Position } from "vscode-languageclient/node";

import type { GraphPanel } from "./graph/panel";
import type { RenderedPrompt, RulePage, RunArgument, Why } from "./protocol";
import type { RunController } from "./runs/controller";
import { differences, type Run } from "./runs/run";
import type { Item } from "./runs/tree";
import { type Server, showReferences } from "./server";
import { json, type Texts } from "./texts";

/** What the commands work with. */
export interface Parts {
  readonly server: Server;
  readonly runs: RunController;
  readonly graph: GraphPanel;
  readonly texts: Texts;
}

/** The commands of the server that this extension carries out with windows of its own. */
const OF_SERVER = ["mfo.runFlow", "mfo.runTask", "mfo.dryRun", "mfo.showGraph", "mfo.explainRule"] as const;
const STARTING_RUNS: readonly string[] = ["mfo.runFlow", "mfo.runTask"];

/** Carry out a command of the server, from a lens, a code action or the palette. */
async function carryOut(parts: Parts, command: (typeof OF_SERVER)[number], argument: unknown): Promise<unknown> {
  const { runs, graph, texts, server } = parts;
  const about = aboutOf(argument);
  if (command === "mfo.explainRule") {
    return explain(parts, argument);
  }
  if (about === undefined) {
    void vscode.window.showInformationMessage("MFO: open a workflow first; this command is about the one in the editor.");
    return undefined;
  }
  if (STARTING_RUNS.includes(command) && !vscode.workspace.isTrusted) {
    return askForTrust();
  }
  switch (command) {
    case "mfo.runFlow":
      return runs.flow(about).then((run) => tellEnd(parts, run));
    case "mfo.runTask":
      return askForTask(server, about).then(async (full) => {
        if (full !== undefined) {
          await tellEnd(parts, await runs.task(full));
        }
      });
    case "mfo.dryRun":
      return runs.plan(about).then((plan) => (plan == null ? undefined : texts.show("plan.json", json(plan))));
    case "mfo.showGraph":
      return graph.show({ uri: about.uri, taskflow: about.taskflow ?? undefined });
  }
}

/** Flows call programs and services: in a workspace that is not trusted, nothing runs. */
async function askForTrust(): Promise<void> {
  const manage = "Manage Workspace Trust";
  if ((await vscode.window.showWarningMessage("MFO: flows are not run in a workspace that is not trusted.", manage)) === manage) {
    await vscode.commands.executeCommand("workbench.trust.manage");
  }
}

/** The commands; all exist without a server, and say so where they need one. */
export function registerCommands(parts: Parts): vscode.Disposable[] {
  const { server, graph, runs, texts } = parts;
  const add = (name: string, work: (...args: never[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, work);
  return [
    ...OF_SERVER.map((name) => add(name, (argument: unknown) => carryOut(parts, name, argument))),
    add("mfo.restartServer", () => server.restart()),
    add("mfo.showOutput", () => {
      server.show();
    }),
    add("mfo.why", () => why(server)),
    add("mfo.previewPrompt", () => previewPrompt(parts)),
    add("mfo.searchGraph", () => {
      graph.search();
    }),
    add("mfo.saveGraphAsSvg", () => graph.save("svg")),
    add("mfo.saveGraphAsPng", () => graph.save("png")),
    add("mfo.revealNode", (uri: string, taskflow: string, path: string) =>
      graph.reveal({ uri, taskflow: taskflow === "" ? undefined : taskflow }, path),
    ),
    add("mfo.stopRun", (item: Item) => {
      runs.stop(item.run);
    }),
    add("mfo.rerun", async (item: Item) => tellEnd(parts, await runs.again(item.run))),
    add("mfo.showOutputs", (item: Item) => texts.show(`outputs of run ${item.run.number}.json`, json(item.run.result?.outputs))),
    add("mfo.compareRuns", (item: Item) => compare(parts, item.run)),
    add("mfo.showReferences", async (uri: string, position: Position, locations: Location[]) => {
      const client = await server.running();
      if (client !== undefined) {
        await showReferences(client, uri, position, locations);
      }
    }),
  ];
}

/** The document that a command is about: the one it names, else the one in the editor. */
function aboutOf(argument: unknown): RunArgument | undefined {
  if (typeof argument === "object" && argument !== null && "uri" in argument && typeof argument.uri === "string") {
    return argument as RunArgument;
  }
  const document = vscode.window.activeTextEditor?.document;
  return document?.languageId === "mfo" ? { uri: document.uri.toString() } : undefined;
}

async function askForTask(server: Server, about: RunArgument): Promise<RunArgument | undefined> {
  if (about.task !== undefined) {
    return about;
  }
  const params = { textDocument: { uri: about.uri }, taskflow: about.taskflow ?? undefined };
  const graph = await server.ask<import("./protocol").Graph | null>("mfo/graph", params);
  const tasks = (graph?.graph.nodes ?? []).filter((node) => node.kind === "task");
  const items = tasks.map((node) => ({ label: node.id, description: node.type }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Run a task", placeHolder: "The task to execute" });
  return chosen === undefined ? undefined : { ...about, task: chosen.label };
}

async function tellEnd({ texts }: Parts, run: Run | undefined): Promise<void> {
  if (run === undefined) {
    return;
  }
  await vscode.commands.executeCommand("mfo.runs.focus", { preserveFocus: true });
  if (run.state === "succeeded") {
    await texts.show(`outputs of run ${run.number}.json`, json(run.result?.outputs));
  }
}

async function explain({ server, texts }: Parts, argument: unknown): Promise<void> {
  const named = typeof argument === "object" && argument !== null && "code" in argument ? argument : undefined;
  const code = named !== undefined ? String(named.code) : await vscode.window.showInputBox({ prompt: "A rule, such as MFO401" });
  if (code === undefined || code === "") {
    return;
  }
  const rule = await server.execute<RulePage>("mfo.explainRule", { code });
  if (rule !== undefined) {
    await texts.showPage(rule.code, rule.page);
  }
}

async function why(server: Server): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document !== undefined) {
    const told = await server.ask<Why>("mfo/why", { textDocument: { uri: document.uri.toString() } });
    void vscode.window.showInformationMessage(`MFO: ${told?.reason ?? "there is no server to ask"}`);
  }
}

async function previewPrompt({ server, texts }: Parts): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return;
  }
  const { document, selection } = editor;
  const position = { line: selection.active.line, character: selection.active.character };
  const about = { textDocument: { uri: document.uri.toString() }, position };
  const prompt = await server.ask<RenderedPrompt | null>("mfo/renderedPrompt", about);
  if (prompt == null) {
    void vscode.window.showInformationMessage("MFO: there is no prompt at the cursor.");
    return;
  }
  await texts.show(`${prompt.template}.prompt.txt`, promptText(prompt));
}

/** A rendered prompt to be read: its parts, where the values came from, how long it is. */
export function promptText(prompt: RenderedPrompt): string {
  const parts = [
    ...(prompt.system === null ? [] : [`--- system ---\n${prompt.system}`]),
    ...(prompt.user === null ? [] : [`--- user ---\n${prompt.user}`]),
    ...prompt.problems.map((problem) => `! ${problem.message}`),
    `--- about ${prompt.tokens} tokens (an estimate); ${prompt.engine} ---`,
    ...prompt.variables.map(({ name, value, origin }) => `${name} (${origin}) = ${JSON.stringify(value)}`),
  ];
  return `${parts.join("\n\n")}\n`;
}

async function compare({ runs, texts }: Parts, run: Run): Promise<void> {
  const before = runs.before(run);
  if (before === undefined) {
    void vscode.window.showInformationMessage("MFO: there is no run of this flow before this one.");
    return;
  }
  const one = texts.set(`run ${before.number}.json`, json(summary(before)));
  const other = texts.set(`run ${run.number}.json`, json(summary(run)));
  const count = differences(before, run).length;
  const title = `${run.title}: run ${before.number} and ${run.number}, ${count} node${count === 1 ? "" : "s"} ended differently`;
  await vscode.commands.executeCommand("vscode.diff", one, other, title);
}

function summary(run: Run): unknown {
  return {
    state: run.state,
    inputs: run.argument.inputs,
    nodes: Object.fromEntries([...run.nodes.values()].map((node) => [node.path, node.state])),
    outputs: run.result?.outputs,
    failure: run.failure,
  };
}
