/** What the host and the page with the graph tell each other. */

/** What the page draws. */
export interface Shown {
  readonly title: string;
  /** The taskflows of the document, to choose from. */
  readonly taskflows: readonly string[];
  readonly svg: string;
  /** The states of the last run, by the keys of nodes. */
  readonly states: Readonly<Record<string, string>>;
  /** How long nodes took in it, and how often they were tried, by their paths. */
  readonly facts: Readonly<Record<string, string>>;
  /** The node that the cursor is in. */
  readonly selected: string | undefined;
}

/** To the page. */
export type ToPage =
  | { readonly type: "graph"; readonly shown: Shown }
  | { readonly type: "select"; readonly key: string | undefined }
  | { readonly type: "search" }
  | { readonly type: "picture" }
  | { readonly type: "empty"; readonly words: string };

/** From the page. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly key: string }
  | { readonly type: "fold"; readonly paths: readonly string[]; readonly isFolded: boolean }
  | { readonly type: "choose"; readonly taskflow: string }
  | { readonly type: "picture"; readonly data: string };
