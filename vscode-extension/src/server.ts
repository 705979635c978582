/** The line to the language server: finding it, starting it, saying how it is. */

import * as vscode from "vscode";
import {
  type ClientCapabilities,
  LanguageClient,
  type LanguageClientOptions,
  type Location,
  type Middleware,
  type Position,
  type StaticFeature,
  State,
} from "vscode-languageclient/node";

import { type Candidate, findServer, type Surroundings } from "./finding";
import { probe } from "./probing";

const SELECTOR = [
  { language: "mfo", scheme: "file" },
  { language: "mfo", scheme: "untitled" },
  { language: "yaml", scheme: "file" },
];

/** The server of this window; there is one for all folders. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private starting: Promise<LanguageClient | undefined> | undefined;
  private readonly status = vscode.languages.createLanguageStatusItem("mfo.server", [{ language: "mfo" }]);
  private readonly output = vscode.window.createOutputChannel("MFO", { log: true });
  private readonly trace = vscode.window.createOutputChannel("MFO Trace", { log: true });
  private readonly events = new vscode.EventEmitter<LanguageClient>();

  /** Told of each server that has started. */
  readonly onStart = this.events.event;

  constructor(private readonly middleware: Middleware) {
    this.status.name = "MFO";
    this.status.command = { title: "Show output", command: "mfo.showOutput" };
    this.say("not started", vscode.LanguageStatusSeverity.Information);
  }

  /** The running server; it is started where it is not. Undefined where none was found: the user was told. */
  async running(): Promise<LanguageClient | undefined> {
    if (this.client?.state === State.Running) {
      return this.client;
    }
    this.starting ??= this.start().finally(() => {
      this.starting = undefined;
    });
    return this.starting;
  }

  /** Ask the server; undefined where there is none. Its refusals are thrown. */
  async ask<Result>(method: string, params: object): Promise<Result | undefined> {
    const client = await this.running();
    return client?.sendRequest<Result>(method, params);
  }

  /** Have the server carry out a command; the token cancels it. */
  async execute<Result>(
    command: string,
    argument: object,
    token?: vscode.CancellationToken,
  ): Promise<Result | undefined> {
    const client = await this.running();
    const params = { command, arguments: [argument] };
    return client?.sendRequest<Result>("workspace/executeCommand", params, token);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.running();
  }

  show(): void {
    this.output.show();
  }

  log(words: string): void {
    this.output.info(words);
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) {
      await client.dispose(5000).catch((problem: unknown) => {
        this.output.warn(`the server did not stop as asked: ${String(problem)}`);
      });
    }
  }

  dispose(): void {
    void this.stop();
    this.status.dispose();
    this.events.dispose();
    this.output.dispose();
    this.trace.dispose();
  }

  private async start(): Promise<LanguageClient | undefined> {
    this.status.busy = true;
    try {
      const found = await findServer(await surroundings(), probe);
      if (found.server === undefined) {
        const reasons = found.tried.map(([one, why]) => `${one.command} (${one.origin}): ${why}`);
        this.output.warn(`no server was found\n  ${reasons.join("\n  ")}`);
        this.say("no server was found", vscode.LanguageStatusSeverity.Error);
        void tellMissing();
        return undefined;
      }
      return await this.startClient(found.server);
    } catch (problem) {
      this.output.error(String(problem));
      this.say("the server did not start", vscode.LanguageStatusSeverity.Error);
      return undefined;
    } finally {
      this.status.busy = false;
    }
  }

  private async startClient(candidate: Candidate): Promise<LanguageClient> {
    this.output.info(`starting ${[candidate.command, ...candidate.args].join(" ")} (${candidate.origin})`);
    const run = { command: candidate.command, args: [...candidate.args] };
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      outputChannel: this.output,
      traceOutputChannel: this.trace,
      initializationOptions: vscode.workspace.getConfiguration("mfo"),
      middleware: this.middleware,
    };
    const client = new LanguageClient("mfo", "MFO", { run, debug: run }, options);
    client.registerFeature(OWN_COMMANDS);
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running) {
        const version = client.initializeResult?.serverInfo?.version ?? "";
        this.say(`server ${version}`, vscode.LanguageStatusSeverity.Information);
      } else if (newState === State.Stopped && this.client === client) {
        this.say("the server has stopped", vscode.LanguageStatusSeverity.Error);
      }
    });
    this.client = client;
    await client.start();
    this.events.fire(client);
    return client;
  }

  private say(words: string, severity: vscode.LanguageStatusSeverity): void {
    this.status.text = `MFO: ${words}`;
    this.status.severity = severity;
  }
}

/** Tells the server that places can be shown when a number of references is clicked. */
const OWN_COMMANDS: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { commands: ["mfo.showReferences"] };
  },
  initialize(): void {
    // there is nothing to set up
  },
  getState() {
    return { kind: "static" };
  },
  clear(): void {
    // there is nothing to take down
  },
};

/** Show the places that a lens counts. */
export async function showReferences(
  client: LanguageClient,
  uri: string,
  position: Position,
  locations: Location[],
): Promise<void> {
  const convert = client.protocol2CodeConverter;
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    convert.asUri(uri),
    convert.asPosition(position),
    locations.map((location) => convert.asLocation(location)),
  );
}

async function tellMissing(): Promise<void> {
  const settings = "Open settings";
  const again = "Try again";
  const chosen = await vscode.window.showErrorMessage(
    "MFO: no language server was found. Install mfo-lsp into this workspace's Python environment, or name the program in the settings.",
    again,
    settings,
  );
  if (chosen === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "mfo.server.command");
  } else if (chosen === again) {
    await vscode.commands.executeCommand("mfo.restartServer");
  }
}

/** What the settings and the Python extension say; in a workspace that is not trusted, settings of the workspace do not count. */
async function surroundings(): Promise<Surroundings> {
  const settings = vscode.workspace.getConfiguration("mfo");
  const isTrusted = vscode.workspace.isTrusted;
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === "file");
  return {
    serverCommand: settings.get<string[]>("server.command", []),
    interpreter: settings.get<string>("interpreter", ""),
    activeInterpreter: isTrusted ? await activeInterpreter(folders[0]?.uri) : undefined,
    folders: isTrusted ? folders.map((folder) => folder.uri.fsPath) : [],
    isWindows: process.platform === "win32",
  };
}

interface PythonApi {
  readonly environments?: { getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string } };
}

async function activeInterpreter(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const python = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  try {
    const api = await python?.activate();
    return api?.environments?.getActiveEnvironmentPath(resource).path;
  } catch {
    return undefined;
  }
}
