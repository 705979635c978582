/** The commands that the extension adds, and those of the server that it carries out with windows of its own. */

import * as vscode from "vscode";
import type { Location, Position } from "vscode-languageclient/node";

import type { GraphPanel } from "./graph/panel";
import type { PromptPanel } from "./prompt/panel";
import type { RulePage, RunArgument, Why } from "./protocol";
import { dryRun, registerRunCommands, runFlow, type RunParts, runTask } from "./runs/commands";
import type { RunTree } from "./runs/tree";
import { type Server, showReferences } from "./server";
import type { FlowTests } from "./testing/controller";

/** What the commands work with. */
export interface Parts extends RunParts {
  readonly graph: GraphPanel;
  readonly prompt: PromptPanel;
  readonly tests: FlowTests;
  readonly tree: RunTree;
}

/** The commands of the server that this extension carries out with windows of its own. */
const OF_SERVER = ["mfo.runFlow", "mfo.runTask", "mfo.dryRun", "mfo.showGraph", "mfo.explainRule"] as const;

/** Carry out a command of the server, from a lens, a code action or the palette. */
async function carryOut(parts: Parts, command: (typeof OF_SERVER)[number], argument: unknown): Promise<unknown> {
  const about = aboutOf(argument);
  if (command === "mfo.explainRule") {
    return explain(parts, argument);
  }
  if (about === undefined) {
    void vscode.window.showInformationMessage("MFO: open a workflow first; this command is about the one in the editor.");
    return undefined;
  }
  switch (command) {
    case "mfo.runFlow":
      return runFlow(parts, about);
    case "mfo.runTask":
      return runTask(parts, about);
    case "mfo.dryRun":
      return dryRun(parts, about);
    case "mfo.showGraph":
      return parts.graph.show({ uri: about.uri, taskflow: about.taskflow ?? undefined });
  }
}

/** The commands; all exist without a server, and say so where they need one. */
export function registerCommands(parts: Parts): vscode.Disposable[] {
  const { server, graph, prompt } = parts;
  const add = (name: string, work: (...args: never[]) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(name, work);
  return [
    ...OF_SERVER.map((name) => add(name, (argument: unknown) => carryOut(parts, name, argument))),
    add("mfo.restartServer", () => server.restart()),
    add("mfo.showOutput", () => {
      server.show();
    }),
    add("mfo.why", () => why(server)),
    add("mfo.previewPrompt", () => prompt.show()),
    add("mfo.searchGraph", () => {
      graph.search();
    }),
    add("mfo.saveGraphAsSvg", () => graph.save("svg")),
    add("mfo.saveGraphAsPng", () => graph.save("png")),
    add("mfo.revealNode", (uri: string, taskflow: string, path: string) =>
      graph.reveal({ uri, taskflow: taskflow === "" ? undefined : taskflow }, path),
    ),
    ...registerRunCommands(parts),
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
