/** Runs, and the server's life: cancelled, killed, started by hand, from the libraries of the extension. */

import assert from "node:assert/strict";
import { createServer } from "node:net";
import * as vscode from "vscode";

import { at, findings, hasErrors, hasNone, hover, inChannel, openMfo, parts, replace, until } from "./documents";

const FLOW = "orders/workflow_definition.yml";
const INPUTS = { order_id: "A-1", amount: 64900, customer: "ada" };

/** The process of the server; the library keeps it to itself. */
async function pid(): Promise<number> {
  const client = await (await parts()).server.running();
  const found = (client as unknown as { _serverProcess?: { pid?: number } } | undefined)?._serverProcess?.pid;
  assert.ok(found !== undefined, "no server runs");
  return found;
}

function showOutput(): Thenable<unknown> {
  return vscode.commands.executeCommand("mfo.showOutput");
}

async function runToItsEnd(): Promise<void> {
  const document = await openMfo(FLOW);
  const { runs } = await parts();
  const run = await runs.flow({ uri: document.uri.toString(), taskflow: "process_order", inputs: INPUTS });
  assert.equal(run?.state, "succeeded", JSON.stringify(run?.failure));
  assert.equal(run.nodes.get("record_order")?.state, "succeeded");
  assert.deepEqual(Object.keys((run.result?.outputs ?? {}) as object).length > 0, true);
}

describe("a flow", () => {
  it("runs to its end", runToItsEnd);

  it("is cancelled", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    try {
      await until("the silent server", () => silent.listening || undefined);
      const { port } = silent.address() as { port: number };
      const document = await openMfo(FLOW);
      const { runs } = await parts();
      const argument = { uri: document.uri.toString(), taskflow: "process_order", inputs: INPUTS, server: `http://127.0.0.1:${port}` };
      const ending = runs.flow(argument);
      const run = await until("the run", () => runs.runs.find((one) => !one.isOver && one.nodes.size > 0));
      runs.stop(run);
      assert.equal((await ending)?.state, "cancelled");
    } finally {
      silent.close();
    }
  });

  it("with a mistake is refused, with the place of the mistake", async () => {
    const document = await openMfo(FLOW);
    const { runs } = await parts();
    await replace(document, "${INPUT.order_id}", "${INPUT.order_idd}");
    await findings(document, hasErrors);
    const run = await runs.flow({ uri: document.uri.toString(), taskflow: "process_order", inputs: INPUTS });
    assert.equal(run?.state, "refused");
    assert.equal(run.failure?.findings?.[0]?.uri, document.uri.toString());
    await replace(document, "${INPUT.order_idd}", "${INPUT.order_id}");
    await findings(document, hasNone);
  });
});

describe("the server", () => {
  it("is started again after it was killed, and knows the open texts", async () => {
    const document = await openMfo(FLOW);
    await findings(document, hasNone);
    const before = await pid();
    process.kill(before, "SIGKILL");
    const after = await until("another server", async () => {
      const now = await pid().catch(() => before);
      return now === before ? undefined : now;
    });
    assert.notEqual(after, before);
    assert.match(await hover(document, at(document, "${INPUT.amount}", 9)), /amount/);
    await replace(document, "${INPUT.order_id}", "${INPUT.order_idd}");
    await findings(document, hasErrors);
    await replace(document, "${INPUT.order_idd}", "${INPUT.order_id}");
    await findings(document, hasNone);
    await runToItsEnd();
  });

  it("tells how it is in the status item, and what it does in its channels", async () => {
    const { server } = await parts();
    const { text, detail, isWell } = server.health.said;
    assert.match(text, /^MFO: server \d+\.\d+\.\d+$/);
    assert.deepEqual([detail, isWell], ["running, from the setting mfo.server.command", true]);
    await inChannel("MFO", showOutput, /starting .*mfo-lsp \(the setting mfo\.server\.command\)/);
    const settings = vscode.workspace.getConfiguration("mfo");
    await settings.update("trace.server", "messages", vscode.ConfigurationTarget.Global);
    const document = await openMfo(FLOW);
    await inChannel("MFO Trace", () => { server.health.trace.show(); }, /textDocument\/hover/, async () => {
      await hover(document, at(document, "${INPUT.amount}", 9));
    });
    await settings.update("trace.server", undefined, vscode.ConfigurationTarget.Global);
  });

  it("is another one after the command to restart it", async () => {
    const before = await pid();
    await vscode.commands.executeCommand("mfo.restartServer");
    assert.notEqual(await pid(), before);
    const document = await openMfo(FLOW);
    await until("a hover", async () => (await hover(document, at(document, "${INPUT.amount}", 9))) || undefined);
  });

  it("comes from the libraries of the extension where the interpreter has none of its own", async () => {
    const settings = vscode.workspace.getConfiguration("mfo");
    const { server } = await parts();
    const before = await pid();
    await settings.update("interpreter", process.env["MFO_BARE_PYTHON"], vscode.ConfigurationTarget.Global);
    await settings.update("server.command", [], vscode.ConfigurationTarget.Global);
    await until("the other server", () => (server.origin.includes("libraries of the extension") ? true : undefined));
    assert.notEqual(await pid(), before);
    const document = await openMfo(FLOW);
    await replace(document, "${INPUT.order_id}", "${INPUT.order_idd}");
    await findings(document, hasErrors);
    await replace(document, "${INPUT.order_idd}", "${INPUT.order_id}");
    await findings(document, hasNone);
    await runToItsEnd();
  });

  it("that is not there is told of, and nothing else breaks", async () => {
    const settings = vscode.workspace.getConfiguration("mfo");
    const { server } = await parts();
    await settings.update("server.command", ["/nowhere/mfo-lsp"], vscode.ConfigurationTarget.Global);
    await until("no server", () => server.health.said.text === "MFO: no server" || undefined);
    assert.deepEqual([server.health.said.isWell, await server.running()], [false, undefined]);
    await inChannel("MFO", showOutput, /no server was found\s+.*nowhere.mfo-lsp .*: it is not there/);
    await settings.update("server.command", [process.env["MFO_SERVER"]], vscode.ConfigurationTarget.Global);
    const document = await openMfo(FLOW);
    await until("a hover", async () => (await hover(document, at(document, "${INPUT.amount}", 9))) || undefined);
  });
});
