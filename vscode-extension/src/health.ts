/** How the server is: in the status item, in the output, and in one message where the user has to do something. */

import * as vscode from "vscode";

import { chooseInterpreter } from "./surroundings";

const RESTART = "Restart Server";
const AGAIN = "Try Again";
const CHOOSE = "Choose Interpreter";
const OUTPUT = "Show Output";

export class Health implements vscode.Disposable {
  readonly output = vscode.window.createOutputChannel("MFO", { log: true });
  readonly trace = vscode.window.createOutputChannel("MFO Trace", { log: true });
  private readonly status = vscode.languages.createLanguageStatusItem("mfo.server", [{ language: "mfo" }]);

  constructor() {
    this.status.name = "MFO language server";
    this.say("MFO: not started", "");
  }

  starting(): void {
    this.status.busy = true;
  }

  running(version: string, origin: string): void {
    this.say(`MFO: server ${version}`, `running, from ${origin}`);
  }

  stopped(words: string): void {
    this.say(`MFO: ${words}`, "press to start it again", vscode.LanguageStatusSeverity.Error);
  }

  /** No server was found, or only one that is too old. */
  async tellMissing(reason: string): Promise<void> {
    this.stopped("no server");
    await this.offer(reason, CHOOSE, AGAIN, OUTPUT);
  }

  /** The server has ended more often than it is started again. */
  async tellGivenUp(count: number): Promise<void> {
    this.stopped("the server has stopped");
    await this.offer(`the language server has stopped ${count} times within three minutes.`, RESTART, OUTPUT);
  }

  dispose(): void {
    this.status.dispose();
    this.output.dispose();
    this.trace.dispose();
  }

  /** What the status item says. */
  get said(): { readonly text: string; readonly detail: string; readonly isWell: boolean } {
    const { text, detail, severity } = this.status;
    return { text, detail: detail ?? "", isWell: severity === vscode.LanguageStatusSeverity.Information };
  }

  private say(text: string, detail: string, severity = vscode.LanguageStatusSeverity.Information): void {
    const isWell = severity === vscode.LanguageStatusSeverity.Information;
    this.status.busy = false;
    this.status.text = text;
    this.status.detail = detail;
    this.status.severity = severity;
    this.status.command = isWell
      ? { title: OUTPUT, command: "mfo.showOutput" }
      : { title: RESTART, command: "mfo.restartServer" };
  }

  private async offer(words: string, ...buttons: string[]): Promise<void> {
    switch (await vscode.window.showErrorMessage(`MFO: ${words}`, ...buttons)) {
      case CHOOSE:
        await chooseInterpreter();
        break;
      case AGAIN:
      case RESTART:
        await vscode.commands.executeCommand("mfo.restartServer");
        break;
      case OUTPUT:
        this.output.show();
        break;
    }
  }
}
