/** The tests of flows in the test explorer: found by the server, run by it, failures at their lines. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

import type { FileOfTests, TestEvent } from "../protocol";
import { trusted } from "../runs/commands";
import type { Server } from "../server";

const PATTERN = "**/*.test.{yml,yaml}";
const NAME = /\.test\.ya?ml$/i;
const PAUSE = 300;

type Range = FileOfTests["tests"][number]["range"];

/** Finds tests, and runs them when they are asked for. */
export class FlowTests implements vscode.Disposable {
  /** What was told last of each test, by its file and number. */
  readonly told = new Map<string, TestEvent>();
  private readonly controller = vscode.tests.createTestController("mfo.tests", "MFO tests");
  private readonly watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
  private readonly going = new Map<string, vscode.TestRun>();
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  private readonly listening: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.controller.resolveHandler = async (item) => (item === undefined ? this.findAll() : this.find(item.uri));
    this.controller.refreshHandler = () => this.findAll();
    this.controller.createRunProfile("Run", vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token), true);
    this.listening = [
      this.watcher.onDidCreate((uri) => { this.soon(uri); }),
      this.watcher.onDidChange((uri) => { this.soon(uri); }),
      this.watcher.onDidDelete((uri) => { this.controller.items.delete(uri.toString()); }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => { this.soon(uri); }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => { this.soon(document.uri); }),
      vscode.commands.registerCommand("mfo.runTests", (about?: { uri: string; tests?: number[] }) => this.runNamed(about)),
    ];
    server.onStart((client) => { this.listen(client); });
    void this.begin();
  }

  dispose(): void {
    this.waiting.forEach((timer) => { clearTimeout(timer); });
    this.listening.forEach((one) => void one.dispose());
    this.watcher.dispose();
    this.controller.dispose();
  }

  /** Look for tests, and so start the server, only where there are some. */
  private async begin(): Promise<void> {
    const found = await vscode.workspace.findFiles(PATTERN, "**/node_modules/**", 1);
    if (found.length > 0) {
      await this.findAll();
    }
  }

  private async findAll(): Promise<void> {
    const told = await this.server.ask<{ files: FileOfTests[] }>("mfo/tests", {}).catch(() => undefined);
    if (told !== undefined) {
      this.controller.items.replace(told.files.map((file) => this.itemOf(file)));
    }
  }

  private async find(uri: vscode.Uri | undefined): Promise<void> {
    if (uri === undefined) {
      return;
    }
    const params = { textDocument: { uri: uri.toString() } };
    const told = await this.server.ask<{ files: FileOfTests[] }>("mfo/tests", params).catch(() => undefined);
    for (const file of told?.files ?? []) {
      this.controller.items.add(this.itemOf(file));
    }
  }

  private soon(uri: vscode.Uri): void {
    if (uri.scheme === "file" && NAME.test(uri.path)) {
      const key = uri.toString();
      clearTimeout(this.waiting.get(key));
      this.waiting.set(key, setTimeout(() => void this.find(uri), PAUSE));
    }
  }

  private itemOf(file: FileOfTests): vscode.TestItem {
    const uri = vscode.Uri.parse(file.uri);
    const known = this.controller.items.get(uri.toString());
    const item = known ?? this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    item.error = file.problem?.message;
    item.range = file.problem === null ? undefined : rangeOf(file.problem.range);
    item.children.replace(
      file.tests.map(({ test, name, range }) => {
        const child = item.children.get(idOf(uri, test)) ?? this.controller.createTestItem(idOf(uri, test), name, uri);
        child.label = name;
        child.range = rangeOf(range);
        child.sortText = String(test).padStart(6, "0");
        return child;
      }),
    );
    return item;
  }

  /** Run what a lens or the palette names: tests of a file, all of a file, or all. */
  private async runNamed(about: { uri: string; tests?: number[] } | undefined): Promise<void> {
    const uri = about === undefined ? undefined : vscode.Uri.parse(about.uri);
    await (uri === undefined ? this.findAll() : this.find(uri));
    const file = uri === undefined ? undefined : this.controller.items.get(uri.toString());
    const chosen = uri === undefined ? undefined : about?.tests?.map((test) => file?.children.get(idOf(uri, test)));
    const include = file === undefined ? undefined : (chosen?.filter((item) => item !== undefined) ?? [file]);
    await this.run(new vscode.TestRunRequest(include), new vscode.CancellationTokenSource().token);
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    if (!trusted()) {
      return;
    }
    const run = this.controller.createTestRun(request);
    try {
      for (const [file, tests] of this.chosen(request)) {
        if (!token.isCancellationRequested) {
          await this.runFile(run, file, tests, token);
        }
      }
    } finally {
      run.end();
    }
  }

  /** The tests of a request, by file. */
  private chosen(request: vscode.TestRunRequest): Map<vscode.TestItem, vscode.TestItem[]> {
    const excluded = new Set(request.exclude ?? []);
    const files = new Map<vscode.TestItem, Set<vscode.TestItem>>();
    for (const item of request.include ?? itemsOf(this.controller.items)) {
      const file = item.parent ?? item;
      const tests = item.parent === undefined ? itemsOf(item.children) : [item];
      const known = files.get(file) ?? new Set();
      tests.filter((test) => !excluded.has(test) && !excluded.has(file)).forEach((test) => known.add(test));
      files.set(file, known);
    }
    return new Map([...files].map(([file, tests]) => [file, [...tests]]));
  }

  private async runFile(
    run: vscode.TestRun,
    file: vscode.TestItem,
    tests: readonly vscode.TestItem[],
    token: vscode.CancellationToken,
  ): Promise<void> {
    if (file.error !== undefined && tests.length === 0) {
      const message = new vscode.TestMessage(file.error);
      run.errored(file, message);
      return;
    }
    for (const test of tests) {
      run.enqueued(test);
      this.going.set(test.id, run);
    }
    const numbers = tests.map((test) => Number(test.id.slice(test.id.lastIndexOf("#") + 1)));
    try {
      await this.server.execute("mfo.runTests", { uri: file.id, tests: numbers }, token);
    } catch (problem) {
      if (!token.isCancellationRequested) {
        tests.filter((test) => this.going.has(test.id)).forEach((test) => { run.errored(test, new vscode.TestMessage(String(problem))); });
      }
    } finally {
      tests.forEach((test) => this.going.delete(test.id));
    }
  }

  private listen(client: LanguageClient): void {
    client.onNotification("mfo/testEvent", (event: TestEvent) => {
      const uri = vscode.Uri.parse(event.uri);
      const item = this.controller.items.get(uri.toString())?.children.get(idOf(uri, event.test));
      const run = item === undefined ? undefined : this.going.get(item.id);
      this.told.set(idOf(uri, event.test), event);
      if (item !== undefined && run !== undefined) {
        tell(run, item, event);
        if (event.state !== "started") {
          this.going.delete(item.id);
        }
      }
    });
  }
}

function tell(run: vscode.TestRun, item: vscode.TestItem, event: TestEvent): void {
  const milliseconds = event.duration == null ? undefined : event.duration * 1000;
  if (event.output !== undefined && event.output !== "") {
    run.appendOutput(`${event.name}\r\n${event.output.replaceAll(/\r?\n/g, "\r\n")}\r\n`, undefined, item);
  }
  switch (event.state) {
    case "started":
      run.started(item);
      break;
    case "passed":
      run.passed(item, milliseconds);
      break;
    case "cancelled":
      run.skipped(item);
      break;
    case "failed": {
      const messages = (event.mismatches ?? []).map(({ message, range }) => {
        const told = new vscode.TestMessage(message);
        if (item.uri !== undefined) {
          told.location = new vscode.Location(item.uri, rangeOf(range));
        }
        return told;
      });
      run.failed(item, messages, milliseconds);
      break;
    }
  }
}

function idOf(uri: vscode.Uri, test: number): string {
  return `${uri.toString()}#${test}`;
}

function itemsOf(collection: vscode.TestItemCollection): vscode.TestItem[] {
  return [...collection].map(([, item]) => item);
}

function rangeOf({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
