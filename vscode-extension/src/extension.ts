/** The extension: it puts the parts together. */

import * as vscode from "vscode";

import { askQuestions } from "./asking";
import { type Parts, registerCommands } from "./commands";
import { GraphPanel } from "./graph/panel";
import { InputsForm } from "./inputs/form";
import { LanguageOfDocuments } from "./language";
import { PromptPanel } from "./prompt/panel";
import { RunController } from "./runs/controller";
import { RunHistory } from "./runs/history";
import { RunTree } from "./runs/tree";
import { Server } from "./server";
import { FlowTests } from "./testing/controller";
import { Texts } from "./texts";
import { degrade } from "./virtual";

/** Gives its parts, for tests; undefined where there is nothing but colours. */
export function activate(context: vscode.ExtensionContext): Parts | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 0 && folders.every((folder) => folder.uri.scheme !== "file")) {
    context.subscriptions.push(...degrade(context.extension));
    return undefined;
  }
  const texts = new Texts();
  const server = new Server(context.extensionUri);
  server.onStart(askQuestions);
  const form = new InputsForm(context.extensionUri, server);
  const runs = new RunController(server, context.workspaceState, form);
  const history = new RunHistory(server, runs);
  const tree = new RunTree(runs, history);
  const graph = new GraphPanel(context.extensionUri, server, runs);
  const prompt = new PromptPanel(context.extensionUri, server, runs);
  const tests = new FlowTests(server);
  const parts: Parts = { server, runs, history, graph, prompt, tests, tree, texts };
  context.subscriptions.push(
    server,
    form,
    runs,
    history,
    tree,
    graph,
    prompt,
    texts.register(),
    vscode.window.createTreeView("mfo.runs", { treeDataProvider: tree, showCollapseAll: true }),
    tests,
    new LanguageOfDocuments(server),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("mfo.server") || event.affectsConfiguration("mfo.interpreter")) {
        void server.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    ...registerCommands(parts),
  );
  return parts;
}

export function deactivate(): void {
  // the subscriptions stop the server
}
