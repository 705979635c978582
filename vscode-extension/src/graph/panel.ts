/** The graph beside the file: it follows the text, the cursor and the runs. */

import * as vscode from "vscode";

import { BESIDE, pagePanel } from "../pages";
import type { Graph } from "../protocol";
import type { RunController } from "../runs/controller";
import { factsByPath } from "../runs/run";
import type { Server } from "../server";
import { BODY } from "./body";
import type { FromPage, ToPage } from "./messages";
import { flowAt, nodeAt, nodeOfPath } from "./places";

const PAUSE = 120;
const HAS_GRAPH = "mfo.hasGraph";

/** What a graph is of. */
export interface Subject {
  readonly uri: string;
  /** Its id; undefined for the first one of the document. */
  readonly taskflow: string | undefined;
}

/** The one panel with a graph; it shows the flow that the cursor is in. */
export class GraphPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private subject: Subject | undefined;
  private graph: Graph | undefined;
  private isReady = false;
  private isDrawing = false;
  private wanted = 0;
  private waiting: NodeJS.Timeout | undefined;
  private readonly folded = new Set<string>();
  private readonly listening: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly runs: RunController,
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
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        this.turnTo(editor);
      }),
      this.runs.onChange((run) => {
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

  /** Show the graph of a flow beside the editor; without an id, of the one that the cursor is in. */
  async show(subject: Subject): Promise<void> {
    this.subject = subject;
    if (this.panel === undefined) {
      this.panel = this.make();
    } else {
      this.panel.reveal(undefined, true);
    }
    await this.draw();
    const editor = vscode.window.activeTextEditor;
    if (subject.taskflow === undefined && editor !== undefined) {
      this.follow(editor);
    }
  }

  /** Put the cursor on a node, by its path in a run. */
  async reveal(subject: Subject, path: string): Promise<void> {
    const graph = await this.ask(subject);
    const node = graph == null ? undefined : nodeOfPath(graph, path);
    if (graph != null && node !== undefined) {
      await this.open(subject.uri, graph, node.key);
    }
  }

  /** Save the graph as a picture; asks where. */
  async save(format: "svg" | "png"): Promise<void> {
    if (this.panel === undefined) {
      void vscode.window.showInformationMessage("MFO: no graph is shown that could be saved.");
    } else if (format === "png") {
      this.panel.reveal(undefined, true);
      this.tell({ type: "picture" });
    } else if (this.graph?.text !== undefined) {
      await this.write(format, Buffer.from(this.graph.text, "utf8"));
    }
  }

  search(): void {
    this.panel?.reveal();
    this.tell({ type: "search" });
  }

  private make(): vscode.WebviewPanel {
    this.isReady = false;
    const parts = { kind: "mfo.graph", title: "Graph", script: "graph", styles: ["graph"], body: BODY };
    const panel = pagePanel(this.extension, parts, BESIDE, (message: FromPage) => this.hear(message));
    void vscode.commands.executeCommand("setContext", HAS_GRAPH, true);
    panel.onDidDispose(() => {
      void vscode.commands.executeCommand("setContext", HAS_GRAPH, false);
      this.panel = undefined;
      this.graph = undefined;
    });
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
      case "fold":
        message.paths.forEach((path) => {
          if (message.isFolded) {
            this.folded.add(path);
          } else {
            this.folded.delete(path);
          }
        });
        await this.draw();
        break;
      case "choose":
        if (this.subject !== undefined) {
          this.subject = { ...this.subject, taskflow: message.taskflow };
          await this.draw();
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

  /** Ask for the graph and show it; one question at a time, and the last one counts. */
  private async draw(): Promise<void> {
    this.wanted++;
    if (this.isDrawing) {
      return;
    }
    this.isDrawing = true;
    try {
      for (let drawn = 0; drawn !== this.wanted; ) {
        drawn = this.wanted;
        await this.drawOnce();
      }
    } finally {
      this.isDrawing = false;
    }
  }

  private async drawOnce(): Promise<void> {
    const { subject } = this;
    if (subject === undefined) {
      return;
    }
    const graph = await this.ask(subject);
    if (this.subject !== subject || this.panel === undefined) {
      return;
    }
    if (graph === undefined && subject.taskflow !== undefined) {
      this.subject = { uri: subject.uri, taskflow: undefined };
      this.wanted++;
    } else if (graph == null) {
      this.graph = undefined;
      this.tell({ type: "empty", words: "This document has no taskflow." });
    } else {
      this.graph = graph;
      this.panel.title = `Graph of ${graph.taskflow}`;
      this.send();
    }
  }

  /** The graph; null for a document without taskflows, undefined where the server does not know the taskflow, or is not there. */
  private ask(subject: Subject): Promise<Graph | null | undefined> {
    const about = { textDocument: { uri: subject.uri }, taskflow: subject.taskflow, format: "svg", folded: [...this.folded] };
    return this.server.ask<Graph | null>("mfo/graph", about).catch(() => undefined);
  }

  private send(): void {
    const { graph } = this;
    if (graph?.text !== undefined && this.isReady) {
      const { taskflow: title, text: svg, states } = graph;
      const taskflows = graph.taskflows.map((flow) => flow.id);
      const run = this.runs.runs.find((one) => one.uri === this.subject?.uri && [title, ""].includes(one.taskflow));
      const facts = run === undefined ? {} : factsByPath(run);
      this.tell({ type: "graph", shown: { title, taskflows, svg, states, facts, selected: this.selected(graph) } });
    }
  }

  private tell(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  /** The node that the cursor is in. */
  private selected(graph: Graph): string | undefined {
    const uri = this.subject?.uri;
    const editor = vscode.window.visibleTextEditors.find((one) => one.document.uri.toString() === uri);
    return editor === undefined ? undefined : nodeAt(graph, editor.selection.active, this.folded);
  }

  /** Select the node that the cursor is in, and turn to its taskflow where it is another one. */
  private follow(editor: vscode.TextEditor): void {
    const { graph, subject } = this;
    if (this.panel === undefined || graph === undefined || editor.document.uri.toString() !== subject?.uri) {
      return;
    }
    const flow = flowAt(graph, editor.selection.active);
    if (flow !== undefined && flow !== graph.taskflow) {
      this.subject = { uri: subject.uri, taskflow: flow };
      void this.draw();
    } else {
      this.tell({ type: "select", key: this.selected(graph) });
    }
  }

  /** Show the flow of another document once that is in front. */
  private turnTo(editor: vscode.TextEditor | undefined): void {
    const uri = editor?.document.uri.toString();
    if (this.panel?.visible !== true || editor?.document.languageId !== "mfo" || uri === undefined || uri === this.subject?.uri) {
      return;
    }
    void this.ask({ uri, taskflow: undefined }).then((graph) => {
      if (graph != null && vscode.window.activeTextEditor === editor) {
        this.subject = { uri, taskflow: undefined };
        void this.draw();
      }
    });
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
    const document = this.subject === undefined ? undefined : vscode.Uri.parse(this.subject.uri);
    const folder = (document === undefined ? undefined : vscode.workspace.getWorkspaceFolder(document)?.uri) ?? vscode.workspace.workspaceFolders?.[0]?.uri;
    const name = `${this.graph?.taskflow ?? "graph"}.${format}`;
    const target = await vscode.window.showSaveDialog({
      title: "Save the graph",
      saveLabel: "Save",
      ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
      filters: { Picture: [format] },
    });
    if (target !== undefined) {
      await vscode.workspace.fs.writeFile(target, bytes);
    }
  }
}
