/** Finding the program that serves MFO documents. Knows no editor: what it looks at is given to it. */

/** A program that may be the server, and where it was found. */
export interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly origin: string;
}

/** What is known of the machine and of the settings. */
export interface Surroundings {
  /** The setting `mfo.server.command`; empty where nobody set it. */
  readonly serverCommand: readonly string[];
  /** The setting `mfo.interpreter`; empty where nobody set it. */
  readonly interpreter: string;
  /** The interpreter that the Python extension has active; undefined without that extension. */
  readonly activeInterpreter: string | undefined;
  /** The folders of the workspace. */
  readonly folders: readonly string[];
  readonly isWindows: boolean;
}

/** Why a candidate cannot be taken; undefined where it can. */
export type Probe = (candidate: Candidate) => Promise<string | undefined>;

/** The server to start, or for each candidate why it cannot be taken. */
export type Found =
  | { readonly server: Candidate }
  | { readonly server: undefined; readonly tried: readonly (readonly [Candidate, string])[] };

/** The candidates in the order in which they count. */
export function candidates(known: Surroundings): Candidate[] {
  const [command, ...args] = known.serverCommand;
  if (command !== undefined) {
    return [{ command, args, origin: "the setting mfo.server.command" }];
  }
  const found: Candidate[] = [];
  const add = (interpreter: string, origin: string): void => {
    found.push({ command: interpreter, args: ["-m", "mfo_lsp"], origin });
  };
  if (known.interpreter !== "") {
    add(known.interpreter, "the setting mfo.interpreter");
  }
  if (known.activeInterpreter !== undefined) {
    add(known.activeInterpreter, "the active Python environment");
  }
  for (const folder of known.folders) {
    add(known.isWindows ? `${folder}\\.venv\\Scripts\\python.exe` : `${folder}/.venv/bin/python`, `.venv of ${folder}`);
  }
  add(known.isWindows ? "py" : "python3", "the PATH");
  found.push({ command: "mfo-lsp", args: [], origin: "the PATH" });
  return found;
}

/** The first candidate that can be taken; all are tried in turn, each once. */
export async function findServer(known: Surroundings, probe: Probe): Promise<Found> {
  const tried: (readonly [Candidate, string])[] = [];
  for (const candidate of candidates(known)) {
    const obstacle = await probe(candidate);
    if (obstacle === undefined) {
      return { server: candidate };
    }
    tried.push([candidate, obstacle]);
  }
  return { server: undefined, tried };
}

/** The oldest server that this extension works with. */
export const OLDEST = "0.1.0";

/** Whether a version as `--version` prints it ("mfo-lsp, version 0.1.0") is new enough; undefined where it is none. */
export function isNewEnough(told: string): boolean | undefined {
  const version = /(\d+)\.(\d+)\.(\d+)/.exec(told);
  if (version === null) {
    return undefined;
  }
  const wanted = OLDEST.split(".").map(Number);
  for (let place = 0; place < 3; place++) {
    const difference = Number(version[place + 1]) - (wanted[place] ?? 0);
    if (difference !== 0) {
      return difference > 0;
    }
  }
  return true;
}
