/** Running flows: asking for inputs, following the run, keeping what it came to. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

import type { Inputs, RunArgument, RunEvent, RunResult, WantedInputs } from "../protocol";
import type { Server } from "../server";
import { askForInputs } from "./inputs";
import { Run } from "./run";

const KEPT = 20;

/** The runs of this window. */
export class RunController implements vscode.Disposable {
  readonly runs: Run[] = [];
  private readonly changed = new vscode.EventEmitter<Run>();
  private readonly stops = new Map<Run, vscode.CancellationTokenSource>();
  private count = 0;

  /** Told of every change of a run. */
  readonly onChange = this.changed.event;

  constructor(
    private readonly server: Server,
    private readonly memory: vscode.Memento,
  ) {
    server.onStart((client) => {
      this.listen(client);
    });
  }

  dispose(): void {
    this.changed.dispose();
    this.stops.forEach((stop) => {
      stop.dispose();
    });
  }

  /** Run a flow, asking for its inputs; gives the run when it is over, undefined where it was not begun. */
  async flow(argument: RunArgument, { ask = true } = {}): Promise<Run | undefined> {
    const full = await this.withInputs(argument, ask);
    return full === undefined ? undefined : this.begin("mfo.runFlow", full, full.taskflow ?? "flow");
  }

  /** Execute one task with what the last recorded run gave it. */
  async task(argument: RunArgument): Promise<Run | undefined> {
    return this.begin("mfo.runTask", argument, argument.task ?? "task");
  }

  /** What a run would do; undefined where the user gave up. */
  async plan(argument: RunArgument): Promise<unknown> {
    const full = await this.withInputs(argument, true);
    return full === undefined ? undefined : this.server.execute("mfo.dryRun", full);
  }

  /** The same once more. */
  async again(run: Run): Promise<Run | undefined> {
    const command = run.argument.task === undefined ? "mfo.runFlow" : "mfo.runTask";
    return this.begin(command, run.argument, run.title);
  }

  stop(run: Run): void {
    this.stops.get(run)?.cancel();
  }

  /** The run of the same flow before this one. */
  before(run: Run): Run | undefined {
    return this.runs.find(
      (other) => other.number < run.number && other.argument.uri === run.argument.uri && other.title === run.title,
    );
  }

  private async withInputs(argument: RunArgument, ask: boolean): Promise<RunArgument | undefined> {
    const about = { textDocument: { uri: argument.uri }, taskflow: argument.taskflow ?? undefined };
    const wanted = await this.server.ask<WantedInputs | null>("mfo/inputs", about);
    if (wanted == null) {
      return undefined;
    }
    const key = `inputs:${argument.uri}#${wanted.taskflow}`;
    const last = this.memory.get<Inputs>(key);
    const inputs = argument.inputs ?? (ask ? await askForInputs(wanted, last) : (last ?? wanted.file ?? {}));
    if (inputs === undefined) {
      return undefined;
    }
    await this.memory.update(key, inputs);
    return { ...argument, taskflow: wanted.taskflow, inputs };
  }

  private async begin(command: string, argument: RunArgument, title: string): Promise<Run | undefined> {
    const run = new Run(++this.count, title, argument);
    const stop = new vscode.CancellationTokenSource();
    this.runs.unshift(run);
    this.runs.length = Math.min(this.runs.length, KEPT);
    this.stops.set(run, stop);
    this.changed.fire(run);
    try {
      const result = await this.server.execute<RunResult>(command, argument, stop.token);
      run.finish(result ?? stopped("no server is there to run it"));
    } catch (problem) {
      run.finish(stop.token.isCancellationRequested ? cancelled : stopped(words(problem)));
    } finally {
      this.stops.delete(run);
      stop.dispose();
      this.changed.fire(run);
    }
    return run;
  }

  private listen(client: LanguageClient): void {
    client.onNotification("mfo/runEvent", (told: RunEvent) => {
      const run = this.runs.find((one) => !one.isOver && one.argument.uri === told.uri && fits(one, told));
      if (run?.take(told) === true) {
        this.changed.fire(run);
      }
    });
  }
}

function fits(run: Run, told: RunEvent): boolean {
  return run.taskflow === "" || run.taskflow === told.taskflow;
}

const cancelled: RunResult = {
  state: "cancelled",
  outputs: {},
  failure: { code: "cancelled", message: "the run was cancelled" },
};

function stopped(message: string): RunResult {
  return { state: "failed", outputs: {}, failure: { code: "not_run", message } };
}

function words(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
