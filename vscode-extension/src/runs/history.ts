/** Earlier runs of the workflow in the editor, from the project's journal; looked up when they are shown. */

import * as vscode from "vscode";

import type { EarlierRun } from "../protocol";
import type { Server } from "../server";
import type { RunController } from "./controller";
import { earlierRun, type ShownRun } from "./run";

/** What only documents with flows have: beside prompts and agents the runs of the flow seen last stay. */
const WORKFLOW = /^(tasks|taskflows?|workflow_name)\s*:/m;

/** What the journal knows of one document. */
export class RunHistory implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  private readonly known = new Map<string, ShownRun>();
  private readonly listening: vscode.Disposable[];
  private uri: string | undefined;
  private listed: Promise<EarlierRun[]> | undefined;

  /** Told when other runs are to be shown. */
  readonly onChange = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly runs: RunController,
  ) {
    this.listening = [
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        this.follow(editor);
      }),
      vscode.workspace.onDidOpenTextDocument(() => {
        this.follow(vscode.window.activeTextEditor);
      }),
      runs.onChange((run) => {
        if (run.isOver) {
          this.refresh();
        }
      }),
    ];
    this.follow(vscode.window.activeTextEditor);
  }

  dispose(): void {
    this.listening.forEach((one) => void one.dispose());
    this.changed.dispose();
  }

  /** The name of the document whose runs are shown; undefined where there is none. */
  get document(): string | undefined {
    return this.uri === undefined ? undefined : decodeURIComponent(this.uri.split("/").pop() ?? "");
  }

  refresh(): void {
    this.known.clear();
    this.listed = undefined;
    this.changed.fire(undefined);
  }

  /** The earlier runs, the newest first, but for those that this window began. */
  async list(): Promise<ShownRun[]> {
    const { uri } = this;
    if (uri === undefined) {
      return [];
    }
    this.listed ??= this.ask(uri);
    const told = await this.listed;
    const own = new Set(this.runs.runs.map((run) => run.id));
    return told.filter((run) => !own.has(run.id)).map((run) => earlierRun(uri, run));
  }

  /** The same run with its nodes. */
  async whole(run: ShownRun): Promise<ShownRun> {
    const id = run.id ?? "";
    let found = this.known.get(id);
    if (found === undefined) {
      const details = await this.runs.details(run.uri, id);
      found = details == null ? run : earlierRun(run.uri, details);
      this.known.set(id, found);
    }
    return found;
  }

  private async ask(uri: string): Promise<EarlierRun[]> {
    const told = await this.server.ask<{ runs: EarlierRun[] } | null>("mfo/runs", { textDocument: { uri } }).catch(() => undefined);
    return told?.runs ?? [];
  }

  private follow(editor: vscode.TextEditor | undefined): void {
    const document = editor?.document;
    const isFile = document?.languageId === "mfo" && document.uri.scheme === "file";
    if (isFile && document.uri.toString() !== this.uri && (this.uri === undefined || WORKFLOW.test(document.getText()))) {
      this.uri = document.uri.toString();
      this.refresh();
    }
  }
}
