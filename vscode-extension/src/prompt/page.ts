/** The page with a prompt: what a model is told, how long that is, and its variables, which can be typed. Runs in the webview. */

import { made } from "../dom";
import { written } from "../inputs/values";
import type { RenderedPrompt } from "../protocol";
import type { FromPage, ToPage } from "./messages";
import { ORIGINS, parts } from "./words";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const host = acquireVsCodeApi();
const main = document.getElementById("prompt") as HTMLElement;
const PAUSE = 200;

let template: string | undefined;
let given: Record<string, string> = {};
let waiting: number | undefined;

/** A message to the model; what is not known stands out. */
function message(role: string, text: string): HTMLElement[] {
  const copy = made("button", { type: "button", class: "copy", "aria-label": `Copy the ${role} prompt` }, "Copy");
  copy.addEventListener("click", () => {
    host.postMessage({ type: "copy", text });
  });
  const pieces = parts(text).map((part) => (part.isUnknown ? made("mark", {}, part.text) : part.text));
  return [made("h2", {}, role, copy), made("pre", { tabindex: "0", "aria-label": `${role} prompt` }, ...pieces)];
}

function soon(): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    host.postMessage({ type: "given", given });
  }, PAUSE);
}

function row(variable: RenderedPrompt["variables"][number]): HTMLElement {
  const { name, value, origin } = variable;
  const id = `variable-${name}`;
  const text = given[name] ?? (origin === "stand-in" ? "" : written(value));
  const area = made("textarea", { id, name, rows: String(Math.min(6, text.split("\n").length)), spellcheck: "false" });
  area.value = text;
  area.placeholder = origin === "stand-in" ? "not known; type a value" : "";
  area.addEventListener("input", () => {
    given = { ...given, [name]: area.value };
    soon();
  });
  const kind = made("span", { class: `kind origin-${origin}` }, ORIGINS[origin] ?? origin);
  const label = made("label", { for: id }, name, kind);
  const field = made("div", { class: "field", "data-name": name }, label, area);
  if (name in given) {
    const back = made("button", { type: "button", class: "back", "aria-label": `Take back what was typed for ${name}` }, "Take back");
    back.addEventListener("click", () => {
      given = Object.fromEntries(Object.entries(given).filter(([other]) => other !== name));
      host.postMessage({ type: "given", given });
    });
    label.append(back);
  }
  return field;
}

function problems(prompt: RenderedPrompt): HTMLElement[] {
  return prompt.problems.map((problem, number) => {
    const button = made("button", { type: "button", class: "link" }, problem.message);
    button.addEventListener("click", () => {
      host.postMessage({ type: "reveal", problem: number });
    });
    return made("p", { class: "problem", role: "alert" }, button);
  });
}

/** Draw anew, but leave alone the field that is being typed in. */
function show(prompt: RenderedPrompt): void {
  const typing = document.activeElement instanceof HTMLTextAreaElement ? document.activeElement : undefined;
  const place = typing === undefined ? undefined : { name: typing.name, start: typing.selectionStart, end: typing.selectionEnd };
  const size = made(
    "p",
    { class: "size" },
    made("strong", {}, `about ${prompt.tokens.toLocaleString()} tokens`),
    " (an estimate by its length), ",
    prompt.engine === "jinja2" ? "jinja2" : "Go template",
  );
  main.replaceChildren(
    made("h1", {}, prompt.template),
    size,
    ...problems(prompt),
    ...(prompt.system === null ? [] : message("system", prompt.system)),
    ...(prompt.user === null ? [] : message("user", prompt.user)),
    ...(prompt.variables.length === 0 ? [] : [made("h2", {}, "Variables"), ...prompt.variables.map(row)]),
  );
  if (place !== undefined) {
    const again = document.getElementById(`variable-${place.name}`);
    if (again instanceof HTMLTextAreaElement) {
      again.focus();
      again.setSelectionRange(place.start, place.end);
    }
  }
}

window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  if (data.type === "empty") {
    template = undefined;
    main.replaceChildren(made("p", { class: "about" }, data.words));
    return;
  }
  const isTyping = template === data.prompt.template && document.activeElement instanceof HTMLTextAreaElement;
  template = data.prompt.template;
  given = isTyping ? given : { ...data.given };
  show(data.prompt);
});
host.postMessage({ type: "ready" });
