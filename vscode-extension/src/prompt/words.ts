/** How a rendered prompt is told of. Knows no window. */

/** Where a variable's value comes from, in words. */
export const ORIGINS: Readonly<Record<string, string>> = {
  given: "typed here",
  run: "from the last run",
  task: "from the task",
  default: "default",
  example: "example",
  "stand-in": "not known",
};

/** A text in pieces: those in angle brackets stand for what nobody knows before a run. */
export function parts(text: string): { readonly text: string; readonly isUnknown: boolean }[] {
  return text
    .split(/(⟨[^⟨⟩]*⟩)/)
    .filter((piece) => piece !== "")
    .map((piece) => ({ text: piece, isUnknown: piece.startsWith("⟨") && piece.endsWith("⟩") }));
}
