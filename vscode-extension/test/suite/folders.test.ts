/** A window with several folders: one server for all, each folder its own project. */

import assert from "node:assert/strict";
import { join } from "node:path";
import * as vscode from "vscode";

import type { FileOfTests } from "../../src/protocol";
import { AROUND, findings, hasErrors, openMfo, parts, until } from "./documents";

/** The folders in whose files there are tests. */
async function foldersWithTests(): Promise<string[]> {
  const { server } = await parts();
  const told = await server.ask<{ files: FileOfTests[] }>("mfo/tests", {});
  const names = (told?.files ?? []).map(({ uri }) => vscode.workspace.getWorkspaceFolder(vscode.Uri.parse(uri))?.name ?? "none");
  return [...new Set(names)].sort();
}

describe("a window with several folders", () => {
  it("has one server, which knows the documents of each", async () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 2);
    const path = join(AROUND, "second", "flow.yml");
    const document = await openMfo(path);
    const [finding] = await findings(document, hasErrors);
    assert.match(finding?.message ?? "", /did you mean "name"/);
    const { history } = await parts();
    assert.equal(history.document, "flow.yml");
  });

  it("takes in a folder that is added, and the tests in it", async () => {
    const added = { uri: vscode.Uri.file(join(AROUND, "third")) };
    assert.ok(vscode.workspace.updateWorkspaceFolders(2, 0, added));
    await until("the folder", () => vscode.workspace.workspaceFolders?.length === 3 || undefined);
    await until("the tests of all folders", async () => (await foldersWithTests()).includes("third") || undefined);
    assert.deepEqual(await foldersWithTests(), ["second", "third", "workspace"]);
    const { tests } = await parts();
    const uri = vscode.Uri.file(join(AROUND, "third", "flow.test.yml")).toString();
    await vscode.commands.executeCommand("mfo.runTests", { uri });
    const third = tests.told.get(`${uri}#0`);
    assert.deepEqual([third?.name, third?.state], ["of third", "failed"]);
    assert.ok(vscode.workspace.updateWorkspaceFolders(2, 1));
    await until("the folder gone", () => vscode.workspace.workspaceFolders?.length === 2 || undefined);
  });
});
