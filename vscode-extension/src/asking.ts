/** Questions of runs: put to the person at the editor, one at a time, as the server asks them. */

import * as vscode from "vscode";
import type { CancellationToken, LanguageClient } from "vscode-languageclient/node";

import { written } from "./inputs/values";
import type { UserQuestion } from "./protocol";

/** Have a client's questions asked. */
export function askQuestions(client: LanguageClient): void {
  client.onRequest("mfo/askUser", async (question: UserQuestion, token: CancellationToken) => {
    const answer = await ask(question, token);
    return answer === undefined ? null : { answer };
  });
}

async function ask(question: UserQuestion, token: CancellationToken): Promise<unknown> {
  const title = `${question.task}: ${question.question}`;
  if (question.choices.length > 0) {
    const items = question.choices.map((value) => ({
      label: written(value),
      value,
      ...(value === question.default ? { description: "default" } : {}),
    }));
    const options = { title, placeHolder: `The flow ${question.taskflow} waits for an answer`, ignoreFocusOut: true };
    return (await vscode.window.showQuickPick(items, options, token))?.value;
  }
  const value = question.default === undefined ? "" : written(question.default);
  return vscode.window.showInputBox({ title: question.task, prompt: question.question, value, ignoreFocusOut: true }, token);
}
