/** What the server knows, as VS Code shows it. */

import assert from "node:assert/strict";
import * as vscode from "vscode";

import { at, findings, hasErrors, hasNone, hover, open, openMfo, replace, until } from "./documents";

const FLOW = "orders/workflow_definition.yml";
const PROMPTS = "orders/prompts_definition.yml";

describe("documents", () => {
  it("are MFO by what is in them", async () => {
    const flow = await openMfo(FLOW);
    const prompts = await openMfo(PROMPTS);
    for (const document of [flow, prompts]) {
      assert.equal(vscode.languages.match({ language: "yaml" }, document), 0, "a YAML extension would look at it");
    }
  });

  it("stay YAML where they are none of ours", async () => {
    await openMfo(FLOW);
    const chart = await open("chart.yml", "services:\n  web: {image: nginx}\n");
    const words = await open("words.yml", "tasks of mine: [walk, eat]\n");
    await findings(await openMfo(FLOW), hasNone);
    for (const document of [chart, words]) {
      assert.equal(document.languageId, "yaml");
      assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
    }
  });

  it("become MFO while they are typed", async () => {
    const document = await open("typed.yml", "# nothing yet\n");
    await replace(document, "# nothing yet\n", "name: typed\ntasks:\n  - id: one\n    type: mfo_api_tool_list\n");
    await until("the language", () => vscode.workspace.textDocuments.some((one) => one.fileName.endsWith("typed.yml") && one.languageId === "mfo"));
  });
});

describe("a mistake", () => {
  it("is found, mended by its fix, and gone", async () => {
    const document = await openMfo(FLOW);
    await findings(document, hasNone);
    await replace(document, "${INPUT.order_id}", "${INPUT.order_idd}");
    const found = await findings(document, hasErrors);
    const mistake = found.find((one) => one.severity === vscode.DiagnosticSeverity.Error);
    assert.ok(mistake !== undefined);
    assert.match(mistake.message, /did you mean "order_id"/);
    assert.equal(document.getText(mistake.range), "order_idd");
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      mistake.range,
      vscode.CodeActionKind.QuickFix.value,
      1,
    );
    const fix = actions.find((one) => one.title.includes('"order_id"'));
    assert.ok(fix?.edit !== undefined, actions.map((one) => one.title).join(", "));
    await vscode.workspace.applyEdit(fix.edit);
    await findings(document, hasNone);
  });

  it("in one file is found by an edit of another", async () => {
    const flow = await openMfo(FLOW);
    const prompts = await openMfo(PROMPTS);
    await replace(prompts, "fraud_rating:", "fraud_ratings:");
    await findings(flow, hasErrors);
    await replace(prompts, "fraud_ratings:", "fraud_rating:");
    await findings(flow, hasNone);
  });
});

describe("at the cursor", () => {
  it("hover says what a reference is", async () => {
    const document = await openMfo(FLOW);
    assert.match(await hover(document, at(document, "${INPUT.amount}", 9)), /amount/);
    assert.match(await hover(document, at(document, "mfo_api_resource_create", 3)), /resource/);
  });

  it("completion offers what fits", async () => {
    const document = await openMfo(FLOW);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      document.uri,
      at(document, "${INPUT.order_id}", "${INPUT.".length),
      ".",
    );
    const labels = list.items.map((item) => (typeof item.label === "string" ? item.label : item.label.label));
    assert.deepEqual(labels.filter((label) => ["order_id", "amount", "customer"].includes(label)).sort(), ["amount", "customer", "order_id"]);
  });

  it("a template leads to its file", async () => {
    const document = await openMfo(FLOW);
    const places = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
      "vscode.executeDefinitionProvider",
      document.uri,
      at(document, "fraud_rating", 2),
    );
    const [place] = places;
    assert.ok(place !== undefined);
    assert.match(("targetUri" in place ? place.targetUri : place.uri).path, /prompts_definition\.yml$/);
  });

  it("rename changes every place, and nothing is wrong afterwards", async () => {
    const document = await openMfo(FLOW);
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      "vscode.executeDocumentRenameProvider",
      document.uri,
      at(document, "id: record_order", 6),
      "kept_order",
    );
    await vscode.workspace.applyEdit(edit);
    assert.doesNotMatch(document.getText(), /record_order/);
    assert.match(document.getText(), /\$\{kept_order\.resource\.id\}/);
    await findings(document, hasNone);
    await vscode.commands.executeCommand("undo");
    await until("the old name", () => document.getText().includes("record_order"));
  });

  it("refactorings are offered and worked out", async () => {
    const document = await openMfo(FLOW);
    const start = at(document, "id: accept_at_once");
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      document.uri,
      new vscode.Range(start, start.translate(2, 0)),
      vscode.CodeActionKind.Refactor.value,
      5,
    );
    assert.ok(actions.some((one) => one.edit !== undefined && one.edit.size > 0), actions.map((one) => one.title).join(", "));
  });
});

describe("above a taskflow", () => {
  it("lenses run it and show its graph", async () => {
    const document = await openMfo(FLOW);
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", document.uri, 10);
    const titles = lenses.map((lens) => lens.command?.title);
    for (const title of ["Run flow", "Dry run", "Show graph"]) {
      assert.ok(titles.includes(title), titles.join(", "));
    }
    const lens = lenses.find((one) => one.command?.title === "Show graph");
    await vscode.commands.executeCommand(lens?.command?.command ?? "", ...((lens?.command?.arguments ?? []) as unknown[]));
    await until("the graph", () =>
      vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .some((tab) => tab.input instanceof vscode.TabInputWebview && tab.label === "Graph of process_order"),
    );
  });
});
