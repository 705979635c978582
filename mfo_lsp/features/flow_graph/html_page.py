"""The graph as one HTML page that needs nothing else: it pans, zooms, searches and shows where a node is written.

The page loads nothing. Its policy allows exactly its own script and style, by their hashes, and no connection. It holds
no absolute path: where the source stands, it finds from where it stands itself.
"""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib.resources import files

from mfo_lsp.features.flow_graph.json_form import json_value
from mfo_lsp.features.flow_graph.svg import svg_element
from mfo_lsp.features.flow_graph.svg_style import style_sheet
from mfo_lsp.features.flow_graph.values import FlowGraph
from mfo_lsp.features.flow_graph.words import flow_title


def to_html(graph: FlowGraph, way: str | None = "") -> str:
    """The page.

    Args:
        graph: what it shows.
        way: leads from the page to the directory that the graph's file names are relative to: empty, or such as
            ``../``; None where nothing leads there, and so nothing to the source.
    """
    style = style_sheet() + _part("page.css")
    script = _part("page.js")
    title = escape(flow_title(graph))
    place = "" if way is None else f' data-way="{escape(way)}"'
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header>
<input id="search" type="search" placeholder="Search nodes" aria-label="Search nodes" autocomplete="off" spellcheck="false">
<output id="found" for="search"></output>
<span class="tools">
<button id="out" type="button" title="Zoom out (-)" aria-label="Zoom out">\u2212</button>
<button id="in" type="button" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button id="fit" type="button" title="Show everything (0)">Fit</button>
</span>
</header>
<main id="stage"{place}>
{svg_element(graph)}
</main>
<aside id="details" aria-live="polite" hidden></aside>
<script type="application/json" id="graph">{_data(graph)}</script>
<script>{script}</script>
</body>
</html>
"""


def _part(name: str) -> str:
    """A part of the page that is kept in a file beside this one."""
    return files("mfo_lsp.features.flow_graph").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _data(graph: FlowGraph) -> str:
    """JSON in which nothing can end the element that it stands in."""
    return json.dumps(json_value(graph), ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
