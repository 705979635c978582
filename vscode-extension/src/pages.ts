/** The pages that the extension shows in webviews: what all of them are made of. */

import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** What one page shows. */
export interface PageParts {
  readonly title: string;
  /** Its script: `dist/<name>.js`. */
  readonly script: string;
  /** Its style sheets: `media/<name>.css`. */
  readonly styles: readonly string[];
  /** What stands in its body; markup, not text. */
  readonly body: string;
}

/** The folders whose files a page may load. */
export function roots(extension: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, "media"), vscode.Uri.joinPath(extension, "dist")];
}

/** The HTML of a page: it runs its own script, loads its own styles, shows pictures that it holds itself, and connects to nothing. */
export function webviewPage(webview: vscode.Webview, extension: vscode.Uri, parts: PageParts): string {
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
