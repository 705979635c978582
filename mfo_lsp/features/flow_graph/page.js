
"use strict";
(() => {
  const stage = document.getElementById("stage");
  const svg = stage.querySelector("svg");
  const details = document.getElementById("details");
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const graph = JSON.parse(document.getElementById("graph").textContent);
  const nodes = new Map(graph.nodes.map((node) => [node.key, node]));
  const number = (shape) => Number(shape.dataset.key.slice(1));
  const shapes = [...svg.querySelectorAll(".node")].sort((one, other) => number(one) - number(other));
  const whole = { width: Number(svg.getAttribute("width")), height: Number(svg.getAttribute("height")) };
  const least = 0.02;
  const most = 8;
  let view = { x: 0, y: 0, scale: 1 };

  // The view: `scale` is pixels of the screen for one of the picture; x and y are the picture's left upper corner.
  const show = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${width / view.scale} ${height / view.scale}`);
  };
  const bounded = (scale) => Math.min(most, Math.max(least, scale));
  const fit = () => {
    const { clientWidth: width, clientHeight: height } = stage;
    const scale = bounded(Math.min(1.5, width / whole.width, height / whole.height));
    view = { scale, x: (whole.width - width / scale) / 2, y: (whole.height - height / scale) / 2 };
    show();
  };
  const start = () => {
    fit();
    if (view.scale < 0.5) { // too small to read: begin at the top instead
      const scale = bounded(Math.max(0.5, Math.min(1, stage.clientWidth / whole.width)));
      view = { scale, x: (whole.width - stage.clientWidth / scale) / 2, y: 0 };
      show();
    }
  };
  const zoom = (factor, clientX, clientY) => {
    const frame = stage.getBoundingClientRect();
    const x = clientX - frame.left;
    const y = clientY - frame.top;
    const scale = bounded(view.scale * factor);
    view.x += x / view.scale - x / scale;
    view.y += y / view.scale - y / scale;
    view.scale = scale;
    show();
  };
  const zoomMiddle = (factor) => {
    const frame = stage.getBoundingClientRect();
    zoom(factor, frame.left + frame.width / 2, frame.top + frame.height / 2);
  };
  const bringIntoView = (shape) => {
    const frame = stage.getBoundingClientRect();
    const box = shape.querySelector(".box").getBoundingClientRect();
    if (view.scale < 0.6) zoomTo(shape, 0.9);
    else if (box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom) {
      zoomTo(shape, view.scale);
    }
  };
  const zoomTo = (shape, scale) => {
    const frame = stage.getBoundingClientRect();
    const box = shape.querySelector(".box").getBoundingClientRect();
    const x = view.x + ((box.left + box.right) / 2 - frame.left) / view.scale;
    const y = view.y + ((box.top + box.bottom) / 2 - frame.top) / view.scale;
    view = { scale, x: x - frame.width / scale / 2, y: y - frame.height / scale / 2 };
    show();
  };

  // The pointer: one drags, two pinch; a press that does not move is a click.
  const pointers = new Map();
  let moved = 0;
  const distance = () => {
    const [one, other] = [...pointers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button > 0) return;
    if (pointers.size === 0) moved = 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  window.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pointers.size === 2 ? distance() : 0;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    moved += Math.abs(event.clientX - last.x) + Math.abs(event.clientY - last.y);
    if (pointers.size === 2) {
      const [one, other] = [...pointers.values()];
      if (before > 0) zoom(distance() / before, (one.x + other.x) / 2, (one.y + other.y) / 2);
    } else if (moved > 3) {
      stage.classList.add("dragging");
      view.x -= (event.clientX - last.x) / view.scale;
      view.y -= (event.clientY - last.y) / view.scale;
      show();
    }
  });
  const release = (event) => {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) stage.classList.remove("dragging");
  };
  window.addEventListener("pointerup", release);
  window.addEventListener("pointercancel", release);
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const step = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey || !event.shiftKey && event.deltaX === 0) {
      zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY * step)) / 400), event.clientX, event.clientY);
    } else {
      view.x += event.deltaX * step / view.scale;
      view.y += event.deltaY * step / view.scale;
      show();
    }
  }, { passive: false });

  // A node: what it is, where it stands, what is wrong with it.
  const element = (name, text) => {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false; // no right to the clipboard: the text is there to be selected
    }
  };
  // The source: it stands where it stood, seen from the page, when the page was written. A page that came from elsewhere
  // has no source beside it, and no link.
  const source = (node) => {
    if (location.protocol !== "file:" || location.host || stage.dataset.way === undefined) return null;
    const path = `${stage.dataset.way}${node.file}`.split("/").map(encodeURIComponent).join("/");
    return new URL(path, location.href);
  };
  const inEditor = (node, url) => `vscode://file${url.pathname}:${node.line}:${node.column}`;
  const link = (text, address) => {
    const made = element("a", text);
    made.href = address;
    return made;
  };
  const choose = async (shape) => {
    const node = nodes.get(shape.dataset.key);
    const place = `${node.file}:${node.line}`;
    shapes.forEach((other) => other.classList.toggle("chosen", other === shape));
    const heading = element("h2", node.id || `(${node.kind})`);
    const kind = element("p", node.kind === "task" ? node.type : node.kind);
    const where = element("p", "");
    const copied = element("span", "");
    copied.className = "copied";
    where.append(element("code", place), copied);
    details.replaceChildren(heading, kind, where);
    const url = source(node);
    if (url) {
      const links = element("p", "");
      links.append(link("open in VS Code", inEditor(node, url)), " \u00b7 ", link("show the file", url.href));
      where.after(links);
    }
    if (node.name) kind.after(element("p", node.name));
    if (node.expression) {
      const expression = element("p", "");
      expression.append(element("code", node.expression));
      where.before(expression);
    }
    if (node.findings.length) {
      const list = element("ul", "");
      node.findings.map((number) => graph.findings[number]).forEach((finding) => {
        list.append(element("li", `${finding.severity} ${finding.code}, line ${finding.line}: ${finding.message}`));
      });
      details.append(list);
    }
    details.hidden = false;
    copied.textContent = await copy(place) ? "copied" : "";
  };
  const close = () => {
    details.hidden = true;
    shapes.forEach((shape) => shape.classList.remove("chosen"));
  };
  shapes.forEach((shape) => {
    shape.setAttribute("tabindex", "0");
    shape.setAttribute("role", "button");
    shape.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        choose(shape);
      }
    });
    shape.addEventListener("focus", () => {
      if (shape.matches(":focus-visible")) bringIntoView(shape);
    });
  });
  stage.addEventListener("click", (event) => {
    if (moved > 3) return;
    const shape = event.target.closest(".node");
    if (shape) choose(shape);
    else close();
  });

  stage.addEventListener("dblclick", (event) => {
    const shape = event.target.closest(".node");
    const node = shape && nodes.get(shape.dataset.key);
    const url = node && source(node);
    if (url) location.href = inEditor(node, url);
  });

  // The search: by id, name, type and expression; Enter goes from one to the next.
  let hits = [];
  let current = -1;
  const words = (node) => [node.id, node.name, node.type, node.expression].join("\n").toLowerCase();
  const find = () => {
    const wanted = search.value.trim().toLowerCase();
    hits = wanted ? shapes.filter((shape) => words(nodes.get(shape.dataset.key)).includes(wanted)) : [];
    current = -1;
    shapes.forEach((shape) => shape.classList.remove("found"));
    hits.forEach((shape) => shape.classList.add("found"));
    svg.classList.toggle("searching", wanted !== "");
    found.textContent = wanted ? `${hits.length} found` : "";
  };
  const go = (step) => {
    if (!hits.length) return;
    current = (current + step + hits.length) % hits.length;
    found.textContent = `${current + 1} of ${hits.length}`;
    zoomTo(hits[current], Math.max(view.scale, 0.9));
  };
  search.addEventListener("input", find);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    if (event.key === "Escape") {
      search.value = "";
      find();
    }
  });

  document.getElementById("in").addEventListener("click", () => zoomMiddle(1.25));
  document.getElementById("out").addEventListener("click", () => zoomMiddle(0.8));
  document.getElementById("fit").addEventListener("click", fit);
  document.addEventListener("keydown", (event) => {
    if (event.target === search || event.ctrlKey || event.metaKey || event.altKey) return;
    const pan = { ArrowLeft: [-60, 0], ArrowRight: [60, 0], ArrowUp: [0, -60], ArrowDown: [0, 60] }[event.key];
    if (pan) {
      view.x += pan[0] / view.scale;
      view.y += pan[1] / view.scale;
      show();
    } else if (event.key === "+" || event.key === "=") zoomMiddle(1.25);
    else if (event.key === "-") zoomMiddle(0.8);
    else if (event.key === "0") fit();
    else if (event.key === "Escape") close();
    else if (event.key === "/") search.focus();
    else return;
    event.preventDefault();
  });
  window.addEventListener("resize", show);
  start();
})();
