"""How what is being typed is called: functions of expressions and templates, and the config of a task type.

It knows no protocol: places are offsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.catalogue.values import Key, MapType, describe
from mfo_dialect.expressions import FUNCTIONS, METHODS, Function, Token, TokenKind, tokenize
from mfo_dialect.expressions import Signature as ExpressionSignature
from mfo_dialect.model.workflow import Task
from mfo_dialect.syntax import Mapping, path_at
from mfo_dialect.templates import FUNCTIONS as TEMPLATE_FUNCTIONS
from mfo_dialect.templates import Function as TemplateFunction
from mfo_dialect.templates.jinja import JinjaTemplate
from mfo_dialect.templates.tokens import ActionPiece, read_pieces
from mfo_dialect.templates.tokens import Token as TemplateToken
from mfo_dialect.templates.tokens import TokenKind as TemplateTokenKind
from mfo_lsp.features.documentation import of_expression_function, of_key, of_template_function
from mfo_lsp.features.jinja_calls import jinja_call_at
from mfo_lsp.features.targets import expression_at, owner_of, template_at


@dataclass(frozen=True, slots=True)
class ParameterHelp:
    """One parameter: where it stands in the label, from and to, and words about it in Markdown."""

    start: int
    end: int
    documentation: str = ""


@dataclass(frozen=True, slots=True)
class SignatureHelp:
    """One way to call something.

    Attributes:
        label: the call in one line.
        documentation: what it does, in Markdown.
        parameters: in the order of the label.
        active: the index of the parameter that is being typed; None where it is none of them.
    """

    label: str
    documentation: str
    parameters: tuple[ParameterHelp, ...]
    active: int | None


@dataclass(frozen=True, slots=True)
class Signatures:
    """The ways to call what a cursor stands in, and which of them fits what is typed best."""

    signatures: tuple[SignatureHelp, ...]
    active: int = 0


def signature_help(snapshot: Snapshot, document: str, offset: int, *, is_asked: bool = True) -> Signatures | None:
    """The call around a cursor; None where there is none.

    Args:
        snapshot: the bundle.
        document: the key of the text.
        offset: the cursor.
        is_asked: whether a person asked for it; a config is no call, and only then explained.
    """
    expression = expression_at(snapshot, document, offset)
    if expression is not None:
        return _of_expression(expression.scalar.text, expression.scalar.index_at(offset))
    template = template_at(snapshot, document, offset)
    if template is not None:
        if isinstance(template.template, JinjaTemplate):
            return _of_jinja(template.scalar.text, template.scalar.index_at(offset))
        found = _of_template(template.scalar.text, template.scalar.index_at(offset))
        if found is not None:
            return found
    return _of_config(snapshot, document, offset) if is_asked else None


@dataclass(frozen=True, slots=True)
class _Call:
    """A call that is open at the cursor: the tokens up to its bracket, and the commas since."""

    name: str
    is_method: bool
    is_piped: bool
    commas: int = 0


def _of_expression(source: str, index: int) -> Signatures | None:
    tokens = [token for token in tokenize(source) if token.span.end <= index and token.kind is not TokenKind.END]
    if any(_is_inside(token, index) for token in tokenize(source)):
        return None
    call = _open_call(tokens)
    functions = list(_functions(call)) if call is not None else []
    if call is None or not functions:
        return None
    typed = call.commas + call.is_piped
    shown = [
        _expression_signature(function, signature, typed) for function in functions for signature in function.signatures
    ]
    return Signatures(tuple(shown), _fitting(shown))


def _is_inside(token: Token, index: int) -> bool:
    """Whether the cursor stands in a text or a comment."""
    kinds = {TokenKind.STRING, TokenKind.BYTES, TokenKind.COMMENT}
    return token.kind in kinds and token.span.start < index < token.span.end


def _open_call(tokens: Sequence[Token]) -> _Call | None:
    """The innermost call whose bracket is not closed yet; None where another bracket is the innermost one."""
    opened: list[_Call | None] = []
    for at, token in enumerate(tokens):
        if token.text in {"(", "[", "{"} and token.kind is TokenKind.BRACKET:
            opened.append(_call_before(tokens[:at]) if token.text == "(" else None)
        elif token.text in {")", "]", "}"} and token.kind is TokenKind.BRACKET:
            opened = opened[:-1]
        elif token.text == "," and token.kind is TokenKind.OPERATOR and opened and (call := opened[-1]) is not None:
            opened[-1] = _Call(call.name, call.is_method, call.is_piped, call.commas + 1)
    return next((call for call in reversed(opened) if call is None or call.name), None)


def _call_before(tokens: Sequence[Token]) -> _Call:
    """What a round bracket behind some tokens calls; a name that is empty for a bracket that only groups."""
    if not tokens or tokens[-1].kind is not TokenKind.IDENTIFIER:
        return _Call("", is_method=False, is_piped=False)
    before = tokens[-2].text if len(tokens) > 1 and tokens[-2].kind is TokenKind.OPERATOR else ""
    return _Call(tokens[-1].text, before in {".", "?."}, before == "|")


def _functions(call: _Call) -> Iterator[Function]:
    if not call.is_method:
        yield from (FUNCTIONS[call.name],) if call.name in FUNCTIONS else ()
        return
    found = {
        methods[call.name].documentation: methods[call.name] for methods in METHODS.values() if call.name in methods
    }
    yield from found.values()


def _expression_signature(function: Function, signature: ExpressionSignature, typed: int) -> SignatureHelp:
    labels = [str(parameter) for parameter in signature.parameters]
    repeats = bool(signature.parameters) and signature.parameters[-1].repeats
    return SignatureHelp(
        signature.label(function.name),
        of_expression_function(function).split("\n\n", 1)[-1],
        _placed(labels, len(function.name) + 1, ", "),
        _active(typed, len(labels), repeats=repeats),
    )


def _active(typed: int, count: int, *, repeats: bool) -> int | None:
    if typed < count:
        return typed
    return count - 1 if repeats else None


def _placed(labels: Iterable[str], start: int, separator: str) -> tuple[ParameterHelp, ...]:
    found: list[ParameterHelp] = []
    for label in labels:
        found.append(ParameterHelp(start, start + len(label)))
        start += len(label) + len(separator)
    return tuple(found)


def _fitting(shown: Sequence[SignatureHelp]) -> int:
    return next((index for index, one in enumerate(shown) if one.active is not None), 0)


_ENDS_COMMAND = {TemplateTokenKind.PIPE, TemplateTokenKind.DECLARE, TemplateTokenKind.ASSIGN, TemplateTokenKind.COMMA}
_LEADING = {"if", "else", "with", "range", "template", "block"}


def _of_template(source: str, index: int) -> Signatures | None:
    piece = next(
        (
            piece
            for piece in read_pieces(source)
            if isinstance(piece, ActionPiece) and piece.start < index <= piece.inner_end
        ),
        None,
    )
    if piece is None:
        return None
    command = _command([token for token in piece.tokens if token.start < index], index)
    function = TEMPLATE_FUNCTIONS.get(command[0].text) if command else None
    if function is None or index <= command[0].end:
        return None
    arguments = _arguments(command[1:], index)
    return Signatures((_template_signature(function, arguments),))


def _of_jinja(source: str, index: int) -> Signatures | None:
    call = jinja_call_at(source, index)
    if call is None:
        return None
    labels = [parameter.label for parameter in call.called.parameters]
    placed = _placed(labels, len(call.called.name) + 1, ", ")
    return Signatures((SignatureHelp(call.called.signature, call.called.documentation, placed, call.active),))


def _command(tokens: Sequence[TemplateToken], index: int) -> list[TemplateToken]:
    """The tokens of the command in which the cursor stands, its function first."""
    opened: list[list[TemplateToken]] = [[]]
    for token in tokens:
        if token.kind is TemplateTokenKind.LEFT_PAREN:
            opened.append([])
        elif token.kind is TemplateTokenKind.RIGHT_PAREN and len(opened) > 1 and token.end <= index:
            inner = opened.pop()
            opened[-1].append(
                TemplateToken(TemplateTokenKind.OTHER, inner[0].start if inner else token.start, token.end, "")
            )
        elif token.kind in _ENDS_COMMAND or (token.kind is TemplateTokenKind.WORD and token.text in _LEADING):
            opened[-1] = []
        else:
            opened[-1].append(token)
    return opened[-1]


def _arguments(tokens: Sequence[TemplateToken], index: int) -> int:
    """How many arguments are whole before the one that is being typed; names that touch each other are one."""
    ends = [token.end for at, token in enumerate(tokens) if at + 1 == len(tokens) or tokens[at + 1].start > token.end]
    return sum(end < index for end in ends)


def _template_signature(function: TemplateFunction, typed: int) -> SignatureHelp:
    labels = [f"({parameter.label})" for parameter in function.parameters]
    repeats = bool(function.parameters) and function.parameters[-1].repeats
    return SignatureHelp(
        function.signature,
        of_template_function(function).split("\n\n", 1)[-1],
        _placed(labels, len(function.name) + 1, " "),
        _active(typed, len(labels), repeats=repeats),
    )


def _of_config(snapshot: Snapshot, document: str, offset: int) -> Signatures | None:
    """The keys of a task's config, where the cursor stands directly in it: the required ones first."""
    source = snapshot.bundle.sources.get(document)
    if source is None:
        return None
    steps = path_at(source.tree, offset)
    view = owner_of(snapshot, (node for step in steps for node in (step.parent, step.node))).view
    config = view.node.config if view is not None and isinstance(view.node, Task) else None
    inner = [step for step in steps if step.parent is config]
    if config is None or view is None or not isinstance(view.node, Task) or not (inner or _holds(config, offset)):
        return None
    task_type = snapshot.bundle.project.task_type(view.node.type_name)
    if task_type is None or not task_type.config.keys:
        return None
    here = config.meant(inner[0].pair) if inner and inner[0].pair is not None else None
    return Signatures((_config_signature(task_type.name, task_type.config, here),))


def _holds(config: Mapping, offset: int) -> bool:
    return config.span.start < offset < config.span.end


def _config_signature(name: str, map_type: MapType, here: str | None) -> SignatureHelp:
    groups = list(_groups(map_type))
    label = f"{name}: "
    parameters: list[ParameterHelp] = []
    active: int | None = None
    for keys, is_needed in groups:
        words = " | ".join(f"{key.name} ({describe(key.type)})" for key in keys)
        words = words if is_needed else f"[{words}]"
        if here in {key.name for key in keys}:
            active = len(parameters)
        label += words if not parameters else f", {words}"
        documentation = "\n\n".join(of_key(key) for key in keys)
        parameters.append(ParameterHelp(len(label) - len(words), len(label), documentation))
    return SignatureHelp(label, "", tuple(parameters), active)


def _groups(map_type: MapType) -> Iterator[tuple[tuple[Key, ...], bool]]:
    """The keys that are written by new documents: required ones, choices of which one is needed, the others."""
    keys = {key.name: key for key in map_type.keys if not key.replacement}
    chosen = [tuple(keys[name] for name in group if name in keys) for group in (*map_type.one_of, *map_type.any_of)]
    in_groups = {key.name for group in chosen for key in group}
    yield from (((key,), True) for key in keys.values() if key.required and key.name not in in_groups)
    yield from ((group, True) for group in chosen if group)
    yield from (((key,), False) for key in keys.values() if not key.required and key.name not in in_groups)
