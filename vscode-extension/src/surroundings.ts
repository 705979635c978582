/** What the settings, the workspace and the Python extension say about where the server may be. */

import * as vscode from "vscode";

import type { Surroundings } from "./finding";

/** Look around; in a workspace that is not trusted, neither its settings nor its environments count. */
export async function surroundings(extension: vscode.Uri): Promise<Surroundings> {
  const settings = vscode.workspace.getConfiguration("mfo");
  const isTrusted = vscode.workspace.isTrusted;
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  const python = isTrusted ? await pythonApi() : undefined;
  return {
    serverCommand: settings.get<string[]>("server.command", []),
    interpreter: settings.get<string>("interpreter", ""),
    activeInterpreter: python?.environments?.getActiveEnvironmentPath(folders[0]?.uri).path,
    folders: isTrusted ? folders.map((folder) => folder.uri.fsPath) : [],
    bundled: await bundled(extension),
    isWindows: process.platform === "win32",
  };
}

/** Be told when another environment becomes active. */
export async function onOtherEnvironment(tell: () => void): Promise<vscode.Disposable | undefined> {
  const python = vscode.workspace.isTrusted ? await pythonApi() : undefined;
  return python?.environments?.onDidChangeActiveEnvironmentPath?.(tell);
}

/** Have the user choose an interpreter: by the Python extension, else in the settings. */
export async function chooseInterpreter(): Promise<void> {
  if (vscode.extensions.getExtension("ms-python.python") !== undefined) {
    await vscode.commands.executeCommand("python.setInterpreter");
  } else {
    await vscode.commands.executeCommand("workbench.action.openSettings", "@ext:mfo-lsp.mfo interpreter");
  }
}

/** The part of the Python extension's interface that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    readonly onDidChangeActiveEnvironmentPath?: vscode.Event<unknown>;
  };
}

async function pythonApi(): Promise<PythonApi | undefined> {
  try {
    return await vscode.extensions.getExtension<PythonApi>("ms-python.python")?.activate();
  } catch {
    return undefined;
  }
}

async function bundled(extension: vscode.Uri): Promise<string | undefined> {
  const start = vscode.Uri.joinPath(extension, "dist", "start.py");
  try {
    await vscode.workspace.fs.stat(start);
    return start.fsPath;
  } catch {
    return undefined;
  }
}
