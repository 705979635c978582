"""What ``mfo run`` says of a run that is refused, broken off, or over."""

from __future__ import annotations

from mfo_dialect.durations import format_duration
from mfo_runtime.cli.findings import findings_data, outcome_of, show_findings
from mfo_runtime.cli.output import error_data, say, say_error, write_json
from mfo_runtime.cli.progress import state_mark
from mfo_runtime.cli.usage_words import agent_lines, usage_words
from mfo_runtime.errors import FlowRefusedError, JournalError
from mfo_runtime.flow import Flow, RunOutcome
from mfo_workspace.outcome import CheckOutcome
from mfo_workspace.text_report import printable

FAILED = 1


def tell_broken_off(error: JournalError, *, as_json: bool) -> int:
    """Say that a run was stopped, since what happens in it cannot be kept."""
    if as_json:
        write_json({"state": "failed", "error": error_data(error)})
    else:
        say_error(error)
    return FAILED


def tell_refusal(flow: Flow, *, as_json: bool) -> int | None:
    """Show why a flow is not run; None for one that is."""
    if flow.findings:
        return tell_findings(outcome_of(flow.findings, flow.bundle), as_json=as_json)
    try:
        flow.refuse_errors()
    except FlowRefusedError as refusal:
        return _tell_refused_run(flow, refusal, as_json=as_json)
    return None


def tell_findings(outcome: CheckOutcome, *, as_json: bool) -> int:
    """Show the findings that keep a flow from running."""
    if as_json:
        write_json({"state": "refused", "findings": findings_data(outcome)})
        return FAILED
    show_findings(outcome)
    say("mfo: the flow has errors and was not run")
    return FAILED


def _tell_refused_run(flow: Flow, refusal: FlowRefusedError, *, as_json: bool) -> int:
    """Show why a flow without errors is not run."""
    if as_json:
        write_json({"state": "refused", "findings": [], "error": error_data(refusal)})
    else:
        say_error(refusal, flow.bundle)
    return FAILED


def tell_outcome(flow: Flow, outcome: RunOutcome, *, as_json: bool) -> None:
    """Say how a run ended, and print its outputs."""
    if as_json:
        data = outcome.to_data()
        write_json({**data, "error": error_data(outcome.error) if outcome.error is not None else None})
        return
    line = (
        f"{state_mark(outcome.state)} {outcome.taskflow} {outcome.state.value} in {format_duration(outcome.duration)}"
    )
    usage = usage_words(outcome.usage)
    say(f"{line}: {usage}" if usage else line)
    for agent in agent_lines(outcome.usage):
        say(printable(f"  {agent}"))
    if outcome.error is not None:
        say_error(outcome.error, flow.bundle)
    if outcome.succeeded:
        write_json(outcome.outputs)
