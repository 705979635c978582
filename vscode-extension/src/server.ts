/** The line to the language server: starting it, asking it, keeping it alive. */

import * as vscode from "vscode";
import {
  type ClientCapabilities,
  CloseAction,
  type CloseHandlerResult,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Location,
  type Position,
  type ServerCapabilities,
  State,
  type StaticFeature,
} from "vscode-languageclient/node";

import { type Candidate, findServer, reasonOf } from "./finding";
import { Health } from "./health";
import { probe } from "./probing";
import { onOtherEnvironment, surroundings } from "./surroundings";

const SELECTOR = [
  { language: "mfo", scheme: "file" },
  { language: "mfo", scheme: "untitled" },
  { language: "yaml", scheme: "file" },
  { pattern: "**/mfo.toml", scheme: "file" },
  { language: "markdown", scheme: "file" }, // prompt templates; the server leaves alone what no project file lists
];
const MOST_RESTARTS = 4;
const WITHIN = 3 * 60_000;
const PATIENCE = 5000;

/** The server of this window; there is one for all folders. */
export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private candidate: Candidate | undefined;
  private starting: Promise<LanguageClient | undefined> | undefined;
  private hasGivenUp = false;
  readonly health = new Health();
  private readonly events = new vscode.EventEmitter<LanguageClient>();
  private listening: vscode.Disposable | undefined;

  /** Told of each client that is made, before it starts; what it is made to listen to holds when its server is started again. */
  readonly onStart = this.events.event;

  constructor(private readonly extension: vscode.Uri) {
    void onOtherEnvironment(() => void this.reconsider()).then((listening) => {
      this.listening = listening;
    });
  }

  /** Where the server was found; empty where none was. */
  get origin(): string {
    return this.candidate?.origin ?? "";
  }

  /** The running server; it is started where it is not. Undefined where there is none: the user was told. */
  async running(): Promise<LanguageClient | undefined> {
    if (this.hasGivenUp) {
      return undefined;
    }
    const { client } = this;
    if (client !== undefined) {
      await client.start().catch(() => undefined);
      return client.state === State.Running ? client : undefined;
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
    this.hasGivenUp = false;
    await this.running();
  }

  show(): void {
    this.health.output.show();
  }

  log(words: string): void {
    this.health.output.info(words);
  }

  async stop(): Promise<void> {
    await this.starting?.catch(() => undefined);
    const { client } = this;
    this.client = undefined;
    if (client !== undefined) {
      await client.dispose(PATIENCE).catch((problem: unknown) => {
        this.health.output.warn(`the server did not stop as asked: ${String(problem)}`);
      });
    }
  }

  dispose(): void {
    void this.stop();
    this.listening?.dispose();
    this.events.dispose();
    this.health.dispose();
  }

  private async start(): Promise<LanguageClient | undefined> {
    this.health.starting();
    const found = await findServer(await surroundings(this.extension), probe);
    if (found.server === undefined) {
      const reasons = found.tried.map(([one, { words }]) => `${one.command} (${one.origin}): ${words}`);
      this.health.output.warn(`no server was found\n  ${reasons.join("\n  ")}`);
      this.hasGivenUp = true;
      void this.health.tellMissing(reasonOf(found.tried));
      return undefined;
    }
    return this.startClient(found.server);
  }

  private async startClient(candidate: Candidate): Promise<LanguageClient | undefined> {
    this.health.output.info(`starting ${[candidate.command, ...candidate.args].join(" ")} (${candidate.origin})`);
    const run = { command: candidate.command, args: [...candidate.args] };
    const client = new LanguageClient("mfo", "MFO", { run, debug: run }, this.options());
    client.registerFeature(OWN_COMMANDS);
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) {
        return;
      }
      if (newState === State.Running) {
        this.health.running(client.initializeResult?.serverInfo?.version ?? "", candidate.origin);
      } else if (newState === State.Starting) {
        this.health.starting();
      }
    });
    this.client = client;
    this.candidate = candidate;
    this.events.fire(client);
    try {
      await client.start();
      return client;
    } catch (problem) {
      this.health.output.error(String(problem));
      this.health.stopped("the server did not start");
      return undefined;
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: SELECTOR,
      outputChannel: this.health.output,
      traceOutputChannel: this.health.trace,
      initializationOptions: vscode.workspace.getConfiguration("mfo"),
      errorHandler: { error: () => ({ action: ErrorAction.Continue }), closed: this.restarting() },
    };
  }

  /** Starts a server that has ended again, unless it ends too often. */
  private restarting(): () => CloseHandlerResult {
    let ends: number[] = [];
    return () => {
      ends = [...ends.filter((time) => Date.now() - time < WITHIN), Date.now()];
      if (ends.length <= MOST_RESTARTS) {
        return { action: CloseAction.Restart, message: "the server has ended, and is started again", handled: true };
      }
      this.hasGivenUp = true;
      void this.health.tellGivenUp(ends.length);
      return { action: CloseAction.DoNotRestart, message: "the server has ended too often", handled: true };
    };
  }

  /** Start another server where another environment says so. */
  private async reconsider(): Promise<void> {
    const found = await findServer(await surroundings(this.extension), probe);
    if (found.server?.command !== this.candidate?.command) {
      await this.restart();
    }
  }
}

/** Tells the server what the extension takes besides, and keeps its commands for the extension. */
const OWN_COMMANDS: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { commands: ["mfo.showReferences"], methods: ["mfo/askUser", "mfo/runText"] };
  },
  preInitialize(capabilities: ServerCapabilities): void {
    delete capabilities.executeCommandProvider;
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
