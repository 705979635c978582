/** The graph beside the file: it follows the text, the cursor and the runs. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

import type { Graph } from "../protocol";
import type { RunController } from "../runs/controller";
import type { Server } from "../server";
import type { FromPage, ToPage } from "./messages";

const PAUSE = 120;

/** What a graph is of. */
export interface Subject {
  readonly uri: string;
  readonly taskflow: string | undefined;
}

/** The one panel with a graph; showing another flow changes what it shows. */
export class GraphPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private subject: Subject | undefined;
  private graph: Graph | undefined;
  private isReady = false;
  private waiting: NodeJS.Timeout | undefined;
  private readonly listening: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    runs: RunController,
  ) {
    this.listening = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.subject?.uri) {
          this.soon();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.follow(textEditor);
      }),
      runs.onChange((run) => {
        if (run.argument.uri === this.subject?.uri) {
          this.soon();
        }
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => uri.toString() === this.subject?.uri)) {
          this.soon();
        }
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.listening.forEach((one) => void one.dispose());
    this.panel?.dispose();
  }

  /** Show the graph of a flow beside the editor. */
  async show(subject: Subject): Promise<void> {
    this.subject = subject;
    if (this.panel === undefined) {
      this.panel = this.make();
    } else {
      this.panel.reveal(undefined, true);
    }
    await this.draw();
  }

  /** Put the cursor on a node, by its path in a run. */
  async reveal(subject: Subject, path: string): Promise<void> {
    const graph = await this.ask(subject);
    const id = path.split("/").pop()?.replace(/\[.*/, "");
    const node = graph?.graph.nodes.find((one) => one.id === id);
    if (graph != null && node !== undefined) {
      await this.open(subject.uri, graph, node.key);
    }
  }

  /** Save the graph as a picture; asks where. */
  async save(format: "svg" | "png"): Promise<void> {
    if (format === "png") {
      this.tell({ type: "picture" });
      return;
    }
    if (this.graph?.text !== undefined) {
      await this.write(format, Buffer.from(this.graph.text, "utf8"));
    }
  }

  search(): void {
    this.panel?.reveal();
    this.tell({ type: "search" });
  }

  private make(): vscode.WebviewPanel {
    const media = vscode.Uri.joinPath(this.extension, "media");
    const dist = vscode.Uri.joinPath(this.extension, "dist");
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const options = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [media, dist] };
    const panel = vscode.window.createWebviewPanel("mfo.graph", "Graph", column, options);
    panel.iconPath = { light: vscode.Uri.joinPath(media, "mfo-light.svg"), dark: vscode.Uri.joinPath(media, "mfo-dark.svg") };
    this.isReady = false;
    panel.webview.onDidReceiveMessage((message: FromPage) => void this.hear(message));
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.graph = undefined;
    });
    const style = panel.webview.asWebviewUri(vscode.Uri.joinPath(media, "graph.css")).toString();
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, "graph.js")).toString();
    panel.webview.html = page(panel.webview.cspSource, style, script);
    return panel;
  }

  private async hear(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready":
        this.isReady = true;
        this.send();
        break;
      case "reveal":
        if (this.subject !== undefined && this.graph !== undefined) {
          await this.open(this.subject.uri, this.graph, message.key);
        }
        break;
      case "picture":
        await this.write("png", Buffer.from(message.data.replace(/^[^,]*,/, ""), "base64"));
        break;
    }
  }

  private soon(): void {
    if (this.panel !== undefined) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => void this.draw(), PAUSE);
    }
  }

  private async draw(): Promise<void> {
    if (this.subject === undefined) {
      return;
    }
    const graph = await this.ask(this.subject);
    if (graph == null) {
      this.tell({ type: "empty", words: "This document has no taskflow." });
      return;
    }
    this.graph = graph;
    if (this.panel !== undefined) {
      this.panel.title = `Graph of ${graph.taskflow}`;
    }
    this.send();
  }

  private ask(subject: Subject): Promise<Graph | null | undefined> {
    const about = { textDocument: { uri: subject.uri }, taskflow: subject.taskflow, format: "svg" };
    return this.server.ask<Graph | null>("mfo/graph", about).catch(() => undefined);
  }

  private send(): void {
    if (this.graph?.text !== undefined && this.isReady) {
      this.tell({ type: "graph", title: this.graph.taskflow, svg: this.graph.text, states: this.graph.states });
      const editor = vscode.window.activeTextEditor;
      if (editor !== undefined) {
        this.follow(editor);
      }
    }
  }

  private tell(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  /** Select the node that the cursor is in: the last one that begins above it. */
  private follow(editor: vscode.TextEditor): void {
    if (editor.document.uri.toString() !== this.subject?.uri || this.graph === undefined) {
      return;
    }
    const line = editor.selection.active.line;
    const above = Object.entries(this.graph.ranges)
      .filter(([, range]) => range.start.line <= line)
      .sort(([, one], [, other]) => other.start.line - one.start.line);
    this.tell({ type: "select", key: above[0]?.[0] });
  }

  private async open(uri: string, graph: Graph, key: string): Promise<void> {
    const range = graph.ranges[key];
    if (range === undefined) {
      return;
    }
    const selection = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri);
    const viewColumn = shown?.viewColumn ?? vscode.ViewColumn.One;
    await vscode.window.showTextDocument(vscode.Uri.parse(uri), { selection, viewColumn });
  }

  private async write(format: string, bytes: Uint8Array): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `${this.graph?.taskflow ?? "graph"}.${format}`;
    const target = await vscode.window.showSaveDialog({
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
      filters: { Picture: [format] },
    });
    if (target !== undefined) {
      await vscode.workspace.fs.writeFile(target, bytes);
    }
  }
}

function page(source: string, style: string, script: string): string {
  const nonce = randomBytes(16).toString("base64");
  const policy = `default-src 'none'; style-src ${source} 'unsafe-inline'; script-src 'nonce-${nonce}'; img-src data:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Graph</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<header>
<input id="search" type="search" placeholder="Search nodes" aria-label="Search nodes" spellcheck="false">
<output id="found" for="search"></output>
<button id="out" type="button" aria-label="Zoom out">−</button>
<button id="in" type="button" aria-label="Zoom in">+</button>
<button id="fit" type="button">Fit</button>
</header>
<main id="stage" aria-label="Graph"></main>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
