/** Where in the text the nodes of a graph stand. Knows no window. */

import type { Position, Range } from "vscode-languageclient/node";

import type { Graph, GraphNode } from "../protocol";

type Cursor = Pick<Position, "line" | "character">;

/**
 * The innermost node that a place is in, or the closed subflow around it; undefined outside of all. The line below a node belongs to
 * it as far as it is indented like it: there the next key is typed.
 */
export function nodeAt(graph: Graph, cursor: Cursor, folded: ReadonlySet<string>): string | undefined {
  const around = graph.graph.nodes.filter(({ key }) => {
    const extent = graph.extents[key];
    return extent !== undefined && (holds(extent, cursor) || isNextLine(extent, cursor));
  });
  return (around.find((node) => folded.has(node.path)) ?? around.at(-1))?.key;
}

/** The id of the taskflow that a place is in. */
export function flowAt(graph: Graph, cursor: Cursor): string | undefined {
  return graph.taskflows.find(({ range }) => holds(range, cursor))?.id;
}

/** The node that a run speaks of: its path without the numbers of iterations. */
export function nodeOfPath(graph: Graph, path: string): GraphNode | undefined {
  const plain = path.replace(/\[\d+\]/g, "");
  return graph.graph.nodes.find((node) => node.path === plain);
}

/** Whether a place is in the lines of a range; what follows in the line where it ends is no longer in it. */
function holds({ start, end }: Range, { line, character }: Cursor): boolean {
  const isBefore = line < start.line;
  const isBehind = line > end.line || (line === end.line && character > end.character);
  return !isBefore && !isBehind;
}

function isNextLine({ start, end }: Range, { line, character }: Cursor): boolean {
  return line === end.line + 1 && start.line < line && character >= start.character;
}
