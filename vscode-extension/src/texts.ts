/** Texts that are shown and not kept: outputs, plans, prompts, pages of rules. */

import * as vscode from "vscode";

const SCHEME = "mfo";

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

/** A value as JSON to be read. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
