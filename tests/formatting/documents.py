"""Random YAML texts: trees of maps, lists and texts, written with any indentation, spacing, comments and blank lines."""

from __future__ import annotations

from hypothesis import strategies as st

KEYS = st.sampled_from(["a", "key", "x-1", '"q: k"', "'s'", "é"])
PLAIN = st.sampled_from(
    [
        "1",
        "some words",
        "true",
        "~",
        "${a.b}",
        "http://x/y",
        "😀",
        "a-b",
        "-1",
        "x#y",
        "'it''s'",
        '"d \\" # e"',
        "a: b"[:1],
    ]
)
WORDS = st.lists(
    st.sampled_from(["one", "two", "", "  in", "# no comment", "- no item", "k: v"]), min_size=1, max_size=4
)
COMMENTS = st.sampled_from(["# why", "#", "# - id: x", "#: 'y"])


def trees(depth: int = 3) -> st.SearchStrategy:
    """Values as nested tuples, whose first says how they are written."""
    leaves = st.one_of(
        st.tuples(st.just("plain"), PLAIN),
        st.tuples(st.sampled_from(["|", "|-", "|+", ">", ">-", "|2"]), WORDS),
        st.tuples(st.just("quoted"), WORDS),
        st.just(("none",)),
    )
    if depth == 0:
        return leaves
    inner = trees(depth - 1)
    pairs = st.lists(st.tuples(KEYS, inner), min_size=1, max_size=4)
    flow = st.lists(st.tuples(KEYS, PLAIN), max_size=3)
    return st.one_of(
        leaves,
        st.tuples(st.just("map"), pairs),
        st.tuples(st.just("list"), st.lists(inner, min_size=1, max_size=4)),
        st.tuples(st.just("brackets"), st.lists(PLAIN, max_size=4)),
        st.tuples(st.just("braces"), flow),
    )


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text whose root is a map or a list."""
    pairs = st.lists(st.tuples(KEYS, trees()), min_size=1, max_size=4)
    root = draw(st.one_of(st.tuples(st.just("map"), pairs), st.tuples(st.just("list"), st.lists(trees(), min_size=1))))
    lines = _Writer(draw).block(root, 0)
    line_end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    return line_end.join(lines) + draw(st.sampled_from(["", line_end, line_end * 3]))


class _Writer:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def block(self, node: tuple, indent: int) -> list[str]:
        lines: list[str] = []
        for item in node[1]:
            lines += self.aside(indent)
            key, value = item if node[0] == "map" else ("", item)
            head = " " * indent + (key + self.space() + ":" if node[0] == "map" else "-")
            lines += self.entry(head, value, indent, in_list=node[0] == "list")
        return lines

    def entry(self, head: str, value: tuple, indent: int, *, in_list: bool) -> list[str]:
        if value[0] in {"map", "list"}:
            return self.nested(head, value, indent, in_list=in_list)
        if value[0] in {"|", "|-", "|+", ">", ">-", "|2"}:
            return self.block_text(head, value, indent)
        tail = self.draw(st.sampled_from(["", "", "  ", "   # why"]))
        if value[0] == "none":
            return [head + tail]
        written = self.flow(value)
        if value[0] == "quoted":
            more = " " * (indent + self.draw(st.integers(1, 5)))
            first, *others = written.split("\n")
            return [f"{head} {first}", *(more + line.strip() if line.strip() else "" for line in others[:-1]), *(
                [more + others[-1].strip() + tail] if others else []
            )]  # fmt: skip
        return [f"{head} {self.space()}{written}{tail}"]

    def nested(self, head: str, value: tuple, indent: int, *, in_list: bool) -> list[str]:
        deeper = indent + self.draw(st.integers(1, 5))
        if in_list and self.draw(st.booleans()):
            (first, *others) = self.block(value, deeper) or [""]
            if first.strip() and not first.lstrip().startswith("#"):
                return [head + " " * (deeper - indent - 1) + first[deeper:] if deeper > indent + 1 else head, *(
                    others if deeper > indent + 1 else [first, *others]
                )]  # fmt: skip
        if not in_list and value[0] == "list" and self.draw(st.booleans()):
            deeper = indent
        return [head + self.draw(st.sampled_from(["", "  ", "  # what"])), *self.block(value, deeper)]

    def block_text(self, head: str, value: tuple, indent: int) -> list[str]:
        style, words = value
        deeper = indent + (2 if style == "|2" else self.draw(st.integers(1, 6)))
        content = words if words[0].strip() and not words[0].startswith(" ") else ["start", *words]
        lines = [" " * deeper + word if word else self.draw(st.sampled_from(["", " "])) for word in content]
        return [f"{head} {style}{self.draw(st.sampled_from(['', '  ', ' # how']))}", *lines]

    def flow(self, value: tuple) -> str:
        comma = f"{self.space()},{self.space()}"
        match value[0]:
            case "brackets":
                return "[" + self.space() + comma.join(value[1]) + self.space() + "]"
            case "braces":
                return "{" + self.space() + comma.join(f"{key}: {one}" for key, one in value[1]) + self.space() + "}"
            case "quoted":
                return "'" + "\n".join(word.replace("'", "''") for word in value[1]) + "'"
            case _:
                return value[1]

    def aside(self, indent: int) -> list[str]:
        """Nothing, blank lines, or comments at any column."""
        kind = self.draw(st.sampled_from(["", "", "", "blank", "comment", "both"]))
        blank = [self.draw(st.sampled_from(["", "  "]))] * self.draw(st.integers(1, 3))
        comment = [" " * self.draw(st.sampled_from([indent, indent, 0, indent + 1])) + self.draw(COMMENTS)]
        return {"": [], "blank": blank, "comment": comment, "both": [*blank, *comment]}[kind]

    def space(self) -> str:
        return self.draw(st.sampled_from(["", "", " ", "  "]))
