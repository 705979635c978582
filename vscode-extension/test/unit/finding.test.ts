/** Which programs may be the server, in which order, and what is said where none is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { candidates, findServer, isNewEnough, reasonOf, type Surroundings } from "../../src/finding";

const NOTHING: Surroundings = {
  serverCommand: [], interpreter: "", activeInterpreter: undefined, folders: [], bundled: undefined, isWindows: false,
};
const commands = (known: Partial<Surroundings>): string[] =>
  candidates({ ...NOTHING, ...known }).map(({ command, args }) => [command, ...args].join(" "));

test("the order is setting, interpreter, active environment, folders, PATH; each with the libraries of the extension behind it", () => {
  const known = { interpreter: "/a/python", activeInterpreter: "/b/python", folders: ["/w", "/v"], bundled: "/e/start.py" };
  assert.deepEqual(commands(known), [
    "/a/python -P -m mfo_lsp", "/a/python -P /e/start.py",
    "/b/python -P -m mfo_lsp", "/b/python -P /e/start.py",
    "/w/.venv/bin/python -P -m mfo_lsp", "/w/.venv/bin/python -P /e/start.py",
    "/v/.venv/bin/python -P -m mfo_lsp", "/v/.venv/bin/python -P /e/start.py",
    "python3 -P -m mfo_lsp", "mfo-lsp", "python3 -P /e/start.py",
  ]);
});

test("a command in the settings is the only one", () => {
  assert.deepEqual(commands({ serverCommand: ["uvx", "mfo-lsp"], interpreter: "/a/python" }), ["uvx mfo-lsp"]);
});

test("on Windows, environments and the launcher have other names", () => {
  const found = commands({ isWindows: true, folders: ["C:\\w"] });
  assert.deepEqual(found, ["C:\\w\\.venv\\Scripts\\python.exe -P -m mfo_lsp", "py -P -m mfo_lsp", "mfo-lsp"]);
});

test("the first that can be taken is taken, and no other is asked", async () => {
  const asked: string[] = [];
  const found = await findServer({ ...NOTHING, folders: ["/w"] }, async ({ command }) => {
    asked.push(command);
    return Promise.resolve(command === "python3" ? undefined : { kind: "missing", words: "it is not there" });
  });
  assert.equal(found.server?.command, "python3");
  assert.deepEqual(asked, ["/w/.venv/bin/python", "python3"]);
});

test("the words say what is too old, what does not start, and that nothing is there", () => {
  const one = { command: "x", args: [], origin: "the setting mfo.server.command" };
  const other = { command: "python3", args: [], origin: "the PATH" };
  const missing = { kind: "missing", words: "it is not there" } as const;
  assert.match(reasonOf([[other, { kind: "old", words: "it is 0.0.1; at least 0.1.0 is needed" }], [one, missing]]), /too old \(the PATH\): it is 0\.0\.1/);
  assert.match(reasonOf([[one, missing]]), /does not start: x \(the setting mfo\.server\.command\): it is not there/);
  assert.match(reasonOf([[one, missing], [other, missing]]), /Python 3\.11 or newer/);
});

test("versions are compared by numbers", () => {
  assert.equal(isNewEnough("mfo-lsp, version 0.10.0"), true);
  assert.equal(isNewEnough("mfo-lsp, version 0.0.9"), false);
  assert.equal(isNewEnough("no version"), undefined);
});
