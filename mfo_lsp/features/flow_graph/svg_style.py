"""The colours and fonts of the picture, light and dark, and of the page around it."""

from __future__ import annotations

_FONT = 'ui-monospace, "SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", monospace'

_LIGHT = {
    "paper": "#ffffff",
    "ink": "#1f2328",
    "quiet": "#59636e",
    "line": "#7d8590",
    "task": "#f6f8fa",
    "task-line": "#8c959f",
    "condition": "#fff8c5",
    "condition-line": "#9a6700",
    "subflow": "#eef6ff",
    "subflow-line": "#54aeff",
    "branch": "#9a6700",
    "loop": "#8250df",
    "bad": "#d1242f",
    "warning": "#9a6700",
    "note": "#0969da",
    "on-badge": "#ffffff",
}
_DARK = {
    "paper": "#0d1117",
    "ink": "#e6edf3",
    "quiet": "#9198a1",
    "line": "#848d97",
    "task": "#161b22",
    "task-line": "#6e7681",
    "condition": "#2d2205",
    "condition-line": "#d29922",
    "subflow": "#0c1a2b",
    "subflow-line": "#316dca",
    "branch": "#d29922",
    "loop": "#ab7df8",
    "bad": "#ff7b72",
    "warning": "#e3b341",
    "note": "#79c0ff",
    "on-badge": "#0d1117",
}

_SHAPES = f"""\
.mfo-graph text {{ font-family: {_FONT}; text-anchor: middle }}
.mfo-graph .id {{ font-size: 13px; font-weight: 600 }}
.mfo-graph .type, .mfo-graph .label {{ font-size: 11px }}
.mfo-graph .heading {{ font-size: 15px; font-weight: 600; text-anchor: start }}
.mfo-graph .summary {{ font-size: 11px; text-anchor: start }}
.mfo-graph .count {{ font-size: 11px; font-weight: 700 }}
.mfo-graph .box {{ stroke-width: 1.25 }}
.mfo-graph .line {{ fill: none; stroke-width: 1.5 }}
.mfo-graph .branch .line {{ stroke-dasharray: 6 4 }}
.mfo-graph .loop .line {{ stroke-width: 2; stroke-dasharray: 2 4; stroke-linecap: round }}
.mfo-graph .cycle .line {{ stroke-width: 2 }}
.mfo-graph .behind .line {{ stroke-width: 1; stroke-opacity: 0.5 }}
"""


def style_sheet() -> str:
    """The style sheet of the picture; readers that know no media queries see the light colours."""
    return f"{_SHAPES}{_colours(_LIGHT)}@media (prefers-color-scheme: dark) {{\n{_colours(_DARK)}}}\n"


def _colours(of: dict[str, str]) -> str:
    rules = {
        ".paper": f"fill: {of['paper']}",
        "text": f"fill: {of['ink']}",
        ".type, .mfo-graph .summary": f"fill: {of['quiet']}",
        ".box": f"fill: {of['task']}; stroke: {of['task-line']}",
        ".condition .box": f"fill: {of['condition']}; stroke: {of['condition-line']}",
        ".subflow .box": f"fill: {of['subflow']}; stroke: {of['subflow-line']}",
        ".line": f"stroke: {of['line']}",
        ".arrow": f"fill: {of['line']}",
        ".branch .line": f"stroke: {of['branch']}",
        ".branch .arrow, .mfo-graph .branch .label": f"fill: {of['branch']}",
        ".loop .line": f"stroke: {of['loop']}",
        ".loop .arrow, .mfo-graph .loop .label": f"fill: {of['loop']}",
        ".cycle .line": f"stroke: {of['bad']}",
        ".cycle .arrow": f"fill: {of['bad']}",
        ".plate": f"fill: {of['paper']}",
        ".inside .plate": f"fill: {of['subflow']}",
        ".error .badge": f"fill: {of['bad']}",
        ".warning .badge": f"fill: {of['warning']}",
        ".information .badge": f"fill: {of['note']}",
        ".error > .box": f"stroke: {of['bad']}",
        ".badge": f"stroke: {of['paper']}",
        ".count": f"fill: {of['on-badge']}",
    }
    return "".join(f".mfo-graph {selector} {{ {colours} }}\n" for selector, colours in rules.items())
