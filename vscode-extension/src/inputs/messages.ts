/** What the host and the page with a form tell each other. */

import type { Field } from "./values";

/** To the page. */
export type ToPage =
  | {
      readonly type: "form";
      readonly title: string;
      readonly action: string;
      readonly fields: readonly Field[];
      readonly texts: Readonly<Record<string, string>>;
    }
  | { readonly type: "problems"; readonly problems: Readonly<Record<string, string>>; readonly round: number };

/** From the page. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "changed" | "submit"; readonly texts: Readonly<Record<string, string>>; readonly round: number }
  | { readonly type: "cancel" };
