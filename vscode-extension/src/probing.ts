/** Trying programs: whether one starts, and which version it is. */

import { execFile } from "node:child_process";
import { tmpdir } from "node:os";

import { type Candidate, isNewEnough, type Obstacle, OLDEST } from "./finding";

/** Milliseconds; a cold disk and a busy machine are slow. */
const PATIENCE = 30_000;

/** Why a candidate cannot be taken, by asking it for its version; undefined where it can. */
export function probe(candidate: Candidate): Promise<Obstacle | undefined> {
  return new Promise((resolve) => {
    const args = [...candidate.args, "--version"];
    execFile(candidate.command, args, { timeout: PATIENCE, windowsHide: true, cwd: tmpdir() }, (problem, output, errors) => {
      resolve(problem === null ? judge(output) : { kind: "missing", words: why(problem, errors) });
    });
  });
}

function judge(output: string): Obstacle | undefined {
  switch (isNewEnough(output)) {
    case undefined:
      return { kind: "missing", words: "it does not say a version" };
    case false:
      return { kind: "old", words: `it is ${output.trim()}; at least ${OLDEST} is needed` };
    case true:
      return undefined;
  }
}

function why(problem: Error & { readonly code?: unknown; readonly killed?: boolean }, errors: string): string {
  if (problem.code === "ENOENT") {
    return "it is not there";
  }
  if (problem.killed === true) {
    return `it did not say its version within ${PATIENCE / 1000} seconds`;
  }
  if (errors.includes("No module named")) {
    return "mfo-lsp is not installed there";
  }
  if (errors.includes("Unknown option: -P")) {
    return "it is older than Python 3.11";
  }
  return errors.trim().split("\n").at(-1) ?? "it did not start";
}
