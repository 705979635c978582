import pytest

from mfo_dialect.syntax import Mapping, ProblemKind, Style, parse, to_value
from mfo_dialect.syntax.events import Engine
from mfo_dialect.syntax.parser import Reading
from mfo_dialect.text import Span

from .trees import shown

SOUND = [
    ("", []),
    ("\n# only a comment\n", []),
    ("a: 1\nb: [x, 'y', {z: \"w\"}]\n", [{"a": 1, "b": ["x", "y", {"z": "w"}]}]),
    ("- a\n- - b\n  - c\n-\n", [["a", ["b", "c"], None]]),
    ("a:\n- x\n- y\nb: {}\n", [{"a": ["x", "y"], "b": {}}]),
    ("a: |\n  x\n   y\n\nb: >-\n  c\n  d\n", [{"a": "x\n y\n", "b": "c d"}]),
    ("a: &x {k: v}\nb: *x\nc:\n  <<: *x\n  l: m\n", [{"a": {"k": "v"}, "b": {"k": "v"}, "c": {"l": "m", "k": "v"}}]),
    ("? a\n: b\n? [c, d]\n: e\nx y: 1\n", [{"a": "b", "x y": 1}]),
    ("a: 1\n---\nb: 2\n...\n---\n- 3\n", [{"a": 1}, {"b": 2}, [3]]),
    ("--- x\n---\n--- |\n y\n", ["x", None, "y\n"]),
    ("%YAML 1.2\n---\na: !!str 12\nb: !mine {c: d}\n", [{"a": "12", "b": {"c": "d"}}]),
    ("\ufeffa: 1\r\nb: 2\r\n", [{"a": 1, "b": 2}]),
    ("a: x\u2028y\u0085z\nb: '\u2029'\n", [{"a": "x\u2028y\u0085z", "b": "\u2029"}]),
    ("k: \U0001f600 # c\nl: '\U0001f600'\n", [{"k": "\U0001f600", "l": "\U0001f600"}]),
    ("a:\tb\nc: d\t# e\nf: g\th\n", [{"a": "b", "c": "d", "f": "g\th"}]),
    ("a: yes\nb: 0755\nc: 1:30\nd: ~\ne:\n", [{"a": "yes", "b": 755, "c": "1:30", "d": None, "e": None}]),
    ("a: 1\ra2: 2\r", [{"a": 1, "a2": 2}]),
    ("a: 1\na: 2\n", [{"a": 1}]),
    ('a: "<<<<<<< x"\nb: |\n  =======\n', [{"a": "<<<<<<< x", "b": "=======\n"}]),
]


@pytest.mark.parametrize(("text", "values"), SOUND)
def test_sound_text_has_no_problems_and_its_values(text, values, engine):
    tree = parse(text, engine)
    assert tree.problems == ()
    assert [to_value(document.root) if document.root else None for document in tree.documents] == values
    assert "~" not in "".join(shown(document.root) for document in tree.documents).replace("'~'", "")


PLACES = [
    # text, way to the node, what its span covers
    ("a:\n  b: 1\n\n  # after\n\nc: 2\n", ["a"], "b: 1"),
    ("a:\n  - x\n  - y  # end\n\n# more\nb: 1\n", ["a"], "- x\n  - y"),
    ("a: |\n  x\n  y  \n\n\n# c\nb: 1\n", ["a"], "|\n  x\n  y  "),
    ("a: &n !!str  x\nb: 1\n", ["a"], "x"),
    ("a: &n\n  k: v\nb: 1\n", ["a"], "k: v"),
    ("a: !t # note\n  - v\nb: 1\n", ["a"], "- v"),
    ("a: [x, {y: z}] # c\n", ["a"], "[x, {y: z}]"),
    ("a: 'it''s'\n", ["a"], "'it''s'"),
    ("a:   \nb: 1\n", ["a"], ""),
    ("a:\n  -\n  - x\n", ["a", 0], ""),
    ("\ufeffa: \u2028b\n", ["a"], "\u2028b"),
    ("a: one\n   two\nb: 1\n", ["a"], "one\n   two"),
]


def child(node, step):
    return node.get(step) if isinstance(node, Mapping) else node.items[step]


@pytest.mark.parametrize(("text", "way", "covered"), PLACES)
def test_a_node_covers_what_is_written_and_no_more(text, way, covered, engine):
    node = parse(text, engine).documents[0].root
    for step in way:
        node = child(node, step)
    assert text[node.span.start : node.span.end] == covered
    assert node.source == covered


def test_a_missing_value_stands_behind_its_colon(engine):
    text = "a:   # nothing\n"
    assert parse(text, engine).documents[0].root.get("a").span == Span(2, 2)


def test_tags_and_anchors_are_kept_as_written(engine):
    root = parse("a: !!int &x 5\nb: &y !mine\n  k: v\nc: !<tag:e.org,2000:t> z\n", engine).documents[0].root
    assert [(root.get(key).tag, root.get(key).anchor) for key in "abc"] == [
        ("!!int", "x"),
        ("!mine", "y"),
        ("!<tag:e.org,2000:t>", None),
    ]
    assert root.get("a").value == 5


def test_styles_are_told_apart(engine):
    root = parse("- a\n- 'b'\n- \"c\"\n- |\n  d\n- >\n  e\n", engine).documents[0].root
    assert [item.style for item in root] == list(Style)


def test_documents_tile_the_stream(engine):
    text = "# first\na: 1\n---\nb: 2\n...\n---\nc: 3\n"
    spans = [document.span for document in parse(text, engine).documents]
    assert [text[span.start : span.end] for span in spans] == ["# first\na: 1\n", "---\nb: 2\n...\n", "---\nc: 3\n"]


def test_anchors_belong_to_their_document(engine):
    tree = parse("a: &x 1\n---\nb: *x\n", engine)
    assert [problem.kind for problem in tree.problems] == [ProblemKind.UNDEFINED_ALIAS]


ODD = [
    ("a: *x\n", ProblemKind.UNDEFINED_ALIAS, "*x"),
    ("a: &x [1, *x]\n", ProblemKind.UNDEFINED_ALIAS, "*x"),
    ("a: &x 1\nb: &x 2\n", ProblemKind.DUPLICATE_ANCHOR, "&x"),
    ("a: {{ name }}\nb: 1\n", ProblemKind.UNQUOTED_TEMPLATE, "{{ name }}"),
    ("a: [{{ .name }}, x]\n", ProblemKind.UNQUOTED_TEMPLATE, "{{ .name }}"),
    ("a: x\0y\n", ProblemKind.SYNTAX, "\0"),
    ("a: \ud800\n", ProblemKind.SYNTAX, "\ud800"),
]


@pytest.mark.parametrize(("text", "kind", "place"), ODD)
def test_readable_text_may_still_be_wrong(text, kind, place, engine):
    problems = parse(text, engine).problems
    assert [(problem.kind, text[problem.span.start : problem.span.end]) for problem in problems] == [(kind, place)]
    assert problems[0].span.start >= text.rindex(place) if kind is ProblemKind.DUPLICATE_ANCHOR else True


def test_an_unquoted_template_reads_as_its_text(engine):
    node = parse("a: {{ name }}\n", engine).documents[0].root.get("a")
    assert (node.value, node.damaged) == ("{{ name }}", True)


def test_comments_are_found_outside_scalars():
    text = "# one\na: 'x # y' # two\nb: |  # three\n  # text\nc: d#e\nf: # four"
    assert [comment.text for comment in parse(text).comments] == ["# one", "# two", "# three", "# four"]


def test_an_alias_bomb_stays_small(engine):
    text = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    tree = parse(text, engine)
    assert tree.problems == ()
    assert len(tree.documents[0].root.get("a29").items) == 9


def test_a_merge_bomb_is_looked_up_at_once(engine):
    text = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    assert parse(text, engine).documents[0].root.get("a29").get("k").value == "v"


@pytest.mark.parametrize(
    ("text", "names", "is_plain"),
    [
        ("{a: 1, b: 2}", ["a", "b"], True),
        ("{}", [], True),
        ("{a: 1, b: 2, a: 3}", ["a", "b", "a"], False),
        ("{a: , a: 3}", ["a", "a"], False),
        ("{<<: {b: 2}, a: 1}", ["a", "b"], False),
        ("{? [x] : 1, a: 2}", [None, "a"], False),
    ],
)
def test_a_plain_map_is_read_as_any_other(text, names, is_plain, engine):
    mapping = parse(text, engine).documents[0].root
    assert mapping.is_plain is is_plain
    assert [name for name, _ in mapping.named_pairs()] == names
    assert [pair for _, pair in mapping.named_pairs()] == list(mapping.effective_pairs())
    assert list(mapping.names()) == list(dict.fromkeys(name for name in names if name is not None))
    assert all(name in mapping for name in mapping.names())


@pytest.mark.parametrize(("text", "value"), [("{a: 1, a: 3}", 1), ("{a: , a: 3}", 3), ("{<<: {a: 1}, a: 3}", 3)])
def test_the_first_key_with_a_value_counts(text, value, engine):
    assert parse(text, engine).documents[0].root.get("a").value == value


def test_a_slip_counts_for_the_key_that_it_was_meant_for(engine):
    mapping = parse("{nmae: 1, b: 2}", engine).documents[0].root
    mapping.read_as("name", mapping.pairs[0])
    assert [name for name, _ in mapping.named_pairs()] == ["name", "b"]
    assert mapping.get("name").value == 1
    assert "name" not in mapping


@pytest.mark.parametrize(
    "text",
    ["[" * 10_000, "[" * 1_000_000, "{a: " * 10_000, "- " * 10_000, "".join(" " * i + "a:\n" for i in range(400))],
)
def test_deep_nesting_is_cut_off(text, engine):
    kinds = {problem.kind for problem in parse(text, engine).problems}
    assert ProblemKind.TOO_DEEP in kinds or ProblemKind.SYNTAX in kinds


def test_what_nests_too_deep_is_dropped_and_the_rest_kept(engine):
    tree = parse("a: " + "[" * 300 + "]" * 300 + "\nb: 1\n", engine)
    assert [problem.kind for problem in tree.problems] == [ProblemKind.TOO_DEEP]
    assert tree.documents[0].root.get("b").value == 1


def test_a_text_too_large_is_not_read():
    tree = parse("a" * (16 * 1024 * 1024 + 1))
    assert (tree.documents, [problem.kind for problem in tree.problems]) == ((), [ProblemKind.TOO_LARGE])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: {url: http://localhost:8080/x}\n", {"a": {"url": "http://localhost:8080/x"}}),
        ("a: [http://x, 12:30:45, b::c]\n", {"a": ["http://x", "12:30:45", "b::c"]}),
        ('a: {question: Stop?, why: "a:b"}\n', {"a": {"question": "Stop?", "why": "a:b"}}),
        ('a: {"b":1, c: x?y}\nd: |\n  who? a:b\n', {"a": {"b": 1, "c": "x?y"}, "d": "who? a:b\n"}),
    ],
)
def test_colons_and_question_marks_inside_words_are_text_in_brackets_too(
    text: str, value: object, engine: Engine
) -> None:
    tree = parse(text, engine)
    assert not tree.problems
    assert to_value(tree.documents[0].root) == value


def test_a_word_with_a_colon_does_not_hide_a_mistake_elsewhere(engine: Engine) -> None:
    tree = parse("a: {url: http://x}\nb: [\nc: 1\n", engine)
    assert [problem.span.start for problem in tree.problems] == [22]
    assert to_value(tree.documents[0].root)["a"] == {"url": "http://x"}


@pytest.mark.parametrize("text", ["&:{0", "&:{", "a: &: [1, {"])
def test_a_refused_name_of_an_open_collection_is_a_problem_and_no_more(text: str, engine: Engine) -> None:
    assert parse(text, engine).problems
    assert Reading(text, engine).result() is not None
