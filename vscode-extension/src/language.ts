/** Giving MFO documents their language, and leaving other YAML alone. The server says which is which. */

import * as vscode from "vscode";

import type { Why } from "./protocol";
import type { Server } from "./server";
import ownText from "./generated.json";

const OWN_KEY = new RegExp(ownText.ownKey, "m");
const NAMES = ownText.names.map((pattern) => new RegExp(`^(?:${pattern})$`, "i"));
const PAUSE = 700;

/** Whether a text may be an MFO document: a quick look, so that no server is started for other YAML. */
export function mayBeOurs(text: string, fileName: string): boolean {
  return OWN_KEY.test(text) || NAMES.some((name) => name.test(fileName));
}

/** Looks at every YAML document that is opened or typed, and makes it an MFO document where the server says so. */
export class LanguageOfDocuments implements vscode.Disposable {
  private readonly asking = new Map<string, NodeJS.Timeout>();
  private readonly listening: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.listening = [
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.look(document, 0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.look(document, PAUSE);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.forget(document.uri.toString());
      }),
    ];
    this.lookAtAll();
    server.onStart(() => {
      this.lookAtAll();
    });
  }

  dispose(): void {
    this.listening.forEach((one) => void one.dispose());
    [...this.asking.keys()].forEach((key) => {
      this.forget(key);
    });
  }

  /** What was opened while there was no server is looked at when there is one. */
  private lookAtAll(): void {
    vscode.workspace.textDocuments.forEach((document) => {
      this.look(document, 0);
    });
  }

  private look(document: vscode.TextDocument, pause: number): void {
    if (document.languageId === "mfo" && document.uri.scheme === "file") {
      void this.server.running();
      return;
    }
    const isYaml = document.languageId === "yaml" && document.uri.scheme === "file";
    if (!isYaml || !mayBeOurs(document.getText(), document.uri.path.split("/").pop() ?? "")) {
      return;
    }
    const key = document.uri.toString();
    this.forget(key);
    this.asking.set(key, setTimeout(() => void this.ask(document), pause));
  }

  private async ask(document: vscode.TextDocument): Promise<void> {
    this.asking.delete(document.uri.toString());
    const why = await this.server
      .ask<Why>("mfo/why", { textDocument: { uri: document.uri.toString() } })
      .catch(() => undefined);
    if (why?.kind != null && !document.isClosed && document.languageId === "yaml") {
      await vscode.languages.setTextDocumentLanguage(document, "mfo");
    }
  }

  private forget(key: string): void {
    clearTimeout(this.asking.get(key));
    this.asking.delete(key);
  }
}
