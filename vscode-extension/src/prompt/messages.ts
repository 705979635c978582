/** What the host and the page with a prompt tell each other. */

import type { RenderedPrompt } from "../protocol";

/** To the page. */
export type ToPage =
  | { readonly type: "prompt"; readonly prompt: RenderedPrompt; readonly given: Readonly<Record<string, string>> }
  | { readonly type: "empty"; readonly words: string };

/** From the page. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "given"; readonly given: Readonly<Record<string, string>> }
  | { readonly type: "reveal"; readonly problem: number }
  | { readonly type: "copy"; readonly text: string };
