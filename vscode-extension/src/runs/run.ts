/** Runs as the editor knows them: what each node has come to, and how the nodes lie in each other. Knows no window. */

import type { EarlierNode, EarlierRun, EarlierRunDetails, Failure, RunArgument, RunEvent, RunResult, RunText, Usage } from "../protocol";

const LONGEST_TEXT = 200_000;
const SHOWN = 50;

/** What became of one execution of a node, or is becoming of it. */
export interface NodeOfRun {
  readonly path: string;
  readonly state: string;
  readonly attempt: number;
  readonly duration: number | undefined;
  readonly branch: string | undefined;
  readonly error: string | undefined;
  readonly usage: Usage;
  readonly failedTries: readonly string[];
  /** Whether the journal may know what it gave. */
  readonly hasValue: boolean;
}

/** What the tree shows of a run, be it one of this window or an earlier one. */
export interface ShownRun {
  readonly title: string;
  readonly taskflow: string;
  readonly uri: string;
  readonly id: string | undefined;
  readonly state: string;
  readonly began: Date;
  readonly duration: number | undefined;
  readonly usage: Usage;
  readonly nodes: ReadonlyMap<string, NodeOfRun>;
  readonly failure: Failure | undefined;
}

/** A run of this window. */
export class Run implements ShownRun {
  readonly nodes = new Map<string, NodeOfRun>();
  readonly texts = new Map<string, string>();
  readonly began = new Date();
  state = "running";
  result: RunResult | undefined;
  id: string | undefined;
  private readonly paths = new Map<string, string>();

  constructor(
    readonly number: number,
    readonly title: string,
    readonly argument: RunArgument,
  ) {}

  get uri(): string {
    return this.argument.uri;
  }

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

  get duration(): number | undefined {
    return this.result?.duration;
  }

  get usage(): Usage {
    return this.result?.usage ?? sumOf([...this.nodes.values()].map(({ usage }) => usage));
  }

  /** Take an event; false where it says nothing about a node. */
  take({ event, run_id }: RunEvent): boolean {
    this.id ??= run_id;
    if (event.path === "") {
      return false;
    }
    const name = event.iteration > 0 ? `${event.path}[${event.iteration}]` : event.path;
    const before = this.nodes.get(name);
    if (event.state === "running") {
      this.texts.delete(name);
    }
    const failed = before !== undefined && event.state === "running" && event.attempt > before.attempt;
    this.nodes.set(name, {
      path: name,
      state: event.state,
      attempt: Math.max(event.attempt, before?.attempt ?? 0),
      duration: event.duration ?? undefined,
      branch: event.branch === null ? undefined : `branch ${event.branch}`,
      error: event.error?.message,
      usage: event.usage,
      failedTries: failed ? [...before.failedTries, `try ${before.attempt} failed`] : (before?.failedTries ?? []),
      hasValue: event.state === "succeeded",
    });
    this.paths.set(event.path, name);
    return true;
  }

  /** Take what a model wrote next. */
  read({ node, text }: RunText): void {
    const before = this.texts.get(node) ?? "";
    this.texts.set(node, (before + text).slice(-LONGEST_TEXT));
  }

  /** Take what the journal knows besides: why tries failed. */
  complete(details: EarlierRunDetails): void {
    for (const told of details.nodes) {
      const node = this.nodes.get(told.node);
      if (node !== undefined && told.failed_tries !== undefined) {
        this.nodes.set(told.node, { ...node, failedTries: told.failed_tries.map(({ message }) => message) });
      }
    }
  }

  finish(result: RunResult): void {
    this.result = result;
    this.state = result.state;
    this.id ??= result.run_id;
  }
}

/** A run of the journal as the tree shows it; its nodes are known once they were asked for. */
export function earlierRun(uri: string, run: EarlierRun | EarlierRunDetails): ShownRun {
  const nodes = "nodes" in run ? run.nodes : [];
  return {
    title: run.taskflow,
    taskflow: run.taskflow,
    uri,
    id: run.id,
    state: run.state,
    began: new Date(run.started_at * 1000),
    duration: run.duration ?? undefined,
    usage: run.usage,
    nodes: new Map(nodes.map((node) => [node.node, earlierNode(node)])),
    failure: run.error ?? undefined,
  };
}

function earlierNode(node: EarlierNode): NodeOfRun {
  return {
    path: node.node,
    state: node.state,
    attempt: node.attempts ?? 0,
    duration: node.duration,
    branch: node.branch === undefined ? undefined : `branch ${node.branch}`,
    error: node.error?.message,
    usage: node.usage ?? {},
    failedTries: (node.failed_tries ?? []).map(({ message }) => message),
    hasValue: node.has_value,
  };
}

/** The executions that lie directly in another one, or at the top: those inside a subflow lie in it. */
export function inside(nodes: ReadonlyMap<string, NodeOfRun>, around: string | undefined): NodeOfRun[] {
  return [...nodes.values()].filter(({ path }) => parentOf(nodes, path) === around);
}

function parentOf(nodes: ReadonlyMap<string, NodeOfRun>, path: string): string | undefined {
  const place = path.lastIndexOf("/");
  if (place < 0) {
    return undefined;
  }
  const above = path.slice(0, place);
  const plain = above.replace(/\[\d+\]$/, "");
  return nodes.has(above) ? above : nodes.has(plain) ? plain : parentOf(nodes, above);
}

/** A node's own name, without those of the subflows around it. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** How many tokens were used; undefined where nobody said. */
export function tokens(usage: Usage): number | undefined {
  const count = (name: string): number => (typeof usage[name] === "number" ? usage[name] : 0);
  const counted = count("total_tokens") || count("input_tokens") + count("output_tokens");
  return counted > 0 ? counted : undefined;
}

function sumOf(usages: readonly Usage[]): Usage {
  const sum: Record<string, number> = {};
  for (const usage of usages) {
    for (const [name, count] of Object.entries(usage)) {
      if (typeof count === "number") {
        sum[name] = (sum[name] ?? 0) + count;
      }
    }
  }
  return sum;
}

/** What stands beside a node in the tree. */
export function factsOf(node: NodeOfRun, text: string | undefined): string {
  const used = tokens(node.usage);
  const facts = [
    node.state === "succeeded" ? "" : node.state.replaceAll("_", " "),
    node.duration === undefined ? "" : duration(node.duration),
    node.attempt > 1 ? `attempt ${node.attempt}` : "",
    used === undefined ? "" : `${used} tokens`,
    node.branch ?? "",
    node.state === "failed" ? (node.error ?? "") : "",
    node.state === "running" && text !== undefined ? `“${text.length > SHOWN ? "…" : ""}${text.slice(-SHOWN).replaceAll(/\s+/g, " ")}”` : "",
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

/** What stands at nodes in the graph, by their paths there: the time, and how many tries it took; of iterations, those of the last one. */
export function factsByPath(run: ShownRun): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const { path, duration: seconds, attempt } of run.nodes.values()) {
    if (seconds !== undefined && seconds > 0) {
      facts[path.replace(/\[\d+\]/g, "")] = `${duration(seconds)}${attempt > 1 ? ` ×${attempt}` : ""}`;
    }
  }
  return facts;
}

/** Seconds as people read them. */
export function duration(seconds: number): string {
  if (seconds < 1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** What differs between two runs: for each node whose state is not the same, both. */
export function differences(one: ShownRun, other: ShownRun): { path: string; before: string; after: string }[] {
  const paths = new Set([...one.nodes.keys(), ...other.nodes.keys()]);
  return [...paths]
    .map((path) => ({
      path,
      before: one.nodes.get(path)?.state ?? "did not run",
      after: other.nodes.get(path)?.state ?? "did not run",
    }))
    .filter(({ before, after }) => before !== after);
}
