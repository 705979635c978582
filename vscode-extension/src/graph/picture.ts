/** The picture that the page shows: it takes the server's SVG, and changes only what is another. Runs in the webview. */

import morphdom from "morphdom";

import { addHandle, markOf, marksOf } from "./marks";
import type { Shown } from "./messages";

/** The states of nodes that were passed by: what leads to them and away from them was not followed. */
const PASSED_BY = new Set(["skipped", "upstream_failed"]);

/** A rectangle of the picture, in its own units. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A line of the picture, between two nodes that are named by their keys. */
export interface Edge {
  readonly source: string;
  readonly target: string;
  readonly title: string;
}

export class Picture {
  private svg: SVGSVGElement | undefined;
  private byKey = new Map<string, SVGGElement>();
  private places = new Map<string, Place>();
  private lines: readonly SVGGElement[] = [];
  private text = "";
  /** The size of the whole. */
  size = { width: 1, height: 1 };
  edges: readonly Edge[] = [];

  constructor(private readonly stage: HTMLElement) {}

  get element(): SVGSVGElement | undefined {
    return this.svg;
  }

  /** The nodes, in the order of the document. */
  get nodes(): readonly SVGGElement[] {
    return [...this.byKey.values()];
  }

  node(key: string | undefined): SVGGElement | undefined {
    return key === undefined ? undefined : this.byKey.get(key);
  }

  /** The node that goes by a path, which stays the same while keys change. */
  at(path: string | undefined): SVGGElement | undefined {
    return path === undefined ? undefined : this.nodes.find((node) => node.dataset["path"] === path);
  }

  /** Where a node is; it reads no layout of the browser. */
  place(node: SVGGElement): Place {
    return this.places.get(keyOf(node)) ?? { x: 0, y: 0, width: 0, height: 0 };
  }

  /** Show a graph; what is the same as before stays the same elements. */
  take(shown: Shown, focused: string | undefined): void {
    if (this.text === shown.svg && this.svg !== undefined) {
      this.showStates(this.svg, shown);
      this.select(shown.selected);
      return;
    }
    this.text = shown.svg;
    const parsed = new DOMParser().parseFromString(shown.svg, "image/svg+xml").documentElement;
    const next = document.importNode(parsed, true) as unknown as SVGSVGElement;
    next.querySelector("style")?.remove();
    this.size = { width: number(next, "width"), height: number(next, "height") };
    next.removeAttribute("width");
    next.removeAttribute("height");
    next.removeAttribute("viewBox");
    this.read(next);
    decorate(this.nodes, focused);
    this.showStates(next, shown);
    this.select(shown.selected);
    if (this.svg === undefined) {
      this.stage.replaceChildren(next);
      this.svg = next;
    } else {
      this.keep(this.svg, next);
      this.read(this.svg);
    }
  }

  clear(): void {
    this.svg?.remove();
    this.svg = undefined;
    this.byKey.clear();
    this.text = "";
  }

  /** Mark the node that the cursor is in. */
  select(key: string | undefined): void {
    for (const [one, node] of this.byKey) {
      const isSelected = one === key;
      if (node.classList.contains("selected") !== isSelected) {
        node.classList.toggle("selected", isSelected);
        if (isSelected) {
          node.setAttribute("aria-current", "true");
        } else {
          node.removeAttribute("aria-current");
        }
      }
    }
  }

  /** Write at each node how it went, for the eye and for a reader of the screen. */
  private showStates(svg: SVGSVGElement, { states, facts }: Shown): void {
    const marks: SVGElement[] = [];
    for (const [key, node] of this.byKey) {
      const state = states[key];
      const fact = facts[node.dataset["path"] ?? ""];
      const mark = state === undefined ? undefined : markOf(node, placeOf(node, 0, 0), { state, facts: fact });
      if (mark !== undefined) {
        marks.push(mark);
      }
      if (state === undefined) {
        delete node.dataset["state"];
      } else {
        node.dataset["state"] = state;
      }
      const words = [node.dataset["label"], state, state === undefined ? undefined : fact].filter((word) => word !== undefined).join(", ");
      if (node.getAttribute("aria-label") !== words) {
        node.setAttribute("aria-label", words);
      }
    }
    marksOf(svg)?.replaceChildren(...marks);
    const isPassedBy = (key: string | undefined): boolean => PASSED_BY.has(states[key ?? ""] ?? "");
    for (const line of this.lines) {
      const { source, target } = line.dataset;
      line.classList.toggle("idle", isPassedBy(source) || isPassedBy(target));
    }
  }

  private keep(svg: SVGSVGElement, next: SVGSVGElement): void {
    const viewBox = svg.getAttribute("viewBox");
    if (viewBox !== null) {
      next.setAttribute("viewBox", viewBox);
    }
    morphdom(svg, next, {
      getNodeKey: (node) => (node instanceof SVGGElement ? (node.dataset["path"] ?? "") : ""),
      onBeforeElUpdated: (from, to) => !from.isEqualNode(to),
    });
  }

  private read(svg: SVGSVGElement): void {
    const nodes = [...svg.querySelectorAll<SVGGElement>(".node")];
    nodes.sort((one, other) => Number(keyOf(one).slice(1)) - Number(keyOf(other).slice(1)));
    this.byKey = new Map(nodes.map((node) => [keyOf(node), node]));
    const [left, top] = shift(svg);
    this.places = new Map(nodes.map((node) => [keyOf(node), placeOf(node, left, top)]));
    this.lines = [...svg.querySelectorAll<SVGGElement>(".edge")];
    this.edges = this.lines.map((edge) => ({
      source: edge.dataset["source"] ?? "",
      target: edge.dataset["target"] ?? "",
      title: edge.querySelector("title")?.textContent ?? "",
    }));
  }
}

export function keyOf(node: SVGGElement): string {
  return node.dataset["key"] ?? "";
}

/** Whether a node is a subflow, and if so, whether it is closed. */
export function foldOf(node: SVGGElement): "open" | "folded" | undefined {
  return node.classList.contains("subflow") ? (node.classList.contains("folded") ? "folded" : "open") : undefined;
}

/** What is written in a node, beside how it went. */
export function wordsOf(node: SVGGElement): string {
  return [...node.querySelectorAll(":scope > text")].map((text) => text.textContent).join(" ");
}

function number(element: Element | null | undefined, name: string): number {
  return Number(element?.getAttribute(name) ?? 0);
}

function shift(svg: SVGSVGElement): [number, number] {
  const moved = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(svg.querySelector(":scope > g")?.getAttribute("transform") ?? "");
  return [Number(moved?.[1] ?? 0), Number(moved?.[2] ?? 0)];
}

function placeOf(node: SVGGElement, left: number, top: number): Place {
  const box = node.querySelector(":scope > .box");
  const points = box?.getAttribute("points");
  if (points == null) {
    return {
      x: left + number(box, "x"),
      y: top + number(box, "y"),
      width: number(box, "width"),
      height: number(box, "height"),
    };
  }
  const numbers = points.split(/[ ,]/).map(Number);
  const across = numbers.filter((_, index) => index % 2 === 0);
  const down = numbers.filter((_, index) => index % 2 === 1);
  const [x, y] = [Math.min(...across), Math.min(...down)];
  return { x: left + x, y: top + y, width: Math.max(...across) - x, height: Math.max(...down) - y };
}

/** Make nodes what one can go to and press, and give subflows something to fold them by. */
function decorate(nodes: readonly SVGGElement[], focused: string | undefined): void {
  const hasFocused = nodes.some((node) => node.dataset["path"] === focused);
  for (const [index, node] of nodes.entries()) {
    const isFirst = hasFocused ? node.dataset["path"] === focused : index === 0;
    node.setAttribute("tabindex", isFirst ? "0" : "-1");
    node.setAttribute("role", "button");
    node.dataset["label"] = label(node);
    const fold = foldOf(node);
    if (fold !== undefined) {
      node.setAttribute("aria-expanded", String(fold === "open"));
      addHandle(node, placeOf(node, 0, 0), fold);
    }
  }
}

/** What a reader of the screen is told of a node: what one sees in it, in that order, and what it is. */
function label(node: SVGGElement): string {
  const count = node.querySelector(":scope > .count")?.textContent;
  const problems = count == null ? [] : [count === "1" ? "problem" : "problems"];
  const kind = ["task", "condition", "subflow"].filter((one) => node.classList.contains(one));
  return `${[wordsOf(node), ...problems].join(" ")}, ${kind.join("")}`;
}
