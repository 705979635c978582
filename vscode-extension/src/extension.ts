/** The extension: it puts the parts together. */

import * as vscode from "vscode";

import { type Parts, registerCommands } from "./commands";
import { GraphPanel } from "./graph/panel";
import { LanguageOfDocuments } from "./language";
import { RunController } from "./runs/controller";
import { RunTree } from "./runs/tree";
import { Server } from "./server";
import { Texts } from "./texts";
import { degrade } from "./virtual";

/** Gives its parts, for tests; undefined where there is nothing but colours. */
export function activate(context: vscode.ExtensionContext): Parts | undefined {
  if (vscode.workspace.workspaceFolders?.every((folder) => folder.uri.scheme !== "file") === true) {
    context.subscriptions.push(...degrade(context.extension));
    return undefined;
  }
  const texts = new Texts();
  const server = new Server(context.extensionUri);
  const runs = new RunController(server, context.workspaceState);
  const graph = new GraphPanel(context.extensionUri, server, runs);
  const parts: Parts = { server, runs, graph, texts };
  context.subscriptions.push(
    server,
    runs,
    graph,
    texts.register(),
    vscode.window.createTreeView("mfo.runs", { treeDataProvider: new RunTree(runs), showCollapseAll: true }),
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
