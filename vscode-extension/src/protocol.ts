/** What the server answers to its own requests and commands; docs/editors.md describes them. */

import type { Location, Position, Range } from "vscode-languageclient/node";

export interface Why {
  readonly kind: string | null;
  readonly reason: string;
}

export interface Graph {
  readonly taskflow: string;
  readonly taskflows: readonly { readonly id: string; readonly range: Range }[];
  readonly graph: {
    readonly nodes: readonly GraphNode[];
  };
  readonly ranges: Readonly<Record<string, Range>>;
  readonly extents: Readonly<Record<string, Range>>;
  readonly states: Readonly<Record<string, string>>;
  readonly text?: string;
}

export interface GraphNode {
  readonly key: string;
  readonly path: string;
  readonly id: string;
  readonly kind: string;
  readonly type: string;
  readonly name: string;
}

export interface WantedInputs {
  readonly taskflow: string;
  readonly schema: InputSchema | null;
  readonly file: Inputs | null;
  readonly problems?: Readonly<Record<string, string>>;
}

export interface InputSchema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, PropertySchema>>;
}

export interface PropertySchema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly maxLength?: number;
}

export type Inputs = Readonly<Record<string, unknown>>;

export interface RunArgument {
  readonly uri: string;
  readonly taskflow?: string | null;
  readonly task?: string;
  readonly inputs?: Inputs;
  readonly run?: string;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly task?: string;
  /** A path, a line and a column. */
  readonly place?: string;
  readonly hint?: string;
  readonly findings?: readonly { readonly message: string; readonly uri: string; readonly range: Range }[];
  /** With the code "inputs_missing": those that have to be given again. */
  readonly inputs?: readonly string[];
}

export interface RunResult {
  readonly state: string;
  readonly outputs: unknown;
  readonly failure: Failure | null;
  readonly run_id?: string;
  readonly duration?: number;
  readonly states?: Readonly<Record<string, string>>;
  readonly usage?: Usage;
}

/** Numbers by name; what agents used is listed beside them. */
export type Usage = Readonly<Record<string, unknown>>;

export interface RunEvent {
  readonly run: string | number;
  readonly run_id: string;
  readonly uri: string;
  readonly taskflow: string;
  readonly event: {
    readonly path: string;
    readonly iteration: number;
    readonly state: string;
    readonly attempt: number;
    readonly duration: number | null;
    readonly branch: string | null;
    readonly usage: Usage;
    readonly error: { readonly message: string } | null;
  };
}

export interface RunText {
  readonly run_id: string;
  readonly node: string;
  readonly text: string;
}

export interface UserQuestion {
  readonly run_id: string;
  readonly taskflow: string;
  readonly task: string;
  readonly question: string;
  readonly choices: readonly unknown[];
  readonly default?: unknown;
}

/** A run of the journal. */
export interface EarlierRun {
  readonly id: string;
  readonly taskflow: string;
  readonly state: string;
  readonly started_at: number;
  readonly duration: number | null;
  readonly usage: Usage;
  readonly error: Failure | null;
}

export interface EarlierNode {
  readonly node: string;
  readonly state: string;
  readonly attempts?: number;
  readonly duration?: number;
  readonly branch?: number;
  readonly usage?: Usage;
  readonly error?: { readonly message: string };
  readonly failed_tries?: readonly { readonly message: string }[];
  readonly has_value: boolean;
}

export interface EarlierRunDetails extends EarlierRun {
  readonly resumptions: number;
  readonly nodes: readonly EarlierNode[];
}

export interface RunValue {
  readonly text: string;
  readonly cut: boolean;
}

export interface FileOfTests {
  readonly uri: string;
  readonly tests: readonly { readonly test: number; readonly name: string; readonly range: Range }[];
  readonly problem: { readonly message: string; readonly range: Range } | null;
}

export interface TestEvent {
  readonly uri: string;
  readonly test: number;
  readonly name: string;
  readonly state: "started" | "passed" | "failed" | "cancelled";
  readonly duration?: number | null;
  readonly mismatches?: readonly { readonly message: string; readonly range: Range }[];
  readonly output?: string;
}

export interface RenderedPrompt {
  readonly template: string;
  readonly engine: string;
  readonly system: string | null;
  readonly user: string | null;
  readonly variables: readonly { readonly name: string; readonly value: unknown; readonly origin: string }[];
  readonly problems: readonly { readonly message: string; readonly uri: string; readonly range: Range }[];
  readonly tokens: number;
}

export interface RulePage {
  readonly code: string;
  readonly page: string;
}

export type ShowReferences = [uri: string, position: Position, locations: Location[]];
