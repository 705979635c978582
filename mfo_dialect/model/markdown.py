"""A Markdown file with front matter, as the tree of a document that holds it as one named map with its body as a text.

The front matter is the YAML between the first line, three dashes, and the next such line. The tree is the one of::

    templates:
      <name>:
        <what the front matter says>
        user_prompt: <the body>

What is not written, the two keys around the map and that of the body, takes no room: it stands where the front matter
begins and where it ends. A key that gives the name is taken out of the map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence as SequenceOf

from mfo_dialect.catalogue.prompts_keys import BODY_KEY, USER_PROMPT_KEYS
from mfo_dialect.records import record
from mfo_dialect.syntax.document import Problem, ProblemKind, SyntaxTree, YamlDocument
from mfo_dialect.syntax.events import BEST_ENGINE, Engine
from mfo_dialect.syntax.parser import parse
from mfo_dialect.syntax.tree import Mapping, Node, Origin, Pair, Scalar, Style
from mfo_dialect.text import Span

_OPENING = re.compile(r"\ufeff?---[ \t]*(?:\r\n|\n|\r)")
_CLOSING = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)(?:[ \t]+#[^\r\n]*|[ \t]*)(?:\r\n|\n|\r|\Z)")
_BLANK = re.compile(r"(?:[ \t]*(?:\r\n|\n|\r))*")
_NOT_CLOSED = "the front matter is not closed; a line of three dashes ends it, and the prompt follows"
_TWO_TEXTS = 'the prompt is written twice: in the front matter\'s "{}", and below it'
_NAME_KEY = "id"
_NO_NAME = "the id of a template is a text"
_TWO_NAMES = "there is an id already: remove one of the two"
_NO_MAP = "the front matter is no map of keys and values"


@record
class Layout:
    """Where a text has its parts.

    Attributes:
        front: the front matter, the lines of dashes left out.
        body: what is below it, blank lines at its two ends left out.
        is_closed: whether a line of dashes ends the front matter; else all the text is front matter.
    """

    front: Span
    body: Span
    is_closed: bool


def layout_of(text: str) -> Layout | None:
    """The parts of a Markdown text; None where it has no front matter."""
    opening = _OPENING.match(text)
    if opening is None:
        return None
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        return Layout(Span(opening.end(), len(text)), Span(len(text), len(text)), is_closed=False)
    blank = _BLANK.match(text, closing.end())
    start = blank.end() if blank is not None else closing.end()
    end = max(start, len(text.rstrip()))
    return Layout(Span(opening.end(), closing.start()), Span(start, end), is_closed=True)


def parse_markdown(text: str, name: str, engine: Engine = BEST_ENGINE) -> SyntaxTree:
    """Read a Markdown text; nothing makes this raise.

    Args:
        text: the text.
        name: what the map is called where the front matter has no ``id``.
        engine: which YAML parser reads the front matter.

    Returns:
        The tree as said above; without documents where the text has no front matter.
    """
    layout = layout_of(text)
    if layout is None:
        return SyntaxTree(text, (), ())
    origin = Origin(text)
    if not layout.is_closed:
        root = Mapping(origin, layout.front.start, len(text), (), flow=False)
        root.damaged = True
        problem = Problem(ProblemKind.SYNTAX, _NOT_CLOSED, Span(0, len(text.partition("\n")[0].rstrip())))
        return SyntaxTree(text, (YamlDocument(root, Span(0, len(text))),), (problem,))
    front = parse(text[: layout.front.end], engine)
    written = front.documents[0].root if front.documents else None
    problems = [*front.problems]
    if not isinstance(written, Mapping) and written is not None:
        problems.append(Problem(ProblemKind.SYNTAX, _NO_MAP, written.span))
    given = [pair for pair in written.pairs if pair.name == _NAME_KEY] if isinstance(written, Mapping) else []
    identity = _identity(given) or _unwritten(origin, layout.front.start, name)
    template = _template(written, layout, origin)
    problems += [*_wrong_names(given), *_written_twice(template, layout, text)]
    root = _holding("templates", _holding(identity, template, origin, layout), origin, layout)
    problems.sort(key=lambda problem: problem.span)
    return SyntaxTree(text, (YamlDocument(root, Span(0, len(text))),), tuple(problems))


def _identity(given: list[Pair]) -> Scalar | None:
    """The name that the front matter gives, if it is one."""
    value = given[0].value if given else None
    return value if isinstance(value, Scalar) and not value.is_missing else None


def _wrong_names(given: list[Pair]) -> Iterator[Problem]:
    if given and not isinstance(given[0].value, Scalar):
        yield Problem(ProblemKind.SYNTAX, _NO_NAME, given[0].value.span)
    for pair in given[1:]:
        yield Problem(ProblemKind.SYNTAX, _TWO_NAMES, pair.key.span)


def _template(written: Node | None, layout: Layout, origin: Origin) -> Mapping:
    """The front matter's map without the pair of its name, and with the body as one more pair where it has no prompt."""
    pairs = tuple(pair for pair in written.pairs if pair.name != _NAME_KEY) if isinstance(written, Mapping) else ()
    if layout.body.start < layout.body.end and not any(pair.name in USER_PROMPT_KEYS for pair in pairs):
        pairs += (Pair(_unwritten(origin, layout.front.end, BODY_KEY), _body(origin, layout)),)
    template = Mapping(origin, layout.front.start, layout.body.end, pairs, flow=False)
    template.damaged = written is not None and (written.damaged or not isinstance(written, Mapping))
    return template


def _written_twice(template: Mapping, layout: Layout, text: str) -> Iterator[Problem]:
    """What is wrong where the front matter gives a prompt as well as the body."""
    written = next(
        (pair for pair in template.pairs if pair.name in USER_PROMPT_KEYS and pair.key.start < pair.key.end), None
    )
    if written is not None and layout.body.start < layout.body.end:
        first_line = text[layout.body.start : layout.body.end].splitlines()[0]
        span = Span(layout.body.start, layout.body.start + len(first_line))
        yield Problem(ProblemKind.SYNTAX, _TWO_TEXTS.format(written.name), span)


def _holding(key: str | Node, value: Mapping, origin: Origin, layout: Layout) -> Mapping:
    """A map with one pair."""
    name = _unwritten(origin, layout.front.start, key) if isinstance(key, str) else key
    return Mapping(origin, layout.front.start, layout.body.end, (Pair(name, value),), flow=False)


def _unwritten(origin: Origin, offset: int, text: str) -> Scalar:
    return Scalar(origin, offset, offset, text, Style.PLAIN)


def _body(origin: Origin, layout: Layout) -> Scalar:
    """The body as a block scalar, of which the line that ends the front matter is the header."""
    text, start = origin.text, layout.front.end
    kept: SequenceOf[int] = range(layout.body.start, layout.body.end)
    if "\r" in text:  # line breaks are read as YAML reads them
        kept = [at for at in kept if text[at] != "\r" or text[at + 1 : at + 2] != "\n"]
    content = "".join("\n" if text[at] == "\r" else text[at] for at in kept)
    body = Scalar(origin, start, layout.body.end, content, Style.LITERAL)
    body.read_at([*(at - start for at in kept), layout.body.end - start])
    return body
