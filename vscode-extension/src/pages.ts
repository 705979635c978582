/** The pages that the extension shows in webviews: what all of them are made of. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** What one page shows, and the tab that it is in. */
export interface PageParts {
  /** What kind of page it is, for VS Code. */
  readonly kind: string;
  readonly title: string;
  /** Its script: `dist/<name>.js`. */
  readonly script: string;
  /** Its style sheets: `media/<name>.css`. */
  readonly styles: readonly string[];
  /** What stands in its body; markup, not text. */
  readonly body: string;
}

/** Where a page is shown, and whether it takes the focus. */
export type Column = Exclude<Parameters<typeof vscode.window.createWebviewPanel>[2], vscode.ViewColumn>;

/** Beside the editor, which keeps the focus. */
export const BESIDE: Column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };

/** Show a page in a tab of its own; it is told nothing before it says that it is ready, by the message `{type: "ready"}`. */
export function pagePanel(
  extension: vscode.Uri,
  parts: PageParts,
  column: Column,
  hear: (message: never) => Promise<void>,
): vscode.WebviewPanel {
  const localResourceRoots = [vscode.Uri.joinPath(extension, "media"), vscode.Uri.joinPath(extension, "dist")];
  const options = { enableScripts: true, retainContextWhenHidden: true, localResourceRoots };
  const panel = vscode.window.createWebviewPanel(parts.kind, parts.title, column, options);
  const icon = (name: string): vscode.Uri => vscode.Uri.joinPath(extension, "media", name);
  panel.iconPath = { light: icon("mfo-light.svg"), dark: icon("mfo-dark.svg") };
  panel.webview.onDidReceiveMessage((message) => void hear(message as never));
  panel.webview.html = webviewPage(panel.webview, extension, parts);
  return panel;
}

/** The HTML of a page: it runs its own script, loads its own styles, shows pictures that it holds itself, and connects to nothing. */
function webviewPage(webview: vscode.Webview, extension: vscode.Uri, parts: PageParts): string {
  const nonce = randomBytes(16).toString("base64");
  const source = webview.cspSource;
  const address = (...names: string[]): string => webview.asWebviewUri(vscode.Uri.joinPath(extension, ...names)).toString();
  const policy = `default-src 'none'; style-src ${source} 'unsafe-inline'; script-src 'nonce-${nonce}'; img-src data:`;
  const styles = parts.styles.map((name) => `<link rel="stylesheet" href="${address("media", `${name}.css`)}">`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${parts.title}</title>
${styles.join("\n")}
</head>
<body>
${parts.body}
<script nonce="${nonce}" src="${address("dist", `${parts.script}.js`)}"></script>
</body>
</html>`;
}
