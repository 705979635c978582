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
  /** The folders of the workspace; none where it is not trusted. */
  readonly folders: readonly string[];
  /** The program that starts the server from the libraries of this extension; undefined where it brings none. */
  readonly bundled: string | undefined;
  readonly isWindows: boolean;
}

/** Why a candidate cannot be taken. */
export interface Obstacle {
  readonly kind: "missing" | "old";
  readonly words: string;
}

/** Asks a candidate whether it is there and new enough; undefined where it is. */
export type Probe = (candidate: Candidate) => Promise<Obstacle | undefined>;

/** The server to start, or for each candidate why it cannot be taken. */
export type Found =
  | { readonly server: Candidate }
  | { readonly server: undefined; readonly tried: readonly (readonly [Candidate, Obstacle])[] };

/** Nothing that lies in the current directory is taken for the server's own. */
const SAFE_PATH = "-P";

/** The candidates in the order in which they count. */
export function candidates(known: Surroundings): Candidate[] {
  const [command, ...args] = known.serverCommand;
  if (command !== undefined) {
    return [{ command, args, origin: "the setting mfo.server.command" }];
  }
  const own = (interpreter: string, origin: string): Candidate => ({
    command: interpreter,
    args: [SAFE_PATH, "-m", "mfo_lsp"],
    origin,
  });
  const bundled = (interpreter: string, origin: string): Candidate[] =>
    known.bundled === undefined
      ? []
      : [{ command: interpreter, args: [SAFE_PATH, known.bundled], origin: `${origin}, with the libraries of the extension` }];
  const onPath = known.isWindows ? "py" : "python3";
  return [
    ...interpreters(known).flatMap(([interpreter, origin]) => [own(interpreter, origin), ...bundled(interpreter, origin)]),
    own(onPath, "the PATH"),
    { command: "mfo-lsp", args: [], origin: "the PATH" },
    ...bundled(onPath, "the PATH"),
  ];
}

/** The interpreters that somebody chose or made for this workspace, each with how it was found. */
function interpreters(known: Surroundings): [string, string][] {
  const chosen: [string, string][] = [];
  if (known.interpreter !== "") {
    chosen.push([known.interpreter, "the setting mfo.interpreter"]);
  }
  if (known.activeInterpreter !== undefined) {
    chosen.push([known.activeInterpreter, "the active Python environment"]);
  }
  const inside = known.isWindows ? "\\.venv\\Scripts\\python.exe" : "/.venv/bin/python";
  return [...chosen, ...known.folders.map((folder): [string, string] => [`${folder}${inside}`, `.venv of ${folder}`])];
}

/** The first candidate that can be taken; all are tried in turn, each once. */
export async function findServer(known: Surroundings, probe: Probe): Promise<Found> {
  const tried: (readonly [Candidate, Obstacle])[] = [];
  for (const candidate of candidates(known)) {
    const obstacle = await probe(candidate);
    if (obstacle === undefined) {
      return { server: candidate };
    }
    tried.push([candidate, obstacle]);
  }
  return { server: undefined, tried };
}

/** One sentence on why there is no server, and what would help. */
export function reasonOf(tried: readonly (readonly [Candidate, Obstacle])[]): string {
  const old = tried.find(([, { kind }]) => kind === "old");
  if (old !== undefined) {
    const [{ origin }, { words }] = old;
    return `the language server is too old (${origin}): ${words}.`;
  }
  const [first] = tried;
  if (first !== undefined && tried.length === 1) {
    const [{ command, origin }, { words }] = first;
    return `the language server does not start: ${command} (${origin}): ${words}.`;
  }
  return "no language server was found. It needs Python 3.11 or newer: choose an interpreter that has mfo-lsp, or install one.";
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
