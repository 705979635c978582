"""A tool is named that is not there.

## What it finds

A ``tool_choice`` that names a tool which its template does not offer, names in lists of tools that are a slip away
from a tool that the bundle describes, and tools to be approved that are a slip away from one that the agent has. Other names in such lists may be tools of the server, which is not asked.

## Why it matters

The provider refuses a request that must call a tool it was not given; a tool of a misspelt name is never offered.

## Bad

```yaml prompts.yml
tools:
  record_mood:
    description: Record the mood of a letter.
templates:
  greeting:
    user_prompt: Say hello.
    tools: [record_moud]
    #       ^^^^^^^^^^^ MFO609 did you mean "record_mood"?
  farewell:
    user_prompt: Say goodbye.
    tools: [record_mood]
    tool_choice: record_word
    #            ^^^^^^^^^^^ MFO609 does not offer
```

## Good

```yaml prompts.yml
tools:
  record_mood:
    description: Record the mood of a letter.
templates:
  greeting:
    user_prompt: Say hello.
    tools: [record_mood, find_letters]
  farewell:
    user_prompt: Say goodbye.
    tools: [record_mood]
    tool_choice: record_mood
```

## Fix

Write the name of a tool that there is, or describe the tool under ``tools``.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.chats import users_of
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import mapping_at, texts_at
from mfo_dialect.model.prompts import Agent, PromptTemplate
from mfo_dialect.rules import select
from mfo_dialect.rules.fixes import rename_to_nearest
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.suggestions import did_you_mean, edit_distance
from mfo_dialect.syntax import Scalar

_WORDS = frozenset({"auto", "none", "required", "any"})
_LONG = 10


def check(owner: PromptTemplate | Agent, snapshot: Snapshot) -> Iterator[Report]:
    """Report the tools that a template or an agent names and that are not there."""
    bundle = snapshot.bundle
    if not bundle.is_complete:
        return
    names = owner.tools if isinstance(owner, Agent) else owner.tool_names
    for scalar in names:
        meant = _meant(scalar.text.strip(), tuple(bundle.tools))
        if meant is not None:
            message = f'no tool is called "{scalar.text.strip()}"; did you mean "{meant}"?'
            fixes = rename_to_nearest(owner.document, scalar.content_span, scalar.text.strip(), (meant,))
            yield Report(owner.document, scalar.content_span, message, fixes=fixes)
    if isinstance(owner, Agent):
        yield from _check_approvals(owner)
    elif owner.tool_choice is not None:
        yield from _check_choice(owner, owner.tool_choice, snapshot)


def _meant(name: str, tools: tuple[str, ...]) -> str | None:
    """The tool that a name is a slip away from; None where it is one of them, or may be another one's."""
    if name in tools or name.startswith("agent:"):
        return None
    allowed = 2 if len(name) >= _LONG else 1
    folded = _folded(name)
    near = (tool for tool in tools if _folded(tool) == folded or edit_distance(tool, name) <= allowed)
    return next((tool for tool in near if not _differ_by_a_number(tool, name)), None)


def _folded(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()


def _differ_by_a_number(one: str, other: str) -> bool:
    """Names that are alike but for digits are numbered on purpose."""
    left, right = ["".join(part for part in name if not part.isdigit()) for name in (one, other)]
    return left == right


def _check_approvals(agent: Agent) -> Iterator[Report]:
    """A misspelt tool among those that a person must approve would be called without approval."""
    interaction = mapping_at(agent.mapping, "interaction")
    held = tuple(tool.text for tool in agent.tools)
    for scalar in texts_at(interaction, "require_approval_for") if interaction is not None else ():
        meant = _meant(scalar.text.strip(), held)
        if meant is not None:
            message = (
                f'"{agent.id.text}" has no tool "{scalar.text.strip()}" that could be approved; did you mean "{meant}"?'
            )
            fixes = rename_to_nearest(agent.document, scalar.content_span, scalar.text.strip(), (meant,))
            yield Report(agent.document, scalar.content_span, message, fixes=fixes)


def _check_choice(template: PromptTemplate, choice: Scalar, snapshot: Snapshot) -> Iterator[Report]:
    wanted = choice.text.strip()
    if not wanted or wanted in _WORDS or template.mapping.damaged:
        return
    offered = tuple(
        dict.fromkeys(
            [*(name.text for name in template.tool_names), *(tool.name.text for tool in template.inline_tools)]
        )
    )
    if wanted in offered or _may_have_more_tools(template, snapshot):
        return
    if any(_meant(name, tuple(snapshot.bundle.tools)) == wanted for name in offered):
        return
    likely = did_you_mean(wanted, (*offered, *_WORDS))
    advice = likely or (f"; it offers {', '.join(offered)}" if offered else ": it has no tools")
    fixes = rename_to_nearest(template.document, choice.content_span, wanted, (*offered, *sorted(_WORDS - {"any"})))
    message = f'"{template.id.text}" does not offer a tool "{wanted}"{advice}'
    yield Report(template.document, choice.content_span, message, fixes=fixes)


def _may_have_more_tools(template: PromptTemplate, snapshot: Snapshot) -> bool:
    """Whether a task that uses the template may offer the server's tools too, or an agent its own."""
    bundle, name = snapshot.bundle, template.id.text
    if any(
        agent.prompt_template_id is not None and agent.prompt_template_id.text == name
        for agent in bundle.agents.values()
    ):
        return True
    for chat in users_of(name, snapshot):
        given = chat.config.get("include_server_tools")
        if chat.is_filled_by_agent or (given is not None and not (isinstance(given, Scalar) and given.value is False)):
            return True
    return False


RULE = Rule("MFO609", "unknown-tool", Severity.ERROR, (select.templates, select.agents), check, fix="unsafe")
