"""Markdown with front matter as a tree: any text gives one, and what is read of it stands where it is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mfo_dialect.model.live_markdown import LiveMarkdown
from mfo_dialect.model.markdown import parse_markdown
from mfo_dialect.syntax import Mapping, Scalar, walk
from mfo_dialect.text import edit_between

TEXTS = st.lists(
    st.sampled_from(
        ["---", "--- # x", "...", "id: a", "- b", "# head", "{{ .x }}", " ", "\t", '"', "é𝄞", "\n", "\r\n", "\r"]
    )
    | st.text(max_size=3)
).map("".join)
FRONT = st.tuples(st.sampled_from(["\n", "\r\n", "\r"]), TEXTS).map(
    lambda row: f"---{row[0]}id: a{row[0]}---{row[0]}{row[1]}"
)


def template(tree):
    """The template of a tree that has one, by its name."""
    root = tree.documents[0].root
    ((pair,),) = (root.pairs[0].value.pairs,)
    return pair.name, pair.value


@given(TEXTS | FRONT)
def test_any_text_gives_a_tree_whose_nodes_lie_inside_it(text):
    tree = parse_markdown(text, "name")
    for document in tree.documents:
        for node in walk(document.root):
            assert 0 <= node.span.start <= node.span.end <= len(text)
    assert all(0 <= one.span.start <= one.span.end <= len(text) for one in tree.problems)


@given(FRONT)
def test_each_character_of_a_body_is_where_it_is_written(text):
    tree = parse_markdown(text, "name")
    name, held = template(tree)
    assert name == "a"
    assert isinstance(held, Mapping)
    body = held.get("user_prompt")
    if body is None:
        assert not text[text.index("---", 3) + 3 :].strip()
        return
    assert isinstance(body, Scalar)
    for index, character in enumerate(body.text):
        assert text[body.offset_at(index)] in ({"\r", "\n"} if character == "\n" else {character})
        assert body.index_at(body.offset_at(index)) == index
    assert body.text == body.text.strip("\n").rstrip()


@given(st.lists(TEXTS | FRONT, min_size=2, max_size=5))
def test_a_text_that_is_edited_is_read_as_it_is_at_any_time(texts):
    live = LiveMarkdown(texts[0], "name")
    for text in texts[1:]:
        live.apply([edit_between(live.text, text)])
        fresh = parse_markdown(text, "name")
        assert live.text == text
        assert live.problems == fresh.problems
        assert [said(one.root) for one in live.documents] == [said(one.root) for one in fresh.documents]


def said(root):
    return [(type(node), node.span, getattr(node, "text", None)) for node in walk(root)]


def test_the_name_is_the_id_or_that_of_the_file():
    assert template(parse_markdown("---\nid: greeting\n---\nHello\n", "file"))[0] == "greeting"
    assert template(parse_markdown("---\nname: A greeting\n---\nHello\n", "file"))[0] == "file"
