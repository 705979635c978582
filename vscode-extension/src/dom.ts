/** Making elements of a page. Runs in webviews. */

/** An element with attributes, and what is in it. */
export function made<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  facts: Readonly<Record<string, string>> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    element.setAttribute(key, value);
  }
  element.append(...inside);
  return element;
}
