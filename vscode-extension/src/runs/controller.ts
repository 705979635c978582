/** Running flows: asking for inputs, following the run, keeping what it came to. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";

import type { InputsForm } from "../inputs/form";
import { fieldsOf, keepable } from "../inputs/values";
import type { EarlierRunDetails, Inputs, RunArgument, RunEvent, RunResult, RunText, RunValue, WantedInputs } from "../protocol";
import type { Server } from "../server";
import { Run, type ShownRun } from "./run";

const KEPT = 20;

/** What is asked for of a run: what a node gave, else what the run was given or what it returned. */
export interface WantedValue {
  readonly node?: string;
  readonly part?: "inputs" | "outputs";
}

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
    private readonly form: InputsForm,
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
  async flow(argument: RunArgument): Promise<Run | undefined> {
    const full = await this.withInputs(argument, "Run");
    return full === undefined ? undefined : this.begin("mfo.runFlow", full, full.taskflow ?? "flow");
  }

  /** Execute one task with what the last recorded run gave it. */
  async task(argument: RunArgument): Promise<Run | undefined> {
    return this.begin("mfo.runTask", argument, argument.task ?? "task");
  }

  /** What a run would do; undefined where the user gave up. */
  async plan(argument: RunArgument): Promise<unknown> {
    const full = await this.withInputs(argument, "Dry run");
    return full === undefined ? undefined : this.server.execute("mfo.dryRun", full);
  }

  /** The same once more. */
  async again(run: Run): Promise<Run | undefined> {
    const command = run.argument.task === undefined ? "mfo.runFlow" : "mfo.runTask";
    return this.begin(command, run.argument, run.title);
  }

  /** Go on with a run of the journal; inputs that it does not keep are asked for. */
  async resume(run: ShownRun): Promise<Run | undefined> {
    const argument: RunArgument = { uri: run.uri, taskflow: run.taskflow, run: run.id ?? "" };
    const resumed = await this.begin("mfo.resumeRun", argument, run.title, run.id);
    const missing = resumed.failure?.inputs;
    if (resumed.failure?.code !== "inputs_missing" || missing === undefined) {
      return resumed;
    }
    this.forget(resumed);
    const inputs: Record<string, unknown> = {};
    for (const name of missing) {
      const prompt = `${name}: the journal does not keep what has the name of a secret`;
      const given = await vscode.window.showInputBox({ title: `Resume ${run.title}`, prompt, password: true, ignoreFocusOut: true });
      if (given === undefined) {
        return undefined;
      }
      inputs[name] = given;
    }
    return this.begin("mfo.resumeRun", { ...argument, inputs }, run.title, run.id);
  }

  stop(run: Run): void {
    this.stops.get(run)?.cancel();
  }

  /** The run of the same flow before this one, of this window. */
  before(run: Run): Run | undefined {
    return this.runs.find((other) => other.number < run.number && other.uri === run.uri && other.title === run.title);
  }

  /** What the journal knows of a run; undefined where it knows nothing. */
  details(uri: string, id: string): Promise<EarlierRunDetails | null | undefined> {
    return this.server.ask<EarlierRunDetails | null>("mfo/run", { textDocument: { uri }, run: id });
  }

  /** What a node gave in a run, or a part of the whole run. */
  value(uri: string, id: string, wanted: WantedValue): Promise<RunValue | null | undefined> {
    return this.server.ask<RunValue | null>("mfo/runValue", { textDocument: { uri }, run: id, ...wanted });
  }

  private async withInputs(argument: RunArgument, action: string): Promise<RunArgument | undefined> {
    const about = { textDocument: { uri: argument.uri }, taskflow: argument.taskflow ?? undefined };
    const wanted = await this.server.ask<WantedInputs | null>("mfo/inputs", about);
    if (wanted == null) {
      return undefined;
    }
    const key = `inputs:${argument.uri}#${wanted.taskflow}`;
    const known = { ...(wanted.file ?? {}), ...this.memory.get<Inputs>(key) };
    const purpose = { uri: argument.uri, action };
    const isAsked = argument.inputs === undefined && fieldsOf(wanted.schema).length > 0;
    const inputs = isAsked ? await this.form.ask(wanted, known, purpose) : (argument.inputs ?? known);
    if (inputs === undefined) {
      return undefined;
    }
    await this.memory.update(key, keepable(inputs));
    return { ...argument, taskflow: wanted.taskflow, inputs };
  }

  private async begin(command: string, argument: RunArgument, title: string, id?: string): Promise<Run> {
    const run = new Run(++this.count, title, argument);
    run.id = id;
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
    if (run.id !== undefined && [...run.nodes.values()].some((node) => node.failedTries.length > 0)) {
      const details = await this.details(run.uri, run.id).catch(() => undefined);
      if (details != null) {
        run.complete(details);
        this.changed.fire(run);
      }
    }
    return run;
  }

  private forget(run: Run): void {
    this.runs.splice(this.runs.indexOf(run), 1);
    this.changed.fire(run);
  }

  private listen(client: LanguageClient): void {
    client.onNotification("mfo/runEvent", (told: RunEvent) => {
      const run = this.runs.find((one) => !one.isOver && (one.id === told.run_id || (one.id === undefined && fits(one, told))));
      if (run?.take(told) === true) {
        this.changed.fire(run);
      }
    });
    client.onNotification("mfo/runText", (told: RunText) => {
      const run = this.runs.find((one) => one.id === told.run_id && !one.isOver);
      if (run !== undefined) {
        run.read(told);
        this.changed.fire(run);
      }
    });
  }
}

function fits(run: Run, told: RunEvent): boolean {
  return run.uri === told.uri && (run.taskflow === "" || run.taskflow === told.taskflow);
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
