"""The layout keeps its promises on any graph: nothing overlaps, no line runs through a box or through another's label."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfo_lsp.features.flow_graph.layout import Box, Layout, Link, Shape, lay_out
from mfo_lsp.features.flow_graph.layout.layers import layers_of
from mfo_lsp.features.flow_graph.layout.ordering import crossings, order_rows
from tests.flow_graph.geometry import areas, faults

SIZES = st.sampled_from([(96.0, 46.0), (200.0, 46.0), (320.0, 400.0)])


@st.composite
def graphs(draw, most: int = 14) -> tuple[list[Box], list[Link]]:
    """Boxes of several sizes; some are diamonds whose links have labels; links back lead to an ancestor."""
    count = draw(st.integers(1, most))
    diamonds = [draw(st.booleans()) for _ in range(count)]
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    downward = sorted(
        {(min(pair), max(pair)) for pair in draw(st.lists(pairs, max_size=3 * most)) if len(set(pair)) > 1}
    )
    links: list[Link] = []
    for source, target in downward:
        label = draw(st.sampled_from([0.0, 20.0, 60.0])) if diamonds[source] else 0.0
        links.append(Link(source, target, False, label, not label))
    for source, target in downward:
        if draw(st.integers(0, 5)) == 0:
            links.append(Link(target, source, True, draw(st.sampled_from([0.0, 20.0, 60.0]))))
    boxes = []
    for number, is_diamond in enumerate(diamonds):
        if is_diamond:
            labels = sum(link.label_width + 14 for link in links if link.source == number and not link.backward)
            boxes.append(Box(max(150.0, labels), 76.0, Shape.DIAMOND))
        else:
            boxes.append(Box(*draw(SIZES)))
    return boxes, links


@given(graphs())
def test_nothing_overlaps_and_no_line_runs_through_a_box(graph):
    boxes, links = graph
    assert list(faults(boxes, links, lay_out(boxes, links))) == []


@given(graphs())
def test_the_same_graph_gives_the_same_layout(graph):
    boxes, links = graph
    assert lay_out(boxes, links) == lay_out(boxes, links)


@given(graphs())
def test_links_lead_down_and_links_back_lead_up(graph):
    boxes, links = graph
    placed = areas(boxes, lay_out(boxes, links))
    for link in links:
        upper, lower = (link.target, link.source) if link.backward else (link.source, link.target)
        assert placed[upper].bottom < placed[lower].top


def chain(count: int) -> list[Link]:
    return [Link(number, number + 1, bundled=True) for number in range(count - 1)]


def box_layout(count: int, links: list[Link]) -> Layout:
    return lay_out([Box(100, 40)] * count, links)


def test_no_boxes_need_no_room():
    assert lay_out([], []) == Layout(0, 0, (), ())


def test_a_chain_is_one_straight_line():
    layout = box_layout(6, chain(6))
    assert len({centre.x for centre in layout.centres}) == 1
    assert all(len(route.segments) == 1 or {s.controls for s in route.segments} == {None} for route in layout.routes)


def test_a_fan_is_even_and_its_source_is_in_the_middle():
    layout = box_layout(6, [Link(0, number) for number in range(1, 6)])
    xs = [centre.x for centre in layout.centres[1:]]
    assert xs == sorted(xs)
    assert {round(b - a, 3) for a, b in pairwise(xs)} == {128.0}
    assert layout.centres[0].x == pytest.approx(xs[2])


def test_two_crossed_pairs_are_uncrossed():
    layout = box_layout(5, [Link(0, 1), Link(0, 2), Link(1, 4), Link(2, 3)])
    one, two, three, four = layout.centres[1:]
    assert (one.x < two.x) == (four.x < three.x)


def test_rows_are_swept_until_lines_do_not_cross():
    links = [Link(0, 3), Link(0, 5), Link(1, 4), Link(2, 3)]
    layers = layers_of([Box(100, 40)] * 6, links)
    assert crossings(layers) > 0
    order_rows(layers)
    assert crossings(layers) == 0


def test_separate_parts_stand_side_by_side_and_then_on_shelves():
    layout = box_layout(40, [])
    assert len({centre.y for centre in layout.centres}) > 1
    assert layout.width < 4 * layout.height
    assert list(faults([Box(100, 40)] * 40, [], layout)) == []


def test_a_wide_fan_is_broken_into_rows():
    links = [Link(0, number, bundled=True) for number in range(1, 101)]
    links += [Link(number, 101, bundled=True) for number in range(1, 101)]
    layout = box_layout(102, links)
    assert layout.width < 102 * 100 / 4
    assert list(faults([Box(100, 40)] * 102, links, layout)) == []


@pytest.mark.parametrize("shape", ["all from the first", "all to the last", "all pairs"])
def test_dense_graphs_stay_small(shape):
    count = 60
    extra = {
        "all from the first": [(0, number) for number in range(2, count)],
        "all to the last": [(number, count - 1) for number in range(count - 2)],
        "all pairs": [(a, b) for a in range(count) for b in range(a + 2, count)],
    }[shape]
    layout = box_layout(count, chain(count) + [Link(a, b, bundled=True) for a, b in extra])
    behind = sum(route.behind for route in layout.routes)
    assert behind == 0
    assert layout.width < 70 * count


def test_what_has_no_room_for_a_way_of_its_own_is_drawn_behind():
    count = 120
    links = chain(count) + [Link(a, b) for a in range(0, count, 2) for b in range(a + 2, count)]
    layout = box_layout(count, links)
    assert 0 < sum(route.behind for route in layout.routes) < len(links)
    assert not any(route.behind for route in layout.routes[: count - 1])


def test_links_that_lead_in_a_circle_are_refused():
    with pytest.raises(ValueError, match="circle"):
        box_layout(2, [Link(0, 1), Link(1, 0)])


def test_a_link_back_leaves_and_enters_at_the_sides():
    layout = lay_out([Box(100, 40), Box(100, 40), Box(150, 76, Shape.DIAMOND)], [*chain(3), Link(2, 0, True, 40.0)])
    route = layout.routes[2]
    assert route.start.y == layout.centres[2].y
    assert route.segments[-1].end.y == layout.centres[0].y
    assert abs(route.start.x - layout.centres[2].x) == 75
    assert route.label is not None
