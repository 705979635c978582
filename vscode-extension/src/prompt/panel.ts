/** The prompt beside its template, as a model would get it: it follows the text, the cursor, the runs, and what is typed for its variables. */

import * as vscode from "vscode";

import { readValue } from "../inputs/values";
import { BESIDE, pagePanel } from "../pages";
import type { RenderedPrompt } from "../protocol";
import type { RunController } from "../runs/controller";
import type { Server } from "../server";
import type { FromPage, ToPage } from "./messages";

const PAUSE = 120;

/** The one panel with a prompt. */
export class PromptPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private prompt: RenderedPrompt | undefined;
  private uri: string | undefined;
  private waiting: NodeJS.Timeout | undefined;
  private round = 0;
  /** What was typed for variables, by template. */
  private readonly given = new Map<string, Readonly<Record<string, string>>>();
  private readonly listening: vscode.Disposable[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    runs: RunController,
  ) {
    this.listening = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.languageId === "mfo") {
          this.soon();
        }
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor.document.languageId === "mfo") {
          this.soon();
        }
      }),
      runs.onChange((run) => {
        if (run.isOver) {
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

  /** Show the prompt at the cursor beside the editor. */
  async show(): Promise<void> {
    const found = await this.atCursor();
    if (found === undefined && this.panel === undefined) {
      void vscode.window.showInformationMessage("MFO: there is no prompt at the cursor.");
      return;
    }
    if (this.panel === undefined) {
      this.panel = this.make();
    } else {
      this.panel.reveal(undefined, true);
    }
    await this.draw();
  }

  private make(): vscode.WebviewPanel {
    const body = '<main id="prompt" aria-live="polite"></main>';
    const parts = { kind: "mfo.prompt", title: "Prompt", script: "prompt", styles: ["page", "prompt"], body };
    const panel = pagePanel(this.extension, parts, BESIDE, (message: FromPage) => this.hear(message));
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.prompt = undefined;
    });
    return panel;
  }

  private async hear(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready":
        await this.draw();
        break;
      case "given":
        if (this.prompt !== undefined) {
          this.given.set(this.prompt.template, message.given);
          await this.draw();
        }
        break;
      case "reveal":
        await this.reveal(message.problem);
        break;
      case "copy":
        await vscode.env.clipboard.writeText(message.text);
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
    const round = ++this.round;
    const prompt = (await this.atCursor()) ?? (await this.ofBefore());
    if (round !== this.round || this.panel === undefined) {
      return;
    }
    if (prompt === undefined) {
      this.tell({ type: "empty", words: "Put the cursor into a prompt template, or into a task that uses one." });
      return;
    }
    this.prompt = prompt;
    this.panel.title = `Prompt ${prompt.template}`;
    this.tell({ type: "prompt", prompt, given: this.given.get(prompt.template) ?? {} });
  }

  private async atCursor(): Promise<RenderedPrompt | undefined> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document.languageId !== "mfo") {
      return undefined;
    }
    const uri = editor.document.uri.toString();
    const { line, character } = editor.selection.active;
    const found = await this.ask(uri, { position: { line, character } });
    if (found !== undefined) {
      this.uri = uri;
    }
    const given = found === undefined ? undefined : this.given.get(found.template);
    return found === undefined || given === undefined ? found : this.ask(uri, { position: { line, character }, inputs: valuesOf(given) });
  }

  /** The template that was shown last, wherever the cursor is now. */
  private async ofBefore(): Promise<RenderedPrompt | undefined> {
    if (this.prompt === undefined || this.uri === undefined) {
      return undefined;
    }
    const { template } = this.prompt;
    return this.ask(this.uri, { template, inputs: valuesOf(this.given.get(template) ?? {}) });
  }

  private async ask(uri: string, about: object): Promise<RenderedPrompt | undefined> {
    const params = { textDocument: { uri }, ...about };
    return (await this.server.ask<RenderedPrompt | null>("mfo/renderedPrompt", params).catch(() => undefined)) ?? undefined;
  }

  private tell(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private async reveal(number: number): Promise<void> {
    const problem = this.prompt?.problems[number];
    if (problem !== undefined) {
      const { start, end } = problem.range;
      const selection = new vscode.Range(start.line, start.character, end.line, end.character);
      await vscode.window.showTextDocument(vscode.Uri.parse(problem.uri), { selection, viewColumn: vscode.ViewColumn.One });
    }
  }
}

function valuesOf(given: Readonly<Record<string, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, text]) => [name, readValue(text, [])]));
}
