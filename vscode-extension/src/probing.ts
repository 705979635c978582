/** Trying programs: whether one starts, and which version it is. */

import { execFile } from "node:child_process";

import { type Candidate, isNewEnough, OLDEST } from "./finding";

const PATIENCE = 15_000;

/** Why a candidate cannot be taken, by asking it for its version; undefined where it can. */
export function probe(candidate: Candidate): Promise<string | undefined> {
  return new Promise((resolve) => {
    const args = [...candidate.args, "--version"];
    execFile(candidate.command, args, { timeout: PATIENCE, windowsHide: true }, (problem, output) => {
      if (problem !== null) {
        const isMissing = (problem as NodeJS.ErrnoException).code === "ENOENT";
        resolve(isMissing ? "it is not there" : "mfo-lsp is not installed there");
        return;
      }
      const fits = isNewEnough(output);
      if (fits === undefined) {
        resolve("it does not say a version");
      } else {
        resolve(fits ? undefined : `it is ${output.trim()}; at least ${OLDEST} is needed`);
      }
    });
  });
}
