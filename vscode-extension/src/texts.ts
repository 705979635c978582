/** Texts that are shown and not kept: outputs, plans, prompts, pages of rules. */

import * as vscode from "vscode";

const SCHEME = "mfo";
const NEXT: ReadonlyMap<vscode.ViewColumn, vscode.ViewColumn> = new Map([
  [vscode.ViewColumn.One, vscode.ViewColumn.Two],
  [vscode.ViewColumn.Two, vscode.ViewColumn.Three],
  [vscode.ViewColumn.Three, vscode.ViewColumn.Four],
]);

export class Texts implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Register the provider. */
  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Set the text of a name; where it is shown, it changes there. */
  set(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    return uri;
  }

  /** Show a text beside the editor. */
  async show(name: string, text: string, beside = vscode.ViewColumn.Beside): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.set(name, text));
    await vscode.window.showTextDocument(document, { viewColumn: beside, preserveFocus: true, preview: true });
  }

  /** Show a Markdown page as one reads it. */
  async showPage(name: string, markdown: string): Promise<void> {
    const uri = this.set(`${name}.md`, markdown);
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }
}

/** The column beside a document's editor, wherever the focus is; beside the active editor where the document is not shown. */
export function columnBeside(uri: string): vscode.ViewColumn {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document.uri.toString() === uri);
  return NEXT.get(editor?.viewColumn ?? vscode.ViewColumn.Beside) ?? vscode.ViewColumn.Beside;
}

/** A value as JSON to be read. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
