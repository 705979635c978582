/** Where arrow keys lead in a graph, and which node the cursor is in. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { flowAt, nodeAt, nodeOfPath } from "../../src/graph/places";
import { type Direction, type Stop, walk, type Way } from "../../src/graph/walking";
import type { Graph } from "../../src/protocol";

// first leads to check, which leads left to no and right into the box (with inner before last); both lead to end
const STOPS: Stop[] = [
  { key: "first", group: undefined, x: 50, y: 0 },
  { key: "check", group: undefined, x: 50, y: 100 },
  { key: "no", group: undefined, x: 0, y: 200 },
  { key: "box", group: undefined, x: 100, y: 250 },
  { key: "inner", group: "box", x: 100, y: 220 },
  { key: "last", group: "box", x: 100, y: 280 },
  { key: "end", group: undefined, x: 50, y: 400 },
];
const way = (source: string, target: string): Way => ({ source, target, title: `${source} to ${target}` });
const WAYS = [
  way("first", "check"), way("first", "end"), way("check", "no"), way("check", "box"), way("inner", "last"),
  way("no", "end"), way("box", "end"), way("no", "first"),
];

const go = (from: string, direction: Direction): string | undefined => walk(STOPS, WAYS, from, direction)?.key;

test("down follows the edge to the nearest, into a subflow, and out of it", () => {
  assert.equal(go("first", "down"), "check");
  assert.equal(go("check", "down"), "no");
  assert.equal(go("box", "down"), "inner");
  assert.equal(go("inner", "down"), "last");
  assert.equal(go("last", "down"), "end");
  assert.equal(go("end", "down"), undefined);
});

test("up goes back, and out of a subflow to its box", () => {
  assert.equal(go("end", "up"), "box");
  assert.equal(go("inner", "up"), "box");
  assert.equal(go("box", "up"), "check");
});

test("sideways leads to the other branches", () => {
  assert.equal(go("no", "right"), "box");
  assert.equal(go("box", "left"), "no");
  assert.equal(go("no", "left"), undefined);
});

test("a step says along which edge it went", () => {
  assert.equal(walk(STOPS, WAYS, "first", "down")?.along, "first to check");
  assert.equal(walk(STOPS, WAYS, "box", "down")?.along, undefined);
  assert.equal(walk(STOPS, WAYS, "nowhere", "down"), undefined);
});

const range = (startLine: number, startCharacter: number, endLine: number, endCharacter: number) => ({
  start: { line: startLine, character: startCharacter },
  end: { line: endLine, character: endCharacter },
});
const node = (key: string, path: string) => ({ key, path, id: path, kind: "task", type: "", name: "" });
const GRAPH: Graph = {
  taskflow: "one",
  taskflows: [{ id: "one", range: range(0, 0, 9, 0) }, { id: "two", range: range(10, 0, 20, 0) }],
  graph: { nodes: [node("n1", "a"), node("n2", "box"), node("n3", "box/b")] },
  ranges: {},
  extents: { n1: range(2, 4, 3, 10), n2: range(5, 4, 8, 20), n3: range(7, 8, 8, 20) },
  states: {},
};

test("the cursor is in the innermost node, or in the closed subflow around it", () => {
  const at = (line: number, character: number, ...folded: string[]): string | undefined =>
    nodeAt(GRAPH, { line, character }, new Set(folded));
  assert.equal(at(2, 6), "n1");
  assert.equal(at(7, 9), "n3");
  assert.equal(at(7, 9, "box"), "n2");
  assert.equal(at(5, 4), "n2");
  assert.equal(at(0, 0), undefined);
});

test("the line below a node is its own as far as it is indented like it", () => {
  assert.equal(nodeAt(GRAPH, { line: 4, character: 4 }, new Set()), "n1");
  assert.equal(nodeAt(GRAPH, { line: 4, character: 2 }, new Set()), undefined);
});

test("taskflows are told apart by the cursor, nodes by the paths of runs", () => {
  assert.equal(flowAt(GRAPH, { line: 12, character: 0 }), "two");
  assert.equal(nodeOfPath(GRAPH, "box[2]/b")?.key, "n3");
});
