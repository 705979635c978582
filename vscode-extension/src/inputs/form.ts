/** Asking for the inputs of a run by a form, made from the flow's input schema; the server says what is wrong with them. */

import * as vscode from "vscode";

import { pagePanel } from "../pages";
import type { Inputs, WantedInputs } from "../protocol";
import type { Server } from "../server";
import { columnBeside } from "../texts";
import type { FromPage, ToPage } from "./messages";
import { fieldsOf, readForm, writeForm } from "./values";

/** What inputs are asked for. */
export interface Purpose {
  readonly uri: string;
  /** The word on the button. */
  readonly action: string;
}

/** The form, of which there is one at a time: asking anew gives up what was asked before. */
export class InputsForm implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
  ) {}

  dispose(): void {
    this.panel?.dispose();
  }

  /**
   * Ask for the inputs of a taskflow.
   *
   * @param wanted what the taskflow wants
   * @param known what stands in the form at first
   * @returns the inputs; undefined where the user gave up
   */
  ask(wanted: WantedInputs, known: Inputs, purpose: Purpose): Promise<Inputs | undefined> {
    this.panel?.dispose();
    const fields = fieldsOf(wanted.schema);
    const { texts, others } = writeForm(fields, known);
    return new Promise((resolve) => {
      const tell = (message: ToPage): void => void panel.webview.postMessage(message);
      const hear = async (message: FromPage): Promise<void> => {
        if (message.type === "ready") {
          tell({ type: "form", title: wanted.taskflow, action: purpose.action, fields, texts });
        } else if (message.type === "cancel") {
          panel.dispose();
        } else {
          const inputs = readForm(fields, message.texts, others);
          const problems = await this.problems(purpose.uri, wanted.taskflow, inputs);
          if (message.type === "submit" && Object.keys(problems).length === 0) {
            resolve(inputs);
            panel.dispose();
          } else {
            tell({ type: "problems", problems, round: message.round });
          }
        }
      };
      const panel = this.make(wanted.taskflow, purpose.uri, hear);
      this.panel = panel;
      panel.onDidDispose(() => {
        if (this.panel === panel) {
          this.panel = undefined;
        }
        resolve(undefined);
      });
    });
  }

  private make(taskflow: string, uri: string, hear: (message: FromPage) => Promise<void>): vscode.WebviewPanel {
    const body = '<main><form id="form" novalidate></form></main>';
    const parts = { kind: "mfo.inputs", title: `Inputs of ${taskflow}`, script: "inputs", styles: ["page"], body };
    return pagePanel(this.extension, parts, { viewColumn: columnBeside(uri) }, hear);
  }

  private async problems(uri: string, taskflow: string, inputs: Inputs): Promise<Readonly<Record<string, string>>> {
    const about = { textDocument: { uri }, taskflow, inputs };
    const told = await this.server.ask<WantedInputs | null>("mfo/inputs", about).catch(() => undefined);
    return told?.problems ?? {};
  }
}
