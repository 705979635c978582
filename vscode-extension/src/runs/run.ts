/** One run as the editor knows it: what each node has come to. Knows no window. */

import type { Failure, RunArgument, RunEvent, RunResult } from "../protocol";

/** What became of one node, or is becoming of it. */
export interface NodeOfRun {
  readonly path: string;
  state: string;
  attempt: number;
  duration: number | undefined;
  branch: string | undefined;
  error: string | undefined;
}

export class Run {
  readonly nodes = new Map<string, NodeOfRun>();
  readonly began = new Date();
  state = "running";
  result: RunResult | undefined;

  constructor(
    readonly number: number,
    readonly title: string,
    readonly argument: RunArgument,
  ) {}

  /** The taskflow that runs; empty where nobody has said yet. */
  get taskflow(): string {
    return this.argument.taskflow ?? "";
  }

  get failure(): Failure | undefined {
    return this.result?.failure ?? undefined;
  }

  get isOver(): boolean {
    return this.result !== undefined;
  }

  /** Take an event; false where it says nothing about a node. */
  take({ event }: RunEvent): boolean {
    if (event.path === "") {
      return false;
    }
    this.nodes.set(event.path, {
      path: event.path,
      state: event.state,
      attempt: event.attempt,
      duration: event.duration ?? undefined,
      branch: event.branch ?? undefined,
      error: event.error?.message,
    });
    return true;
  }

  finish(result: RunResult): void {
    this.result = result;
    this.state = result.state;
  }
}

/** Seconds as people read them. */
export function duration(seconds: number): string {
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** What differs between two runs: for each node whose state is not the same, both. */
export function differences(one: Run, other: Run): { path: string; before: string; after: string }[] {
  const paths = new Set([...one.nodes.keys(), ...other.nodes.keys()]);
  return [...paths]
    .map((path) => ({
      path,
      before: one.nodes.get(path)?.state ?? "did not run",
      after: other.nodes.get(path)?.state ?? "did not run",
    }))
    .filter(({ before, after }) => before !== after);
}
