"""Trees as plain values, for comparing."""

from mfo_dialect.syntax import Alias, Mapping, Scalar, Sequence, walk


def shown(node):
    """A tree on one line: values, ``~`` behind what is damaged, ``!`` behind an alias to nothing."""
    if node is None:
        return "nothing"
    match node:
        case Scalar():
            text = repr(node.value)
        case Alias():
            text = f"*{node.name}" + ("" if node.target else "!")
        case Sequence():
            text = "[" + ", ".join(map(shown, node.items)) + "]"
        case Mapping():
            text = "{" + ", ".join(f"{shown(pair.key)}: {shown(pair.value)}" for pair in node.pairs) + "}"
    return text + ("~" if node.damaged else "")


def parts(node, base=0):
    """Everything a tree says, places counted from ``base``."""
    if node is None:
        return None
    place = node.span.shifted(-base)
    common = (type(node).__name__, place.start, place.end, node.tag, node.anchor, node.damaged)
    match node:
        case Scalar():
            return (*common, node.text, node.style, node.content_span.start - base, node.content_span.end - base)
        case Alias():
            return (*common, node.name, node.target and node.target.span.start - base)
        case Sequence():
            return (*common, node.flow, tuple(parts(item, base) for item in node.items))
        case Mapping():
            return (*common, node.flow, tuple((parts(p.key, base), parts(p.value, base)) for p in node.pairs))


def everything(tree):
    """All documents and problems of a tree."""
    return (
        [(parts(document.root), document.span) for document in tree.documents],
        [(problem.kind, problem.span, problem.message) for problem in tree.problems],
    )


def assert_spans_inside(tree):
    length = len(tree.text)
    for document in tree.documents:
        assert 0 <= document.span.start <= document.span.end <= length
        for node in walk(document.root) if document.root else ():
            assert 0 <= node.span.start <= node.span.end <= length
            if isinstance(node, Scalar):
                offsets = [node.offset_at(index) for index in range(len(node.text) + 1)]
                assert offsets == sorted(offsets)
                assert node.span.start <= offsets[0] <= offsets[-1] <= node.span.end
    for problem in tree.problems:
        assert 0 <= problem.span.start <= problem.span.end <= length
    for comment in tree.comments:
        assert tree.text[comment.span.start : comment.span.end] == comment.text
