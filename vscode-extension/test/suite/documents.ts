/** What the suites share: documents of the workspace, and waiting for what an editor shows by and by. */

import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import * as vscode from "vscode";

import type { Parts } from "../../src/commands";

const PATIENCE = 30_000;
const ROOM = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";

/** Where the folders of the workspace lie, and one that is not in it. */
export const AROUND = process.env["MFO_ROOM"] ?? "";

/** Wait until something is there. */
export async function until<Value>(what: string, look: () => Value | undefined | Promise<Value | undefined>): Promise<Value> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > end) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The parts of the running extension. */
export async function parts(): Promise<Parts> {
  const extension = vscode.extensions.getExtension<Parts>("mfo-lsp.mfo");
  if (extension === undefined) {
    throw new Error("the extension is not there");
  }
  return extension.activate();
}

/** Write a file of the workspace and open it. */
export async function open(name: string, text?: string): Promise<vscode.TextDocument> {
  const path = resolve(ROOM, name);
  if (text !== undefined) {
    writeFileSync(path, text);
  }
  const document = await vscode.workspace.openTextDocument(path);
  await vscode.window.showTextDocument(document);
  return document;
}

export function textOf(name: string): string {
  return readFileSync(join(ROOM, name), "utf8");
}

/** Wait until a text stands in an output channel, which is shown for that. */
export async function inChannel(name: string, show: () => unknown, text: RegExp, again = async (): Promise<void> => undefined): Promise<void> {
  await show();
  await until(`${text.source} in the channel ${name}`, async () => {
    await again();
    const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === "output" && [name, `${name}.log`].some((end) => uri.path.endsWith(end)));
    return (shown !== undefined && text.test(shown.getText())) || undefined;
  });
}

/** Open an MFO document, and wait until it is one. */
export async function openMfo(name: string, text?: string): Promise<vscode.TextDocument> {
  await open(name, text);
  return until(`the language of ${name}`, () =>
    vscode.workspace.textDocuments.find((one) => one.uri.fsPath.endsWith(name) && one.languageId === "mfo"),
  );
}

/** Where a text stands; with `offset`, so far behind its beginning. */
export function at(document: vscode.TextDocument, text: string, offset = 0): vscode.Position {
  const index = document.getText().indexOf(text);
  if (index < 0) {
    throw new Error(`${text} is not in ${document.fileName}`);
  }
  return document.positionAt(index + offset);
}

export async function replace(document: vscode.TextDocument, before: string, after: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const start = at(document, before);
  edit.replace(document.uri, new vscode.Range(start, at(document, before, before.length)), after);
  await vscode.workspace.applyEdit(edit);
}

/** The findings of a document, once they are what is wanted. */
export function findings(
  document: vscode.TextDocument,
  wanted: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  return until(`findings in ${document.fileName}`, () => {
    const found = vscode.languages.getDiagnostics(document.uri);
    return wanted(found) ? found : undefined;
  });
}

export const hasErrors = (found: vscode.Diagnostic[]): boolean =>
  found.some((one) => one.severity === vscode.DiagnosticSeverity.Error);
export const hasNone = (found: vscode.Diagnostic[]): boolean => !hasErrors(found);

/** The words of a hover. */
export async function hover(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, position);
  return found
    .flatMap((one) => one.contents)
    .map((one) => (typeof one === "string" ? one : one.value))
    .join("\n");
}
