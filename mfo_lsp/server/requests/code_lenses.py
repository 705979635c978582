"""``textDocument/codeLens``: what is written above taskflows, tasks and names; places are counted when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from lsprotocol import types

from mfo_dialect.text import Span
from mfo_lsp.features.code_lenses import RUN_TESTS, CodeLens, code_lenses, counted
from mfo_lsp.features.references import references
from mfo_lsp.server.capabilities import SHOW_REFERENCES
from mfo_lsp.server.convert import to_key, to_range
from mfo_lsp.server.flow_tests import find_tests, is_test_document
from mfo_lsp.server.host import Server
from mfo_lsp.server.lookup import View, look_up

OPTIONS = types.CodeLensOptions(resolve_provider=True)


async def answer(server: Server, params: types.CodeLensParams) -> list[types.CodeLens]:
    """The lenses of a document."""
    view = look_up(server.session, params.text_document.uri)
    if view is None:
        return await of_tests(server, params.text_document.uri)
    return [_converted(lens, view) for lens in code_lenses(view.snapshot, view.key, view.preferences)]


async def of_tests(server: Server, uri: str) -> list[types.CodeLens]:
    """What runs the tests of a document: each of them, and all where there are several; none for other documents."""
    key = to_key(uri)
    if not is_test_document(key) or not server.session.preferences.code_lenses:
        return []
    (file,) = await find_tests(server, key)
    lenses: list[types.CodeLens] = []
    for number, test in enumerate(file.tests):
        start = to_range(test.lines, test.node.span, server.session.encoding).start
        about = {"uri": uri, "tests": [number]}
        lenses.append(
            types.CodeLens(types.Range(start, start), types.Command("Run test", RUN_TESTS, arguments=[about]))
        )
    if len(lenses) > 1:
        top = types.Range(types.Position(0, 0), types.Position(0, 0))
        lenses.insert(0, types.CodeLens(top, types.Command("Run all tests", RUN_TESTS, arguments=[{"uri": uri}])))
    return lenses


async def tests_as_actions(server: Server, uri: str, range_: types.Range) -> list[types.CodeAction]:
    """The same as actions on the lines of a range, for a client that shows no lenses."""
    key = to_key(uri)
    if server.session.client.lenses or not is_test_document(key):
        return []
    actions: list[types.CodeAction] = []
    (file,) = await find_tests(server, key)
    for number, test in enumerate(file.tests):
        place = to_range(test.lines, test.node.span, server.session.encoding)
        if place.start.line <= range_.end.line and range_.start.line <= place.end.line:
            command = types.Command("Run test", RUN_TESTS, arguments=[{"uri": uri, "tests": [number]}])
            actions.append(types.CodeAction(f"Run test: {test.name}", command=command))
    return actions


def as_actions(view: View, span: Span) -> list[types.CodeAction]:
    """The lenses of the lines that a span touches as actions, for a client that shows no lenses."""
    touched = view.lines.line_of(span.start), view.lines.line_of(span.end)
    actions: list[types.CodeAction] = []
    lines = Span(view.lines.line_start(touched[0]), view.lines.line_start(touched[1] + 1))
    for lens in code_lenses(view.snapshot, view.key, replace(view.preferences, task_lenses=True), lines):
        command = _converted(lens, view).command
        if command is not None and touched[0] <= view.lines.line_of(lens.span.start) <= touched[1]:
            about = lens.arguments.get("task") or lens.arguments.get("taskflow")
            actions.append(types.CodeAction(f"{lens.title}: {about}" if about else lens.title, command=command))
    return actions


def _converted(lens: CodeLens, view: View) -> types.CodeLens:
    uri = view.session.uri(view.key)
    if not lens.command:
        return types.CodeLens(view.range(lens.span), data={"uri": uri})
    command = types.Command(lens.title, lens.command, arguments=[{"uri": uri, **lens.arguments}])
    return types.CodeLens(view.range(lens.span), command)


def resolve(server: Server, lens: types.CodeLens) -> types.CodeLens:
    """The same lens with the number of the places that name what stands there; they are shown by clients that can."""
    data = cast("object", lens.data)  # pyright: ignore[reportUnknownMemberType] - the protocol leaves it open
    said = cast("Mapping[str, object]", data if isinstance(data, Mapping) else {})
    uri = said.get("uri")
    view = look_up(server.session, uri) if isinstance(uri, str) else None
    if view is None:
        return lens
    offset = view.offset(lens.range.start)
    found = references(view.snapshot, view.key, offset, include_declaration=False)
    places = [view.location(place) for place in found]
    can_show = bool(places) and server.session.client.shows_references
    lens.command = types.Command(
        counted(len(places)),
        SHOW_REFERENCES if can_show else "",
        arguments=[server.protocol.plain(one) for one in (uri, lens.range.start, places)] if can_show else None,
    )
    return lens
