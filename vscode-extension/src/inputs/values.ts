/** Values as people type them, and the fields of a form for an input schema. Knows no window. */

import type { Inputs, InputSchema, PropertySchema } from "../protocol";

/** How a field is filled in. */
export type Control = "text" | "lines" | "secret" | "number" | "json" | "choice";

/** One field of a form. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly isRequired: boolean;
  readonly control: Control;
  readonly types: readonly string[];
  /** What can be chosen, as it would be typed. */
  readonly choices: readonly string[];
  /** What each of them stands for. */
  readonly values: readonly unknown[];
  readonly placeholder: string;
}

const SECRET = /pass(word|phrase)|secret|token|api_?key|credential/i;
const LONG = 60;

/** The fields for the properties of a schema, in order; required ones are not moved. */
export function fieldsOf(schema: InputSchema | null): Field[] {
  const required = new Set(schema?.required ?? []);
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => field(name, property, required.has(name)));
}

function field(name: string, schema: PropertySchema, isRequired: boolean): Field {
  const types = typesOf(schema);
  const options = schema.enum ?? (types.length === 1 && types[0] === "boolean" ? [true, false] : undefined);
  const fallback = schema.default ?? schema.examples?.[0];
  return {
    name,
    title: schema.title ?? name,
    description: schema.description ?? "",
    isRequired,
    control: options === undefined ? control(name, types, schema) : "choice",
    types,
    choices: (options ?? []).map(written),
    values: options ?? [],
    placeholder: fallback === undefined ? "" : written(fallback),
  };
}

function control(name: string, types: readonly string[], schema: PropertySchema): Control {
  const isText = types.length === 1 && types[0] === "string";
  if (isText && SECRET.test(name)) {
    return "secret";
  }
  if (isText) {
    const known = schema.default ?? schema.examples?.[0];
    const isLong = typeof known === "string" && (known.length > LONG || known.includes("\n"));
    return isLong || (schema.maxLength ?? 0) > 200 ? "lines" : "text";
  }
  if (types.length > 0 && types.every((type) => type === "integer" || type === "number")) {
    return "number";
  }
  return types.some((type) => type === "object" || type === "array") ? "json" : "text";
}

/** Read what was typed into a field: as text where it can be nothing else, else as JSON where it is some. */
export function readValue(text: string, types: readonly string[]): unknown {
  if (types.length === 1 && types[0] === "string") {
    return text;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The inputs that the texts of a form stand for; an empty field is left out. */
export function readForm(fields: readonly Field[], texts: Readonly<Record<string, string>>, others: Inputs): Inputs {
  const inputs: Record<string, unknown> = { ...others };
  for (const { name, types, choices, values } of fields) {
    const text = texts[name] ?? "";
    if (text !== "") {
      const chosen = choices.indexOf(text);
      inputs[name] = chosen < 0 ? readValue(text, types) : values[chosen];
    }
  }
  return inputs;
}

/** What stands in the fields at first, and what is known besides. */
export function writeForm(fields: readonly Field[], known: Inputs): { texts: Record<string, string>; others: Inputs } {
  const names = new Set(fields.map(({ name }) => name));
  const texts: Record<string, string> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(known)) {
    if (names.has(name)) {
      texts[name] = written(value);
    } else {
      others[name] = value;
    }
  }
  return { texts, others };
}

/** Inputs as they may be kept for the next run: without what has the name of a secret. */
export function keepable(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !SECRET.test(name)));
}

/** A value as one would type it. */
export function written(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, undefined, typeof value === "object" ? 2 : undefined);
}

function typesOf(schema: PropertySchema): readonly string[] {
  return schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
}
