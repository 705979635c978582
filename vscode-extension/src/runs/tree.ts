/** The runs as a tree: those of this window, the newest first, and below them what the journal knows. */

import * as vscode from "vscode";

import type { Failure } from "../protocol";
import type { RunController } from "./controller";
import type { RunHistory } from "./history";
import { duration, factsOf, inside, nameOf, type NodeOfRun, Run, type ShownRun, tokens } from "./run";

/** A line of the tree. */
export type Item =
  | { readonly kind: "run"; readonly run: Run }
  | { readonly kind: "earlier"; readonly run: ShownRun }
  | { readonly kind: "node"; readonly run: ShownRun; readonly node: NodeOfRun }
  | { readonly kind: "try"; readonly run: ShownRun; readonly node: NodeOfRun; readonly words: string; readonly number: number }
  | { readonly kind: "failure"; readonly run: ShownRun; readonly failure: Failure }
  | { readonly kind: "outputs"; readonly run: ShownRun }
  | { readonly kind: "inputs"; readonly run: ShownRun }
  | { readonly kind: "history" };

const ICONS: Readonly<Record<string, readonly [icon: string, colour?: string]>> = {
  running: ["sync~spin", "charts.blue"],
  succeeded: ["pass", "testing.iconPassed"],
  failed: ["error", "testing.iconFailed"],
  refused: ["error", "testing.iconFailed"],
  cancelled: ["circle-slash", "testing.iconSkipped"],
  interrupted: ["debug-disconnect", "testing.iconQueued"],
  queued: ["watch", "testing.iconQueued"],
  skipped: ["debug-step-over", "testing.iconSkipped"],
  upstream_failed: ["debug-step-over", "testing.iconSkipped"],
};
const RESUMABLE = new Set(["failed", "cancelled", "interrupted"]);
/** Milliseconds; VS Code draws a tree when no change of it has come for 200, so that quicker changes would never be seen. */
const PAUSE = 350;

export class RunTree implements vscode.TreeDataProvider<Item>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Item | undefined>();
  /** The lines of this window's runs: what changes of one is drawn without asking for all others. */
  private readonly lines = new Map<Run, Item>();
  private readonly stale = new Set<Run>();
  private readonly listening: vscode.Disposable[];
  private waiting: NodeJS.Timeout | undefined;
  private isAllStale = false;
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly controller: RunController,
    private readonly history: RunHistory,
  ) {
    this.listening = [
      controller.onChange((run) => { this.soon(run); }),
      history.onChange(() => { this.soon(); }),
    ];
  }

  dispose(): void {
    clearTimeout(this.waiting);
    this.listening.forEach((one) => void one.dispose());
    this.changed.dispose();
  }

  async getChildren(item?: Item): Promise<Item[]> {
    switch (item?.kind) {
      case undefined:
        return [...this.controller.runs.map((run) => this.lineOf(run)), ...(await this.earlier())];
      case "history":
        return (await this.history.list()).map((run): Item => ({ kind: "earlier", run }));
      case "run":
        return linesOf(item.run);
      case "earlier":
        return linesOf(await this.history.whole(item.run));
      case "node":
        return below(item.run, item.node);
      default:
        return [];
    }
  }

  getTreeItem(item: Item): vscode.TreeItem {
    switch (item.kind) {
      case "run":
        return ofRun(item.run, `run ${item.run.number}`, item.run.isOver ? "over" : "going");
      case "earlier":
        return ofRun(item.run, `earlier ${item.run.id ?? ""}`, "earlier");
      case "node":
        return ofNode(item.run, item.node);
      case "try":
        return made(item.words, {
          id: `${idOf(item.run)} ${item.node.path} try ${item.number}`,
          tooltip: item.words,
          iconPath: new vscode.ThemeIcon("history"),
        });
      case "failure":
        return ofFailure(item.run, item.failure);
      case "outputs":
        return leaf("Outputs", "json", `${idOf(item.run)} outputs`, "mfo.showOutputs", item);
      case "inputs":
        return leaf("Inputs", "symbol-parameter", `${idOf(item.run)} inputs`, "mfo.showRunInputs", item);
      case "history":
        return made("Earlier runs", {
          id: `history of ${this.history.document ?? ""}`,
          description: this.history.document ?? "",
          iconPath: new vscode.ThemeIcon("history"),
          collapsibleState:
            this.controller.runs.length === 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed,
        });
    }
  }

  private async earlier(): Promise<Item[]> {
    return this.history.document !== undefined && (await this.history.list()).length > 0 ? [{ kind: "history" }] : [];
  }

  private lineOf(run: Run): Item {
    const line = this.lines.get(run) ?? { kind: "run", run };
    this.lines.set(run, line);
    return line;
  }

  /** Draw one run anew, or all lines, in a moment. */
  private soon(run?: Run): void {
    if (run === undefined || !this.lines.has(run) || !this.controller.runs.includes(run)) {
      this.isAllStale = true;
    } else {
      this.stale.add(run);
    }
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      const lines = this.isAllStale ? [undefined] : [...this.stale].map((one) => this.lineOf(one));
      this.isAllStale = false;
      this.stale.clear();
      lines.forEach((line) => { this.changed.fire(line); });
    }, PAUSE);
  }
}

function linesOf(run: ShownRun): Item[] {
  const { failure } = run;
  const isOfTask = run instanceof Run && run.argument.task !== undefined;
  return [
    ...(run.id === undefined || isOfTask ? [] : [{ kind: "inputs", run } as const]),
    ...nodesIn(run, undefined),
    ...(failure === undefined ? [] : [{ kind: "failure", run, failure } as const]),
    ...(run.state === "succeeded" ? [{ kind: "outputs", run } as const] : []),
  ];
}

function nodesIn(run: ShownRun, around: string | undefined): Item[] {
  return inside(run.nodes, around).map((node): Item => ({ kind: "node", run, node }));
}

function below(run: ShownRun, node: NodeOfRun): Item[] {
  const tries = node.failedTries.map((words, place): Item => ({ kind: "try", run, node, words, number: place + 1 }));
  return [...tries, ...nodesIn(run, node.path)];
}

function idOf(run: ShownRun): string {
  return run instanceof Run ? `run ${run.number}` : `earlier ${run.id ?? ""}`;
}

function made(label: string, facts: Partial<vscode.TreeItem>): vscode.TreeItem {
  return Object.assign(new vscode.TreeItem(label), facts);
}

function leaf(label: string, icon: string, id: string, command: string, item: Item): vscode.TreeItem {
  return made(label, { id, iconPath: new vscode.ThemeIcon(icon), command: { title: label, command, arguments: [item] } });
}

function iconOf(state: string): vscode.ThemeIcon {
  const [name, colour] = ICONS[state] ?? ["circle-outline"];
  return new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}

function ofRun(run: ShownRun, id: string, kind: string): vscode.TreeItem {
  const used = tokens(run.usage);
  const isToday = run.began.toDateString() === new Date().toDateString();
  const facts = [
    run.state === "succeeded" ? "" : run.state,
    run.duration === undefined ? "" : duration(run.duration),
    used === undefined ? "" : `${used} tokens`,
    isToday ? run.began.toLocaleTimeString() : run.began.toLocaleString(),
  ];
  const isResumable = run.id !== undefined && RESUMABLE.has(run.state) && kind !== "going";
  return made(run.title, {
    id,
    description: facts.filter((fact) => fact !== "").join(" · "),
    tooltip: run.id === undefined ? run.title : `${run.title}, run ${run.id}`,
    iconPath: iconOf(run.state),
    contextValue: `run.${kind}${isResumable ? ".resumable" : ""}`,
    collapsibleState:
      kind === "earlier" ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.Expanded,
    accessibilityInformation: { label: [`run of ${run.title}`, run.state, ...facts.slice(1)].filter((fact) => fact !== "").join(", ") },
  });
}

function ofNode(run: ShownRun, node: NodeOfRun): vscode.TreeItem {
  const text = run instanceof Run ? run.texts.get(node.path) : undefined;
  const hasInside = below(run, node).length > 0;
  const facts = factsOf(node, text);
  return made(nameOf(node.path), {
    id: `${idOf(run)} ${node.path}`,
    description: facts,
    tooltip: node.error ?? `${node.path}: ${node.state}`,
    iconPath: iconOf(node.state),
    contextValue: `node${node.hasValue && run.id !== undefined ? ".value" : ""}${text === undefined ? "" : ".text"}`,
    command: { title: "Show the node", command: "mfo.revealNode", arguments: [run.uri, run.taskflow, node.path] },
    collapsibleState: hasInside ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    accessibilityInformation: { label: `${nameOf(node.path)}, ${node.state}, ${facts}` },
  });
}

function ofFailure(run: ShownRun, failure: Failure): vscode.TreeItem {
  const { message, hint } = failure;
  const item = made(message, {
    id: `${idOf(run)} failure`,
    tooltip: hint === undefined ? message : `${message}\n\n${hint}`,
    iconPath: new vscode.ThemeIcon("warning", new vscode.ThemeColor("testing.iconFailed")),
  });
  const finding = failure.findings?.[0];
  if (finding !== undefined) {
    const { start, end } = finding.range;
    const selection = new vscode.Range(start.line, start.character, end.line, end.character);
    item.command = { title: "Show the finding", command: "vscode.open", arguments: [vscode.Uri.parse(finding.uri), { selection }] };
  } else if (failure.task !== undefined) {
    item.command = { title: "Show the task", command: "mfo.revealNode", arguments: [run.uri, run.taskflow, failure.task] };
  } else {
    const [, path, line, column] = /^(.+):(\d+):(\d+)$/.exec(failure.place ?? "") ?? [];
    if (path !== undefined) {
      const start = new vscode.Position(Number(line) - 1, Number(column) - 1);
      const place = [vscode.Uri.file(path), { selection: new vscode.Range(start, start) }];
      item.command = { title: "Show the place", command: "vscode.open", arguments: place };
    }
  }
  return item;
}
