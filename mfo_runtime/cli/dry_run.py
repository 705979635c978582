"""``mfo run --dry-run``: the plan of a run, as text or JSON; nothing is called, started or written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

from mfo_runtime.cli.accounts import choose_account
from mfo_runtime.cli.connecting import Where, script_path
from mfo_runtime.cli.output import error_data, say_error, shown_path, write_json
from mfo_runtime.cli.servers import LOCAL, choose_server
from mfo_runtime.errors import redact
from mfo_runtime.flow import Flow, TriggerCall
from mfo_runtime.forecast import CHARACTERS_A_TOKEN, Certainty, Forecast, ForecastNode, ForecastPrompt, forecast
from mfo_workspace.text_report import printable

FAILED = 1
_MARKS = {Certainty.SURELY: "●", Certainty.PERHAPS: "○", Certainty.NEVER: "-"}
_LONGEST_VALUE = 100


def dry_run(
    flow: Flow,
    inputs: Mapping[str, Any],
    trigger: TriggerCall | None,
    where: Where,
    *,
    as_json: bool,
) -> int:
    """Show what a run would do; gives 1 where it would surely fail or be refused."""
    found = forecast(flow, inputs, trigger)
    server_facts = _server(flow, found, where)
    if as_json:
        write_json({**found.to_data(), "problem": _problem_data(found), "server": server_facts})
    else:
        for line in _lines(found, server_facts):
            click.echo(line)
        for node in found.nodes:
            if node.problem is not None:
                say_error(node.problem, flow.bundle)
        if found.problem is not None:
            say_error(found.problem, flow.bundle)
    return FAILED if found.first_problem is not None else 0


def _problem_data(found: Forecast) -> dict[str, Any] | None:
    return error_data(found.first_problem) if found.first_problem is not None else None


def _server(flow: Flow, found: Forecast, where: Where) -> dict[str, Any] | None:
    """Which server the run needs, and what is there for it; None for none."""
    if not found.needs_mfo_server:
        return None
    chosen = choose_server(where.server, where.profile, flow.bundle)
    if chosen.is_local:
        answers = script_path(where.script, flow.view.document)
        return {"address": LOCAL, "script": shown_path(answers) if answers is not None else None}
    account = choose_account(chosen, flow.bundle)
    return {
        "address": redact(chosen.address),
        "named_by": chosen.named_by,
        "has_credentials": bool(account.named_by),
        "credentials_from": account.named_by or None,
    }


def _lines(found: Forecast, server: dict[str, Any] | None) -> Iterator[str]:
    yield f"{printable(found.taskflow)}: what a run would do; nothing has been called"
    yield f"  {_MARKS[Certainty.SURELY]} runs surely  {_MARKS[Certainty.PERHAPS]} perhaps  {_MARKS[Certainty.NEVER]} not"
    yield ""
    for node in found.nodes:
        yield from _node_lines(node)
    yield ""
    if found.tokens:
        yield f"tokens   about {found.tokens} for the prompts, as far as they are known ({_estimated()})"
    if server is not None:
        yield f"server   {_server_words(server)}"
    for host in found.hosts:
        yield f"calls    {printable(host)}"
    for name, missing in found.secrets.items():
        yield f"secret   {printable(name)}: {'found' if missing is None else printable(missing)}"


def _estimated() -> str:
    return f"an estimate: {CHARACTERS_A_TOKEN} characters a token; tool turns and retries come on top"


def _server_words(server: Mapping[str, Any]) -> str:
    if server["address"] == LOCAL:
        script = server["script"]
        return (
            f"the local one, with the answers of {printable(script)}" if script else "the local one, without a script"
        )
    source = server["credentials_from"]
    known = f"credentials of {source}" if source else "no credentials are set: MFO_TOKEN is missing, or mfo login"
    return f"{printable(str(server['address']))}, named by {printable(server['named_by'])} ({printable(known)})"


def _node_lines(node: ForecastNode) -> Iterator[str]:
    indent = "  " * (len(node.layer) - 1)
    number = ".".join(map(str, node.layer))
    what = node.type_name or node.kind
    facts = [
        "perhaps several times" if node.repeats else "",
        f"gives {_short(node.value)}" if node.has_value else "",
        f"leads to {node.leads_to}" if node.leads_to else "",
        "would fail" if node.problem is not None else "",
    ]
    told = "; ".join(fact for fact in facts if fact)
    name = node.path.rpartition("/")[2]
    yield printable(f"{_MARKS[node.certainty]} {indent}{number:<4} {name}  ({what})" + (f"  {told}" if told else ""))
    if node.certainty is Certainty.NEVER:
        return
    margin = f"       {indent}"
    for name, value in (node.config or {}).items():
        is_told_above = node.has_value and name == "values"
        if name != "error_handling" and not is_told_above:
            yield printable(f"{margin}{name}: {_short(value)}")
    if node.prompt is not None:
        yield from _prompt_lines(node.prompt, margin)


def _prompt_lines(prompt: ForecastPrompt, margin: str) -> Iterator[str]:
    if prompt.is_rendered:
        yield f"{margin}prompt, about {prompt.tokens} tokens:"
    else:
        yield printable(
            f"{margin}prompt, about {prompt.tokens} tokens, as written; it waits for {', '.join(prompt.waits_for)}:"
        )
    for role, text in (("system", prompt.system), ("user", prompt.user)):
        for line in (text or "").strip().split("\n"):
            if text:
                yield printable(f"{margin}  {role:<6} | {line}".rstrip())


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"
