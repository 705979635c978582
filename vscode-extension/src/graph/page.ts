/** The page with the graph: what the reader does, and what the host tells. Runs in the webview. */

import type { FromPage, Shown, ToPage } from "./messages";
import { foldOf, keyOf, Picture, wordsOf } from "./picture";
import { asPng } from "./png";
import { Viewport } from "./viewport";
import { type Direction, type Stop, walk } from "./walking";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const stage = element("stage");
const search = element("search") as HTMLInputElement;
const found = element("found");
const told = element("told");
const taskflows = element("taskflows") as HTMLSelectElement;
const nothing = element("nothing");
const folding = element("folding");
const picture = new Picture(stage);
const viewport = new Viewport(stage);
const TURN = 1.2;
const CLICK = 4;

let shown: Shown | undefined;
let folded: string | undefined;

function element(id: string): HTMLElement {
  const wanted = document.getElementById(id);
  if (wanted === null) {
    throw new Error(id);
  }
  return wanted;
}

/** The node that has the focus. */
function focused(): SVGGElement | undefined {
  return document.activeElement?.closest<SVGGElement>(".node") ?? undefined;
}

/** Take a new graph, and keep what the reader is looking at in its place. */
function take(next: Shown): void {
  const isOther = shown?.title !== next.title;
  const path = folded ?? picture.node(shown?.selected)?.dataset["path"];
  const anchor = picture.at(path);
  const before = anchor === undefined ? undefined : picture.place(anchor);
  const hadFocus = focused()?.dataset["path"];
  const wasSeen = before !== undefined && viewport.sees(before);
  const isFolding = folded !== undefined;
  folded = undefined;
  if (isOther) {
    picture.clear();
  }
  shown = next;
  nothing.hidden = true;
  picture.take(next, hadFocus);
  stage.setAttribute("aria-label", `Graph of ${next.title}: arrow keys follow the edges, Enter opens the code, Space folds a subflow`);
  viewport.of(picture.element, picture.size);
  const selected = picture.node(next.selected);
  const after = picture.at(path);
  if (isOther || (!viewport.isMoved && !isFolding)) {
    viewport.begin(selected === undefined ? undefined : picture.place(selected));
  } else if (before !== undefined && after !== undefined && (wasSeen || isFolding)) {
    const place = picture.place(after);
    viewport.shift(place.x + place.width / 2 - before.x - before.width / 2, place.y - before.y);
  }
  if (hadFocus !== undefined && focused()?.dataset["path"] !== hadFocus) {
    picture.at(hadFocus)?.focus({ preventScroll: true });
  }
  showChoices(next);
  look();
}

function showChoices({ title, taskflows: names }: Shown): void {
  const options = names.map((name) => new Option(name, name, false, name === title));
  taskflows.replaceChildren(...options);
  taskflows.hidden = names.length < 2;
  const folds = picture.nodes.map(foldOf).filter((state) => state !== undefined);
  folding.hidden = folds.length === 0;
  folding.textContent = folds.includes("open") ? "Fold all" : "Unfold all";
}

function select(key: string | undefined): void {
  if (shown === undefined) {
    return;
  }
  shown = { ...shown, selected: key };
  picture.select(key);
  const node = picture.node(key);
  if (node !== undefined) {
    viewport.bring(picture.place(node));
  }
}

function matching(): SVGGElement[] {
  const words = search.value.trim().toLowerCase();
  return words === "" ? [] : picture.nodes.filter((node) => wordsOf(node).toLowerCase().includes(words));
}

function look(): void {
  const isLooking = search.value.trim() !== "";
  const hits = new Set(matching());
  if (isLooking || stage.classList.contains("searching")) {
    picture.nodes.forEach((node) => {
      node.classList.toggle("hit", hits.has(node));
      node.classList.remove("looked-at");
    });
  }
  stage.classList.toggle("searching", isLooking);
  found.textContent = isLooking ? `${hits.size} found` : "";
}

/** Give a node the focus, and say how one came to it. */
function focus(node: SVGGElement, along?: string): void {
  picture.nodes.forEach((other) => {
    other.setAttribute("tabindex", other === node ? "0" : "-1");
  });
  node.focus({ preventScroll: true });
  viewport.bring(picture.place(node));
  told.textContent = along ?? "";
}

/** Bring the next hit of the search into view, and mark it. */
function nextHit(): SVGGElement | undefined {
  const hits = matching();
  const index = hits.findIndex((node) => node.classList.contains("looked-at"));
  const hit = hits[(index + 1) % Math.max(1, hits.length)];
  hits.forEach((node) => {
    node.classList.toggle("looked-at", node === hit);
  });
  if (hit !== undefined) {
    viewport.bring(picture.place(hit));
    found.textContent = `${hits.indexOf(hit) + 1} of ${hits.length}`;
  }
  return hit;
}

function reveal(node: SVGGElement | undefined): void {
  if (node !== undefined && shown !== undefined) {
    const key = keyOf(node);
    shown = { ...shown, selected: key };
    picture.select(key);
    host.postMessage({ type: "reveal", key });
  }
}

function fold(node: SVGGElement | undefined): boolean {
  const state = node === undefined ? undefined : foldOf(node);
  const path = node?.dataset["path"];
  if (state === undefined || path === undefined) {
    return false;
  }
  folded = path;
  host.postMessage({ type: "fold", paths: [path], isFolded: state === "open" });
  return true;
}

function foldAll(): void {
  const subflows = picture.nodes.filter((node) => foldOf(node) !== undefined);
  const isFolded = subflows.some((node) => foldOf(node) === "open");
  host.postMessage({ type: "fold", paths: subflows.map((node) => node.dataset["path"] ?? ""), isFolded });
}

function stops(): Stop[] {
  const keys = new Map(picture.nodes.map((node) => [node.dataset["path"], keyOf(node)]));
  return picture.nodes.map((node) => {
    const { x, y, width, height } = picture.place(node);
    const around = (node.dataset["path"] ?? "").split("/").slice(0, -1).join("/");
    return { key: keyOf(node), group: keys.get(around), x: x + width / 2, y: y + height / 2 };
  });
}

function step(direction: Direction): void {
  const node = focused();
  if (node === undefined) {
    const first = picture.node(shown?.selected) ?? picture.nodes[0];
    if (first !== undefined) {
      focus(first);
    }
    return;
  }
  const next = walk(stops(), picture.edges, keyOf(node), direction);
  const there = picture.node(next?.key);
  if (there !== undefined) {
    focus(there, next?.along);
  }
}

const KEYS: Readonly<Record<string, () => void>> = {
  ArrowUp: () => { step("up"); },
  ArrowDown: () => { step("down"); },
  ArrowLeft: () => { step("left"); },
  ArrowRight: () => { step("right"); },
  Home: () => { picture.nodes.slice(0, 1).forEach((node) => { focus(node); }); },
  End: () => { picture.nodes.slice(-1).forEach((node) => { focus(node); }); },
  Enter: () => { reveal(focused()); },
  " ": () => { fold(focused()); },
  "+": () => { viewport.zoom(TURN); },
  "=": () => { viewport.zoom(TURN); },
  "-": () => { viewport.zoom(1 / TURN); },
  "0": () => { viewport.fit(); },
  "/": () => { search.focus(); },
};

document.addEventListener("keydown", (event) => {
  const active = document.activeElement;
  if (active === search) {
    if (event.key === "Enter") {
      nextHit();
    } else if (event.key === "Escape") {
      search.value = "";
      look();
      stage.focus();
    } else if (event.key === "ArrowDown") {
      const hit = matching().find((node) => node.classList.contains("looked-at")) ?? nextHit();
      if (hit !== undefined) {
        focus(hit);
      }
      event.preventDefault();
    }
    return;
  }
  const isControl = active instanceof HTMLButtonElement || active instanceof HTMLSelectElement;
  const work = isControl && !"+-=0/".includes(event.key) ? undefined : KEYS[event.key];
  if (work !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
    work();
    event.preventDefault();
  }
});

let dragged: { x: number; y: number; isMoved: boolean } | undefined;
stage.addEventListener("pointerdown", (event) => {
  dragged = { x: event.clientX, y: event.clientY, isMoved: false };
});
window.addEventListener("pointermove", (event) => {
  if (dragged === undefined) {
    return;
  }
  const [x, y] = [dragged.x - event.clientX, dragged.y - event.clientY];
  if (dragged.isMoved || Math.abs(x) + Math.abs(y) > CLICK) {
    viewport.pan(x, y);
    dragged = { x: event.clientX, y: event.clientY, isMoved: true };
  }
});
window.addEventListener("pointerup", (event) => {
  if (dragged?.isMoved === false) {
    const target = event.target as Element;
    const node = target.closest<SVGGElement>(".node") ?? undefined;
    if (target.closest(".handle") === null || !fold(node)) {
      reveal(node);
    }
  }
  dragged = undefined;
});
stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      const frame = stage.getBoundingClientRect();
      viewport.zoom(Math.exp(-event.deltaY / 300), event.clientX - frame.left, event.clientY - frame.top);
    } else if (event.shiftKey && event.deltaX === 0) {
      viewport.pan(event.deltaY, 0);
    } else {
      viewport.pan(event.deltaX, event.deltaY);
    }
  },
  { passive: false },
);
search.addEventListener("input", () => {
  look();
  const hit = matching()[0];
  if (hit !== undefined) {
    viewport.bring(picture.place(hit));
  }
});
taskflows.addEventListener("change", () => {
  host.postMessage({ type: "choose", taskflow: taskflows.value });
});
element("in").addEventListener("click", () => {
  viewport.zoom(TURN);
});
element("out").addEventListener("click", () => {
  viewport.zoom(1 / TURN);
});
element("fit").addEventListener("click", () => {
  viewport.fit();
});
folding.addEventListener("click", foldAll);

async function sendPicture(): Promise<void> {
  if (picture.element !== undefined) {
    const { width, height } = picture.size;
    host.postMessage({ type: "picture", data: await asPng(picture.element, width, height) });
  }
}

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case "graph":
      take(data.shown);
      break;
    case "select":
      select(data.key);
      break;
    case "search":
      search.focus();
      search.select();
      break;
    case "picture":
      void sendPicture();
      break;
    case "empty":
      picture.clear();
      shown = undefined;
      nothing.textContent = data.words;
      nothing.hidden = false;
      break;
  }
});
host.postMessage({ type: "ready" });
