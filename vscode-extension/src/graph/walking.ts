/** Where the arrow keys lead: down and up along the edges, sideways to what stands beside. Knows no page. */

/** A node, as far as one walks. */
export interface Stop {
  readonly key: string;
  /** The key of the subflow around it. */
  readonly group: string | undefined;
  readonly x: number;
  readonly y: number;
}

export interface Way {
  readonly source: string;
  readonly target: string;
  readonly title: string;
}

/** Where a step leads, and the words of the edge that it goes along. */
export interface Step {
  readonly key: string;
  readonly along: string | undefined;
}

export type Direction = "up" | "down" | "left" | "right";

/** The node that one comes to from a node; undefined where nothing lies in that direction. */
export function walk(stops: readonly Stop[], ways: readonly Way[], from: string, direction: Direction): Step | undefined {
  const here = stops.find((stop) => stop.key === from);
  if (here === undefined) {
    return undefined;
  }
  switch (direction) {
    case "down":
      return inside(stops, ways, here) ?? along(stops, ways, here, "target");
    case "up":
      return along(stops, ways, here, "source");
    case "left":
    case "right":
      return beside(stops, ways, here, direction === "left" ? -1 : 1);
  }
}

/** Into an open subflow: to the first node in it that waits for none. */
function inside(stops: readonly Stop[], ways: readonly Way[], here: Stop): Step | undefined {
  const inner = stops.filter((stop) => stop.group === here.key);
  const waiting = new Set(ways.map((way) => way.target));
  const [first] = [...inner.filter((stop) => !waiting.has(stop.key)), ...inner];
  return first === undefined ? undefined : { key: first.key, along: undefined };
}

/** Along the edge whose other end is nearest; out of a subflow where no edge leads on in it. */
function along(stops: readonly Stop[], ways: readonly Way[], here: Stop, end: "source" | "target"): Step | undefined {
  const start = end === "target" ? "source" : "target";
  const sign = end === "target" ? 1 : -1;
  const ends = ways
    .filter((way) => way[start] === here.key)
    .map((way) => ({ way, stop: stops.find((stop) => stop.key === way[end]) }))
    .filter((one): one is { way: Way; stop: Stop } => one.stop !== undefined);
  const onward = ends.filter(({ stop }) => (stop.y - here.y) * sign > 0);
  const nearest = least(onward.length > 0 ? onward : ends, ({ stop }) => Math.abs(stop.x - here.x) + Math.abs(stop.y - here.y));
  if (nearest !== undefined) {
    return { key: nearest.stop.key, along: nearest.way.title };
  }
  const around = stops.find((stop) => stop.key === here.group);
  if (around === undefined) {
    return undefined;
  }
  return end === "source" ? { key: around.key, along: undefined } : along(stops, ways, around, end);
}

/** To the next one that the same node leads to, else to the nearest of the level on that side. */
function beside(stops: readonly Stop[], ways: readonly Way[], here: Stop, sign: 1 | -1): Step | undefined {
  const before = new Set(ways.filter((way) => way.target === here.key).map((way) => way.source));
  const common = new Set(ways.filter((way) => before.has(way.source)).map((way) => way.target));
  const aside = stops.filter((stop) => stop.group === here.group && (stop.x - here.x) * sign > 1);
  const sibling = least(
    aside.filter((stop) => common.has(stop.key)),
    (stop) => Math.abs(stop.x - here.x),
  );
  const nearest = sibling ?? least(aside, (stop) => Math.abs(stop.x - here.x) + 3 * Math.abs(stop.y - here.y));
  if (nearest === undefined) {
    return undefined;
  }
  const way = ways.find((one) => one.target === nearest.key && before.has(one.source));
  return { key: nearest.key, along: way?.title };
}

function least<Value>(values: readonly Value[], measure: (value: Value) => number): Value | undefined {
  let found: Value | undefined;
  let smallest = Infinity;
  for (const value of values) {
    const size = measure(value);
    if (size < smallest) {
      smallest = size;
      found = value;
    }
  }
  return found;
}
