/** The page with the form. Runs in the webview; what is wrong is said by the server, at the field. */

import { made } from "../dom";
import type { FromPage, ToPage } from "./messages";
import type { Field } from "./values";

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const host = acquireVsCodeApi();
const form = document.getElementById("form") as HTMLFormElement;
const PAUSE = 150;
const LEFT_OUT = "";

let inputs = new Map<string, Input>();
let touched = new Set<string>();
let round = 0;
let answered = 0;
let isSubmitted = false;
let waiting: number | undefined;

function inputOf(field: Field, text: string): Input {
  const facts = {
    id: `field-${field.name}`,
    name: field.name,
    "aria-describedby": `about-${field.name} problem-${field.name}`,
    ...(field.isRequired ? { "aria-required": "true" } : {}),
  };
  if (field.control === "choice") {
    const none = made("option", { value: LEFT_OUT }, field.isRequired ? "Choose..." : "(leave out)");
    const select = made("select", facts, none, ...field.choices.map((one) => made("option", { value: one }, one)));
    select.value = field.choices.includes(text) ? text : LEFT_OUT;
    return select;
  }
  if (field.control === "lines" || field.control === "json") {
    const lines = Math.min(12, Math.max(3, text.split("\n").length));
    const area = made("textarea", { ...facts, rows: String(lines), spellcheck: "false", placeholder: field.placeholder });
    area.classList.toggle("code", field.control === "json");
    area.value = text;
    return area;
  }
  const type = field.control === "secret" ? "password" : "text";
  const mode = field.control === "number" ? { inputmode: "decimal" } : {};
  const input = made("input", { ...facts, ...mode, type, autocomplete: "off", spellcheck: "false", placeholder: field.placeholder });
  input.value = text;
  return input;
}

function kindOf(field: Field): string {
  const types = field.control === "choice" ? "" : field.types.join(" or ");
  return [types, field.isRequired ? "required" : ""].filter((word) => word !== "").join(", ");
}

function rowOf(field: Field, text: string): HTMLElement {
  const input = inputOf(field, text);
  inputs.set(field.name, input);
  input.addEventListener("input", () => {
    touched.add(field.name);
    soon();
  });
  input.addEventListener("blur", () => {
    if (input.value !== "") {
      touched.add(field.name);
    }
  });
  const label = made("label", { for: input.id }, field.title, made("span", { class: "kind" }, kindOf(field)));
  return made(
    "div",
    { class: "field" },
    label,
    ...(field.description === "" ? [] : [made("p", { class: "about", id: `about-${field.name}` }, field.description)]),
    input,
    made("p", { class: "problem", id: `problem-${field.name}`, role: "alert" }),
  );
}

function show(message: Extract<ToPage, { type: "form" }>): void {
  inputs = new Map();
  touched = new Set(Object.keys(message.texts));
  form.replaceChildren(
    made("h1", {}, message.title),
    ...message.fields.map((field) => rowOf(field, message.texts[field.name] ?? "")),
    made("p", { class: "problem", id: "problem-", role: "alert" }),
    made(
      "div",
      { class: "buttons" },
      made("button", { type: "submit", class: "primary" }, message.action),
      made("button", { type: "button", id: "cancel" }, "Cancel"),
      made("span", { class: "hint" }, "Ctrl+Enter"),
    ),
  );
  document.getElementById("cancel")?.addEventListener("click", () => {
    host.postMessage({ type: "cancel" });
  });
  const first = [...inputs.values()].find((input) => input.value === "") ?? [...inputs.values()][0];
  first?.focus();
  soon();
}

function texts(): Record<string, string> {
  return Object.fromEntries([...inputs].map(([name, input]) => [name, input.value]));
}

function soon(): void {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    host.postMessage({ type: "changed", texts: texts(), round: ++round });
  }, PAUSE);
}

function submit(): void {
  window.clearTimeout(waiting);
  touched = new Set(inputs.keys());
  isSubmitted = true;
  host.postMessage({ type: "submit", texts: texts(), round: ++round });
}

/** Say what is wrong; of a field that nobody has touched only once the form was sent. */
function tell(problems: Readonly<Record<string, string>>): void {
  let first: Input | undefined;
  for (const [name, input] of inputs) {
    const problem = touched.has(name) ? (problems[name] ?? "") : "";
    const place = document.getElementById(`problem-${name}`);
    if (place !== null && place.textContent !== problem) {
      place.textContent = problem;
    }
    input.setAttribute("aria-invalid", String(problem !== ""));
    first ??= problem === "" ? undefined : input;
  }
  const rest = Object.entries(problems).filter(([name]) => !inputs.has(name));
  const whole = document.getElementById("problem-");
  if (whole !== null) {
    whole.textContent = rest.map(([name, words]) => (name === "" ? words : `${name}: ${words}`)).join("\n");
  }
  if (isSubmitted && first !== undefined && !first.contains(document.activeElement)) {
    first.focus();
  }
  isSubmitted = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    submit();
  } else if (event.key === "Escape") {
    host.postMessage({ type: "cancel" });
  }
});
window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
  if (data.type === "form") {
    show(data);
  } else if (data.round > answered) {
    answered = data.round;
    tell(data.problems);
  }
});
host.postMessage({ type: "ready" });
