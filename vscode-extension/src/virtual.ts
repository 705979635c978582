/** A virtual workspace has no files on a disk, and so no server: colours and snippets are there, and commands say why they are not. */

import * as vscode from "vscode";

const WORDS = "MFO: this workspace is virtual. There are colours and snippets; checking, graphs and runs need files on a disk.";

/** The commands of this extension, which say what is missing; the reader is told once at the beginning. */
export function degrade(extension: vscode.Extension<unknown>): vscode.Disposable[] {
  const tell = (): void => {
    void vscode.window.showInformationMessage(WORDS);
  };
  tell();
  const { contributes } = extension.packageJSON as { contributes: { commands: readonly { command: string }[] } };
  return contributes.commands.map(({ command }) => vscode.commands.registerCommand(command, tell));
}
