/** What is drawn on a node besides the server's picture: how it went in the last run, and what folds it. Runs in the webview. */

import type { Place } from "./picture";

const SVG_SPACE = "http://www.w3.org/2000/svg";
const CHEVRON = 4;
const RADIUS = 8;
/** What the number of problems takes of the upper right corner. */
const BADGE = 14;

/** The sign of each state, around 0 0, for those who do not see colours; strokes. */
const SIGNS: Readonly<Record<string, string>> = {
  running: "M-4.5 0A4.5 4.5 0 1 1 0 4.5",
  succeeded: "M-3.5 0.5L-1 3L3.5 -2.5",
  failed: "M-2.8 -2.8L2.8 2.8M2.8 -2.8L-2.8 2.8",
  cancelled: "M-2.5 -2.5H2.5V2.5H-2.5Z",
  skipped: "M-2.5 -3L0.5 0L-2.5 3M3 -3V3",
  queued: "M0 -3.5V0.5H2.8",
};
const ALIKE: Readonly<Record<string, string>> = { upstream_failed: "skipped", refused: "failed", interrupted: "cancelled" };

function drawn(name: string, facts: Readonly<Record<string, string | number>>, ...inside: Node[]): SVGElement {
  const element = document.createElementNS(SVG_SPACE, name);
  for (const [key, value] of Object.entries(facts)) {
    element.setAttribute(key, String(value));
  }
  element.append(...inside);
  return element;
}

/** The layer above the nodes in which it is drawn how they went. */
export function marksOf(svg: SVGSVGElement): SVGGElement | undefined {
  const root = svg.querySelector(":scope > g");
  const layer = root?.querySelector<SVGGElement>(":scope > .marks");
  if (layer != null || root === null) {
    return layer ?? undefined;
  }
  // readers of the screen are told the same by the labels of the nodes
  const made = drawn("g", { class: "marks", "aria-hidden": "true" });
  root.append(made);
  return made as SVGGElement;
}

/** How a node went. */
export interface Ending {
  readonly state: string;
  readonly facts: string | undefined;
}

/** What tells of it: a sign at the upper left corner, the time above the upper right one; undefined for a state without a sign. */
export function markOf(node: SVGGElement, box: Place, { state, facts }: Ending): SVGElement | undefined {
  const sign = SIGNS[ALIKE[state] ?? state];
  if (sign === undefined) {
    return undefined;
  }
  const isDiamond = node.classList.contains("condition");
  const [x, y] = isDiamond ? [box.x + box.width / 4, box.y + box.height / 4] : [box.x, box.y];
  const circle = drawn("circle", { r: RADIUS });
  const at = drawn("g", { transform: `translate(${x} ${y})` }, circle, drawn("path", { d: sign }));
  const mark = drawn("g", { class: "mark", "data-state": state }, at);
  if (facts !== undefined && !isDiamond) {
    const room = node.querySelector(":scope > .badge") === null ? 2 : BADGE;
    mark.append(drawn("text", { class: "time", x: box.x + box.width - room, y: box.y - 5 }, new Text(facts)));
  }
  return mark;
}

/** Give a subflow something to fold it by, in its upper left corner. */
export function addHandle(node: SVGGElement, box: Place, fold: "open" | "folded"): void {
  const [x, y] = [box.x + 18, box.y + 15];
  const target = drawn("circle", { cx: x, cy: y, r: 11 });
  const [from, middle, to] =
    fold === "open"
      ? [[-CHEVRON, -2], [0, 2], [CHEVRON, -2]]
      : [[-2, -CHEVRON], [2, 0], [-2, CHEVRON]];
  const points = [from, middle, to].map(([dx, dy]) => `${x + (dx ?? 0)} ${y + (dy ?? 0)}`);
  node.append(drawn("g", { class: "handle" }, target, drawn("path", { d: `M${points.join("L")}` })));
}
