/** What the host and the page with the graph tell each other. */

/** To the page. */
export type ToPage =
  | { readonly type: "graph"; readonly title: string; readonly svg: string; readonly states: Readonly<Record<string, string>> }
  | { readonly type: "states"; readonly states: Readonly<Record<string, string>> }
  | { readonly type: "select"; readonly key: string | undefined }
  | { readonly type: "search" }
  | { readonly type: "picture" }
  | { readonly type: "empty"; readonly words: string };

/** From the page. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly key: string }
  | { readonly type: "picture"; readonly data: string };
