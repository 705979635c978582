"""The graph as SVG: one picture that stands alone, light or dark as its reader likes, with words for screen readers."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from mfo_dialect.analysis.graph import NodeKind
from mfo_lsp.features.flow_graph.drawing import LINE_OFFSET, DrawnEdge, DrawnNode, draw, label_width
from mfo_lsp.features.flow_graph.layout import LABEL_HEIGHT, Point, Route
from mfo_lsp.features.flow_graph.svg_style import style_sheet
from mfo_lsp.features.flow_graph.values import FlowGraph
from mfo_lsp.features.flow_graph.words import (
    clean,
    edge_title,
    flow_title,
    node_title,
    shown,
    summary,
    text_width,
    worst,
)

_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg" '
_ROLE = 'role="graphics-document document"'
_MARGIN = 24.0
_HEADING = 52.0
_HEADING_SIZE = 15.0
_ARROW_LENGTH = 9.0
_ARROW_WIDTH = 4.0
_BADGE = 9.0
_MAX_COUNT = 99
_BASELINE = 4.0


def to_svg(graph: FlowGraph) -> str:
    """The picture as a document of its own."""
    element = svg_element(graph, _NAMESPACE, f"<style>\n{style_sheet()}</style>\n")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{element}\n'


def svg_element(graph: FlowGraph, attributes: str = "", style: str = "") -> str:
    """The picture as an element.

    Args:
        graph: what to draw.
        attributes: attributes of the element besides its own; markup, not text.
        style: a style element, where the picture brings its own; markup, not text.
    """
    drawing = draw(graph)
    heading, counts = flow_title(graph), summary(graph)
    subtitle = f"{clean(str(graph.location))} \u00b7 {counts}"
    words_width = max(text_width(heading, _HEADING_SIZE), text_width(subtitle, 11.0))
    width, height = max(drawing.width, words_width) + 2 * _MARGIN, drawing.height + 2 * _MARGIN + _HEADING
    groups = [node for node in drawing.nodes if _is_open(node)]
    leaves = [node for node in drawing.nodes if not _is_open(node)]
    behind = [edge for edge in drawing.edges if edge.route.behind]
    others = [edge for edge in drawing.edges if not edge.route.behind]
    left = _MARGIN + (width - 2 * _MARGIN - drawing.width) / 2
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    parts = [
        f'<svg {attributes}class="mfo-graph" {size} {_ROLE} aria-labelledby="mfo-title mfo-summary">',
        f'<title id="mfo-title">{escape(heading)}</title>',
        f'<desc id="mfo-summary">{escape(counts)}</desc>',
        f'{style}<rect class="paper" width="{_n(width)}" height="{_n(height)}"/>',
        f'<text class="heading" x="{_n(_MARGIN)}" y="36">{escape(heading)}</text>',
        f'<text class="summary" x="{_n(_MARGIN)}" y="54">{escape(subtitle)}</text>',
        f'<g transform="translate({_n(left)} {_n(_MARGIN + _HEADING)})">',
        *(_node(node) for node in groups),
        *(_edge(edge, graph) for edge in (*behind, *others)),
        *(_node(node) for node in leaves),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts)


def _is_open(drawn: DrawnNode) -> bool:
    """Whether it is a box around others, which lines are drawn over."""
    return drawn.node.kind is NodeKind.SUBFLOW and not drawn.node.folded


def _node(drawn: DrawnNode) -> str:
    node = drawn.node
    weight = worst(node.problems)
    classes = (
        f"node {node.kind.value}{' folded' if node.folded else ''}{f' {weight.word}' if weight is not None else ''}"
    )
    place = f"{node.location}:{node.location.column}"
    names = f'data-key="{node.key}" data-path="{escape(clean(node.path))}" data-id="{escape(clean(node.id))}"'
    data = f'{names} data-place="{escape(clean(place))}"'
    return "\n".join(
        [
            f'<g class="{classes}" role="graphics-symbol img" {data}>',
            f"<title>{escape(node_title(node))}</title>",
            *_outline(drawn),
            *_words(drawn),
            *_badge(drawn),
            "</g>",
        ]
    )


def _outline(drawn: DrawnNode) -> Iterator[str]:
    x, y = drawn.centre
    half_width, half_height = drawn.width / 2, drawn.height / 2
    if drawn.node.kind is NodeKind.CONDITION:
        corners = ((x, y - half_height), (x + half_width, y), (x, y + half_height), (x - half_width, y))
        points = " ".join(f"{_n(px)},{_n(py)}" for px, py in corners)
        yield f'<polygon class="box" points="{points}"/>'
        return
    radius = 8 if drawn.node.kind is NodeKind.TASK else 12
    yield (
        f'<rect class="box" x="{_n(drawn.left)}" y="{_n(drawn.top)}" width="{_n(drawn.width)}" '
        f'height="{_n(drawn.height)}" rx="{radius}"/>'
    )


def _words(drawn: DrawnNode) -> Iterator[str]:
    x = drawn.centre.x
    middle = drawn.top + 24 if drawn.node.kind is NodeKind.SUBFLOW else drawn.centre.y
    yield _text("id", drawn.words.first, x, middle - LINE_OFFSET + _BASELINE, 13.0)
    yield _text("type", drawn.words.second, x, middle + LINE_OFFSET + _BASELINE, 11.0)


def _text(css: str, words: str, x: float, y: float, size: float) -> str:
    """A line of text; one in other scripts is held to the width that was reckoned with."""
    held = "" if words.isascii() else f' textLength="{_n(text_width(words, size))}" lengthAdjust="spacingAndGlyphs"'
    return f'<text class="{css}" x="{_n(x)}" y="{_n(y)}"{held}>{escape(words)}</text>'


def _badge(drawn: DrawnNode) -> Iterator[str]:
    count = len(shown(drawn.node.problems))
    if not count:
        return
    share = 4 if drawn.node.kind is NodeKind.CONDITION else 2
    x, y = drawn.centre.x + drawn.width / share, drawn.centre.y - drawn.height / share
    words = str(count) if count <= _MAX_COUNT else f"{_MAX_COUNT}+"
    yield f'<circle class="badge" cx="{_n(x)}" cy="{_n(y)}" r="{_n(_BADGE if len(words) < 2 else _BADGE + 3)}"/>'  # noqa: PLR2004 - one digit
    yield f'<text class="count" x="{_n(x)}" y="{_n(y + _BASELINE)}">{words}</text>'


def _edge(drawn: DrawnEdge, graph: FlowGraph) -> str:
    edge, route = drawn.edge, drawn.route
    title = edge_title(edge, graph.nodes[edge.source], graph.nodes[edge.target])
    classes = f"edge {edge.kind.value}{' behind' if route.behind else ''}{' inside' if graph.nodes[edge.source].group else ''}"
    return "\n".join(
        [
            f'<g class="{classes}" data-source="{edge.source}" data-target="{edge.target}">',
            f"<title>{escape(title)}</title>",
            f'<path class="line" d="{_path(route)}"/>',
            f'<path class="arrow" d="{_arrow(route)}"/>',
            *_label(route.label, edge.label),
            "</g>",
        ]
    )


def _path(route: Route) -> str:
    steps = [f"M{_at(route.start)}"]
    for segment in route.segments:
        if segment.controls is None:
            steps.append(f"L{_at(segment.end)}")
        else:
            steps.append(f"C{_at(segment.controls[0])} {_at(segment.controls[1])} {_at(segment.end)}")
    return "".join(steps)


def _arrow(route: Route) -> str:
    """The head, along the last segment, which is upright or level."""
    tip = route.segments[-1].end
    before = route.segments[-2].end if len(route.segments) > 1 else route.start
    if before.x == tip.x:
        back = -_ARROW_LENGTH if tip.y > before.y else _ARROW_LENGTH
        wings = (tip.moved(-_ARROW_WIDTH, back), tip.moved(_ARROW_WIDTH, back))
    else:
        back = -_ARROW_LENGTH if tip.x > before.x else _ARROW_LENGTH
        wings = (tip.moved(back, -_ARROW_WIDTH), tip.moved(back, _ARROW_WIDTH))
    return f"M{_at(tip)}L{_at(wings[0])}L{_at(wings[1])}Z"


def _label(at: Point | None, words: str) -> Iterator[str]:
    if at is None or not words:
        return
    width = label_width(words) - 4
    yield (
        f'<rect class="plate" x="{_n(at.x - width / 2)}" y="{_n(at.y - LABEL_HEIGHT / 2)}" width="{_n(width)}" '
        f'height="{_n(LABEL_HEIGHT)}" rx="4"/>'
    )
    yield _text("label", words, at.x, at.y + _BASELINE, 11.0)


def _at(point: Point) -> str:
    return f"{_n(point.x)} {_n(point.y)}"


def _n(number: float) -> str:
    """A number with one decimal at most."""
    text = f"{number:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
