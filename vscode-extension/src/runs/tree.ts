/** The runs as a tree: newest first, with nodes, failures and outputs. */

import * as vscode from "vscode";

import type { RunController } from "./controller";
import { duration, type NodeOfRun, type Run } from "./run";

/** A line of the tree. */
export type Item =
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "node"; readonly run: Run; readonly node: NodeOfRun }
  | { readonly kind: "failure"; readonly run: Run }
  | { readonly kind: "outputs"; readonly run: Run };

const ICONS: Readonly<Record<string, readonly [icon: string, colour?: string]>> = {
  running: ["sync~spin", "charts.blue"],
  succeeded: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  refused: ["error", "testing.iconFailed"],
  cancelled: ["circle-slash"],
  skipped: ["debug-step-over", "testing.iconSkipped"],
};

export class RunTree implements vscode.TreeDataProvider<Item> {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly controller: RunController) {
    controller.onChange(() => {
      this.changed.fire(undefined);
    });
  }

  getChildren(item?: Item): Item[] {
    if (item === undefined) {
      return this.controller.runs.map((run) => ({ kind: "run", run }));
    }
    if (item.kind !== "run") {
      return [];
    }
    const { run } = item;
    const nodes = [...run.nodes.values()].map((node): Item => ({ kind: "node", run, node }));
    const failure: Item[] = run.failure !== undefined ? [{ kind: "failure", run }] : [];
    const outputs: Item[] = run.state === "succeeded" ? [{ kind: "outputs", run }] : [];
    return [...nodes, ...failure, ...outputs];
  }

  getTreeItem(item: Item): vscode.TreeItem {
    switch (item.kind) {
      case "run":
        return ofRun(item.run);
      case "node":
        return ofNode(item);
      case "failure":
        return ofFailure(item);
      case "outputs":
        return made("Outputs", {
          iconPath: new vscode.ThemeIcon("json"),
          command: { title: "Show outputs", command: "mfo.showOutputs", arguments: [item] },
        });
    }
  }
}

function made(label: string, facts: Partial<vscode.TreeItem>): vscode.TreeItem {
  return Object.assign(new vscode.TreeItem(label), facts);
}

function icon(state: string): vscode.ThemeIcon {
  const [name, colour] = ICONS[state] ?? ["circle-outline"];
  return new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

function ofRun(run: Run): vscode.TreeItem {
  const took = run.result?.duration === undefined ? "" : `, ${duration(run.result.duration)}`;
  return made(run.title, {
    description: `${run.state}${took}, ${run.began.toLocaleTimeString()}`,
    iconPath: icon(run.state),
    contextValue: run.isOver ? "run.over" : "run.going",
    collapsibleState: vscode.TreeItemCollapsibleState.Expanded,
    id: `run ${run.number}`,
    accessibilityInformation: { label: `run of ${run.title}, ${run.state}` },
  });
}

function ofNode({ run, node }: { run: Run; node: NodeOfRun }): vscode.TreeItem {
  const facts = [
    node.state,
    node.duration === undefined ? "" : duration(node.duration),
    node.attempt > 1 ? `attempt ${node.attempt}` : "",
    node.branch ?? "",
  ];
  const item = made(node.path, {
    description: facts.filter((fact) => fact !== "").join(", "),
    iconPath: icon(node.state),
    contextValue: "node",
    command: { title: "Show the node", command: "mfo.revealNode", arguments: [run.argument.uri, run.taskflow, node.path] },
    id: `run ${run.number} ${node.path}`,
  });
  if (node.error !== undefined) {
    item.tooltip = node.error;
  }
  return item;
}

function ofFailure({ run }: { run: Run }): vscode.TreeItem {
  const message = run.failure?.message ?? "";
  const item = made(message, {
    tooltip: message,
    iconPath: new vscode.ThemeIcon("warning", new vscode.ThemeColor("testing.iconFailed")),
    id: `run ${run.number} failure`,
  });
  const task = run.failure?.task;
  const finding = run.failure?.findings?.[0];
  if (finding !== undefined) {
    const { start, end } = finding.range;
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    item.command = { title: "Show the finding", command: "vscode.open", arguments: [vscode.Uri.parse(finding.uri), { selection }] };
  } else if (task !== undefined) {
    item.command = { title: "Show the task", command: "mfo.revealNode", arguments: [run.argument.uri, run.taskflow, task] };
  }
  return item;
}
