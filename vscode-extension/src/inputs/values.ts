/** Asking for the inputs of a run, by the flow's input schema. */

import * as vscode from "vscode";

import type { Inputs, PropertySchema, WantedInputs } from "../protocol";

/** Read what was typed for an input: by its type, else as JSON where it is some, else as text. */
export function readValue(text: string, schema: PropertySchema): unknown {
  const types = typesOf(schema);
  if (types.length === 1 && types[0] === "string") {
    return text;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What is wrong with a value that was typed; undefined where it fits. */
export function objection(text: string, schema: PropertySchema): string | undefined {
  const types = typesOf(schema);
  const kind = kindOf(readValue(text, schema));
  const fits = types.length === 0 || types.includes(kind) || (kind === "integer" && types.includes("number"));
  return fits ? undefined : `wanted: ${types.join(" or ")}; this is ${kind === "object" || kind === "array" ? "an" : "a"} ${kind}`;
}

/** A value as one would type it. */
export function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function typesOf(schema: PropertySchema): readonly string[] {
  return schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
}

function kindOf(value: unknown): string {
  if (value === null) {
    return "null";
  }
  if (Array.isArray(value)) {
    return "array";
  }
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

/**
 * Ask for one input after the other; what is known already stands there to be taken.
 *
 * @returns the inputs; undefined where the user gave up.
 */
export async function askForInputs(wanted: WantedInputs, last: Inputs | undefined): Promise<Inputs | undefined> {
  const known: Record<string, unknown> = { ...(wanted.file ?? {}), ...(last ?? {}) };
  const properties = Object.entries(wanted.schema?.properties ?? {});
  const required = new Set(wanted.schema?.required ?? []);
  for (const [index, [name, schema]] of properties.entries()) {
    const step = `${wanted.taskflow}: input ${index + 1} of ${properties.length}`;
    const answer = await askForOne(name, schema, known[name] ?? schema.default, required.has(name), step);
    if (answer === undefined) {
      return undefined;
    }
    if (answer.given) {
      known[name] = answer.value;
    } else {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a plain map of names
      delete known[name];
    }
  }
  return known;
}

type Answer = { readonly given: true; readonly value: unknown } | { readonly given: false };

async function askForOne(
  name: string,
  schema: PropertySchema,
  known: unknown,
  isRequired: boolean,
  title: string,
): Promise<Answer | undefined> {
  const choices = schema.enum ?? (typesOf(schema)[0] === "boolean" ? [true, false] : undefined);
  const prompt = schema.description ?? (isRequired ? "required" : "leave empty to leave it out");
  if (choices !== undefined) {
    const items = choices.map((value) => ({ label: written(value), value }));
    const none = isRequired ? [] : [{ label: "(leave out)", value: undefined }];
    const chosen = await vscode.window.showQuickPick([...items, ...none], { title, placeHolder: `${name} - ${prompt}` });
    return chosen === undefined ? undefined : chosen.value === undefined ? { given: false } : { given: true, value: chosen.value };
  }
  const text = await vscode.window.showInputBox({
    title,
    prompt: `${name} - ${prompt}`,
    value: known === undefined ? "" : written(known),
    ignoreFocusOut: true,
    validateInput: (typed) => (typed === "" ? (isRequired ? "this input is required" : undefined) : objection(typed, schema)),
  });
  if (text === undefined) {
    return undefined;
  }
  return text === "" ? { given: false } : { given: true, value: readValue(text, schema) };
}
