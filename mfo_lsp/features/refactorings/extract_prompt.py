"""A prompt that is written in a task becomes a prompt template (dialect sections 5.1 and 8).

Its references become variables, which the task gives by ``prompt_context``. Braces that were text stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from mfo_dialect.analysis.chats import ChatUse, chat_use
from mfo_dialect.analysis.scopes import NodeView
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.findings import Edit, Place
from mfo_dialect.model.kinds import DocumentKind
from mfo_dialect.model.prompts import parse_text
from mfo_dialect.references import Reference, bare_reference, scan
from mfo_dialect.rules.fixes import quoted
from mfo_dialect.rules.layout import column_of, last_line_end, remove_pair, shifted_lines
from mfo_dialect.shapes import Kind
from mfo_dialect.syntax import Mapping, Pair, Scalar, Style
from mfo_dialect.text import Span
from mfo_lsp.features.code_actions import ActionKind
from mfo_lsp.features.refactorings.documents import text_value, with_entry, with_pair
from mfo_lsp.features.refactorings.draft import Draft
from mfo_lsp.features.refactorings.levels import lost_comments, nodes_at
from mfo_lsp.features.refactorings.values import Obstacle, Offer, Selection, Texts

_NO_IDENTIFIER = re.compile(r"\W+", re.ASCII)
_OTHER_LAYOUT = Obstacle("The task or the prompts document is written in a way that cannot be changed safely.")
_TEXTS = {"prompt": "user_prompt", "message": "user_prompt", "system_prompt": "system_prompt"}


def extract_prompt(selection: Selection) -> Iterator[Offer]:
    """Offer to make a template of the prompt at the cursor."""
    for view in nodes_at(selection, selection.span.start):
        chat = chat_use(view, selection.snapshot.bundle)
        if chat is None or not any(selection.touches(pair.span) for pair in _prompts(chat)):
            continue
        yield Offer(
            f'Extract the prompt of "{view.id}" to a prompt template',
            ActionKind.EXTRACT,
            lambda view=view, chat=chat: _extracted(selection.snapshot, view, chat),
            _obstacle(chat),
        )


def _prompts(chat: ChatUse) -> list[Pair]:
    """Where the task writes a prompt; nothing where it names a template."""
    if chat.template_id is not None:
        return []
    return [pair for pair in chat.config.pairs if pair.name in _TEXTS and isinstance(pair.value, Scalar)]


def _obstacle(chat: ChatUse) -> str:
    names = [pair.name for pair in _prompts(chat)]
    if "system_prompt" in names and len(names) == 1:
        return "A template has a user prompt, and the task writes none."
    if chat.config.damaged or not chat.config.is_plain or len(set(names) - {"system_prompt"}) > 1:
        return "The task's config cannot be read without doubt: mend it first."
    if any(pair.value.tag is not None or pair.value.anchor is not None for pair in _prompts(chat)):
        return "The prompt has a tag or an anchor."
    if "prompt_context" in chat.config and chat.context is None:
        return "The task's prompt_context is not written out."
    return ""


@dataclass(slots=True)
class _Variables:
    """The variables of the new template: those that the task gives already, and those for its references."""

    given: tuple[str, ...]
    read: dict[str, None] = field(default_factory=dict[str, None])
    added: dict[str, str] = field(default_factory=dict[str, str])

    def name_for(self, reference: Reference) -> str:
        """The variable that stands for a reference; one for each path."""
        path = str(reference)
        known = next((name for name, other in self.added.items() if other == path), None)
        if known is None:
            known = next(name for name in self._names(reference) if name not in {*self.given, *self.added, "error"})
            self.added[known] = path
        self.read[known] = None
        return known

    @staticmethod
    def _names(reference: Reference) -> Iterator[str]:
        parts = [_NO_IDENTIFIER.sub("_", segment.name).strip("_") for segment in reference.segments]
        for length in range(1, len(parts) + 1):
            name = "_".join(part for part in parts[-length:] if part)
            if name and not name[0].isdigit():
                yield name
        yield from (f"value_{number}" for number in count(1))


def _extracted(snapshot: Snapshot, view: NodeView, chat: ChatUse) -> Texts | Obstacle:
    given = [pair.name for pair in chat.context.effective_pairs() if pair.name] if chat.context is not None else []
    variables = _Variables(tuple(given))
    uses = {(use.scalar.span.start, use.reference.span): use for use in snapshot.uses_of(view)}
    texts: dict[str, str] = {}
    for pair in sorted(_prompts(chat), key=lambda pair: pair.name != "system_prompt"):
        text = _template_text(pair.value, chat, variables, uses, snapshot) if isinstance(pair.value, Scalar) else None
        if text is None:
            return Obstacle("A reference in the prompt cannot be read, or is a bare path.")
        texts[_TEXTS[pair.name or ""]] = text
    draft, name = Draft(snapshot), _fresh_name(snapshot, f"{view.id}_prompt")
    problem = _name_in_task(draft, view, chat, name, variables)
    entry = with_entry(draft, view.document, DocumentKind.PROMPTS, "templates", (name, _template(texts, variables)))
    if problem is not None or entry is None:
        return problem or _OTHER_LAYOUT
    draft.apply([entry])
    made = draft.bundle.templates.get(name)
    written = {key: made.mapping.get(key) for key in texts} if made is not None else {}
    if any(not isinstance(node, Scalar) or node.text != texts[key] for key, node in written.items()) or made is None:
        return _OTHER_LAYOUT
    return draft.texts


def _fresh_name(snapshot: Snapshot, wanted: str) -> str:
    name, number = wanted, 2
    while name in snapshot.bundle.templates:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _template_text(
    scalar: Scalar, chat: ChatUse, variables: _Variables, uses: dict[tuple[int, Span], Use], snapshot: Snapshot
) -> str | None:
    """A prompt as a template's text; None where a reference in it is broken, or all of it is one without marks."""
    is_template = chat.context is not None
    if bare_reference(scalar.text) is not None and (scalar.span.start, _whole(scalar)) in uses:
        return None
    parts: list[str] = []
    for piece in scan(scalar.text):
        if isinstance(piece, str):
            parts.append(piece if is_template else piece.replace("{{", '{{"{{"}}'))
            continue
        use = uses.get((scalar.span.start, piece.span))
        if piece.problem or use is None:
            return None
        kind = snapshot.resolution(use).shape.kind
        name = variables.name_for(piece)
        parts.append(f"{{{{ .{name} | toJson }}}}" if kind in {Kind.MAP, Kind.LIST} else f"{{{{ .{name} }}}}")
    text = "".join(parts)
    for read in parse_text(text, "go").reads:
        variables.read[read.name] = None
    return text


def _whole(scalar: Scalar) -> Span:
    bare = bare_reference(scalar.text)
    return bare.span if bare is not None else Span(0, 0)


def _template(texts: dict[str, str], variables: _Variables) -> str:
    lines = [f"{key}: {text_value(text)}" for key, text in texts.items()]
    lines += [f"variables: [{', '.join(map(quoted, variables.read))}]"] if variables.read else []
    return "\n".join(lines)


def _name_in_task(draft: Draft, view: NodeView, chat: ChatUse, name: str, variables: _Variables) -> Obstacle | None:
    """Let the task name the template and give its variables; gives why that cannot be done."""
    document, before = view.document, draft.snapshot
    system = next((pair for pair in chat.config.pairs if pair.name == "system_prompt"), None)
    removal = remove_pair(document, chat.config, system, draft.text(document)) if system is not None else None
    if removal is not None:
        draft.apply([removal])
    for step in (_with_template_id, _with_context):
        fresh = next(
            (one for one in draft.snapshot.nodes if one.document == document and one.id_path == view.id_path), None
        )
        now = chat_use(fresh, draft.bundle) if fresh is not None else None
        edits = step(document, now, name, variables, draft.text(document)) if now is not None else None
        if edits is None or (system is not None and removal is None):
            return _OTHER_LAYOUT
        draft.apply(edits)
    return Obstacle("A comment would be lost.") if lost_comments(draft, document, before) else None


def _with_template_id(document: str, chat: ChatUse, name: str, _variables: _Variables, text: str) -> list[Edit] | None:
    pair = next((pair for pair in _prompts(chat) if pair.name != "system_prompt"), None)
    if pair is None or not isinstance(pair.value, Scalar):
        return None
    start, end = pair.key.span.start, pair.value.span.end
    is_block = pair.value.style in {Style.LITERAL, Style.FOLDED}
    end = last_line_end(text, end) if is_block else end
    return [Edit(Place(document, Span(start, end)), f"prompt_template_id: {quoted(name)}")]


def _with_context(document: str, chat: ChatUse, _name: str, variables: _Variables, text: str) -> list[Edit] | None:
    if not variables.added:
        return []
    values = [(name, _reference(path)) for name, path in variables.added.items()]
    if chat.context is not None:
        edits = [with_pair(document, chat.context, name, value, text) for name, value in values]
        return (
            [edit for edit in edits if edit is not None]
            if None not in edits and len(edits) == 1
            else _several(document, chat.context, values, text)
        )
    config = chat.config
    if config.flow:
        edit = with_pair(document, config, "prompt_context", f"{{{_in_line(values)}}}", text)
        return [edit] if edit is not None else None
    named = config.pair("prompt_template_id")
    if named is None:
        return None
    end = last_line_end(text, named.span.end)
    lines = "prompt_context:\n" + "\n".join(f"  {name}: {value}" for name, value in values)
    new_text = "\n" + shifted_lines(lines, column_of(text, named.key.span.start))
    return [Edit(Place(document, Span(end, end)), new_text)]


def _several(document: str, context: Mapping, values: list[tuple[str, str]], text: str) -> list[Edit] | None:
    if context.flow and not context.pairs:
        return [Edit(Place(document, context.span), f"{{{_in_line(values)}}}")]
    found = [with_pair(document, context, name, value, text) for name, value in values]
    edits = [edit for edit in found if edit is not None]
    return edits if len(edits) == len(found) else None


def _in_line(values: list[tuple[str, str]]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in values)


def _reference(path: str) -> str:
    return f"'${{{path}}}'" if '"' in path else f'"${{{path}}}"'
