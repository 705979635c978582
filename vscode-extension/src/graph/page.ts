/** The page with the graph: pan, zoom, search, keyboard, what is selected, what runs. Runs in the webview. */

import type { FromPage, ToPage } from "./messages";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const stage = element("stage");
const search = element("search") as HTMLInputElement;
const found = element("found");
const LEAST = 0.05;
const MOST = 6;
const SVG_SPACE = "http://www.w3.org/2000/svg";
const TURN = 1.2;

let svg: SVGSVGElement | undefined;
let whole = { width: 1, height: 1 };
let view = { x: 0, y: 0, scale: 1 };
let isMoved = false;
let states: Readonly<Record<string, string>> = {};
let selected: string | undefined;

function element(id: string): HTMLElement {
  const wanted = document.getElementById(id);
  if (wanted === null) {
    throw new Error(id);
  }
  return wanted;
}

function nodes(): SVGGElement[] {
  return [...(svg?.querySelectorAll<SVGGElement>(".node") ?? [])];
}

function show(): void {
  const { clientWidth: width, clientHeight: height } = stage;
  svg?.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
}

function bounded(scale: number): number {
  return Math.min(MOST, Math.max(LEAST, scale));
}

function fit(): void {
  const { clientWidth: width, clientHeight: height } = stage;
  const scale = bounded(Math.min(1.4, width / whole.width, height / whole.height));
  view = { scale, x: (whole.width - width / scale) / 2, y: (whole.height - height / scale) / 2 };
  isMoved = false;
  show();
}

function zoom(factor: number, x = stage.clientWidth / 2, y = stage.clientHeight / 2): void {
  const scale = bounded(view.scale * factor);
  view = { scale, x: view.x + x / view.scale - x / scale, y: view.y + y / view.scale - y / scale };
  isMoved = true;
  show();
}

function pan(x: number, y: number): void {
  view = { ...view, x: view.x + x / view.scale, y: view.y + y / view.scale };
  isMoved = true;
  show();
}

function box(node: SVGGElement): DOMRect {
  return (node.querySelector(".box") ?? node).getBoundingClientRect();
}

function bringIntoView(node: SVGGElement): void {
  const frame = stage.getBoundingClientRect();
  const place = box(node);
  const isOutside =
    place.left < frame.left || place.right > frame.right || place.top < frame.top || place.bottom > frame.bottom;
  if (isOutside) {
    pan(place.left + place.width / 2 - frame.left - frame.width / 2, place.top + place.height / 2 - frame.top - frame.height / 2);
  }
}

function select(key: string | undefined, isBrought: boolean): void {
  selected = key;
  for (const node of nodes()) {
    const isSelected = node.dataset["key"] === key;
    node.classList.toggle("selected", isSelected);
    if (isSelected && isBrought) {
      bringIntoView(node);
    }
  }
}

/** Write each node's state on it, for the eye and for a reader of the screen. */
function showStates(): void {
  for (const node of nodes()) {
    const state = states[node.dataset["key"] ?? ""];
    if (state === undefined) {
      delete node.dataset["state"];
    } else {
      node.dataset["state"] = state;
    }
    node.setAttribute("aria-label", [node.dataset["label"], state].filter((word) => word !== undefined).join(", "));
  }
}

/** Take a new picture, and keep what the reader is looking at. */
function take(text: string, title: string): void {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const picture = document.importNode(parsed, true) as unknown as SVGSVGElement;
  picture.querySelector("style")?.remove();
  whole = { width: Number(picture.getAttribute("width")), height: Number(picture.getAttribute("height")) };
  picture.removeAttribute("width");
  picture.removeAttribute("height");
  stage.replaceChildren(picture);
  stage.setAttribute("aria-label", `Graph of ${title}`);
  const isFirst = svg === undefined;
  svg = picture;
  for (const node of nodes()) {
    node.setAttribute("tabindex", "-1");
    node.setAttribute("role", "button");
    node.dataset["label"] = (node.querySelector("title")?.textContent ?? "").split("\n")[0] ?? "";
  }
  nodes()[0]?.setAttribute("tabindex", "0");
  showStates();
  select(selected, false);
  if (isFirst || !isMoved) {
    fit();
  } else {
    show();
  }
  look();
}

function matching(): SVGGElement[] {
  const words = search.value.trim().toLowerCase();
  return words === "" ? [] : nodes().filter((node) => (node.textContent).toLowerCase().includes(words));
}

function look(): void {
  const hits = new Set(matching());
  nodes().forEach((node) => {
    node.classList.toggle("hit", hits.has(node));
  });
  stage.classList.toggle("searching", search.value.trim() !== "");
  found.textContent = search.value.trim() === "" ? "" : `${hits.size} found`;
}

/** The node that lies nearest in a direction. */
function neighbour(node: SVGGElement, x: number, y: number): SVGGElement | undefined {
  const here = box(node);
  const centre = (place: DOMRect): [number, number] => [place.left + place.width / 2, place.top + place.height / 2];
  const [fromX, fromY] = centre(here);
  let best: SVGGElement | undefined;
  let least = Infinity;
  for (const other of nodes()) {
    const [toX, toY] = centre(box(other));
    const along = (toX - fromX) * x + (toY - fromY) * y;
    const aside = Math.abs((toX - fromX) * y) + Math.abs((toY - fromY) * x);
    if (other !== node && along > 1 && along + 3 * aside < least) {
      least = along + 3 * aside;
      best = other;
    }
  }
  return best;
}

function focus(node: SVGGElement): void {
  nodes().forEach((other) => {
    other.setAttribute("tabindex", other === node ? "0" : "-1");
  });
  node.focus();
  bringIntoView(node);
}

function reveal(node: Element | null): void {
  const key = (node as SVGGElement | null)?.dataset["key"];
  if (key !== undefined) {
    select(key, false);
    host.postMessage({ type: "reveal", key });
  }
}

const WAYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
};

document.addEventListener("keydown", (event) => {
  const active = document.activeElement;
  const node = active?.closest<SVGGElement>(".node") ?? undefined;
  if (active === search) {
    if (event.key === "Enter") {
      const hit = matching()[0];
      if (hit !== undefined) {
        focus(hit);
      }
    }
    return;
  }
  const way = WAYS[event.key];
  if (way !== undefined) {
    const next = node === undefined ? nodes()[0] : neighbour(node, ...way);
    if (next !== undefined) {
      focus(next);
    }
  } else if (event.key === "Enter" || event.key === " ") {
    if (active instanceof HTMLButtonElement) {
      return;
    }
    reveal(node ?? null);
  } else if (event.key === "+" || event.key === "=") {
    zoom(TURN);
  } else if (event.key === "-") {
    zoom(1 / TURN);
  } else if (event.key === "0") {
    fit();
  } else if (event.key === "/") {
    search.focus();
  } else {
    return;
  }
  event.preventDefault();
});

let dragged: { x: number; y: number; moved: boolean } | undefined;
stage.addEventListener("pointerdown", (event) => {
  dragged = { x: event.clientX, y: event.clientY, moved: false };
});
window.addEventListener("pointermove", (event) => {
  if (dragged !== undefined) {
    const x = dragged.x - event.clientX;
    const y = dragged.y - event.clientY;
    if (dragged.moved || Math.abs(x) + Math.abs(y) > 4) {
      pan(x, y);
      dragged = { x: event.clientX, y: event.clientY, moved: true };
    }
  }
});
window.addEventListener("pointerup", (event) => {
  if (dragged?.moved === false) {
    reveal((event.target as Element).closest(".node"));
  }
  dragged = undefined;
});
stage.addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) {
      const frame = stage.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), event.clientX - frame.left, event.clientY - frame.top);
    } else {
      pan(event.deltaX, event.deltaY);
    }
  },
  { passive: false },
);
search.addEventListener("input", look);
element("in").addEventListener("click", () => {
  zoom(TURN);
});
element("out").addEventListener("click", () => {
  zoom(1 / TURN);
});
element("fit").addEventListener("click", fit);
window.addEventListener("resize", () => {
  if (isMoved) {
    show();
  } else {
    fit();
  }
});

/** The whole graph as a PNG, in the colours of the theme, at twice its size. */
function picture(): void {
  if (svg === undefined) {
    return;
  }
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("width", String(whole.width));
  copy.setAttribute("height", String(whole.height));
  copy.setAttribute("viewBox", `0 0 ${whole.width} ${whole.height}`);
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  [copy, ...copy.querySelectorAll<SVGElement>("*")].forEach((one, index) => {
    const style = getComputedStyle(originals[index] ?? svg ?? copy);
    for (const name of ["fill", "stroke", "stroke-width", "stroke-dasharray", "font", "text-anchor", "opacity"]) {
      one.style.setProperty(name, style.getPropertyValue(name));
    }
  });
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = whole.width * 2;
    canvas.height = whole.height * 2;
    const context = canvas.getContext("2d");
    if (context !== null) {
      context.fillStyle = getComputedStyle(document.body).backgroundColor;
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      host.postMessage({ type: "picture", data: canvas.toDataURL("image/png") });
    }
  };
  copy.setAttribute("xmlns", SVG_SPACE);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
}

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  switch (data.type) {
    case "graph":
      states = data.states;
      take(data.svg, data.title);
      break;
    case "states":
      states = data.states;
      showStates();
      break;
    case "select":
      select(data.key, true);
      break;
    case "search":
      search.focus();
      break;
    case "picture":
      picture();
      break;
    case "empty":
      svg = undefined;
      stage.textContent = data.words;
      break;
  }
});
host.postMessage({ type: "ready" });
