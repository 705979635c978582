"""Maps with their declarations and the maps around them, and what a key that is unknown in one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingOf
from enum import Enum

from mfo_dialect.analysis.parts import WRITTEN, Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.sure_values import has_right_keys
from mfo_dialect.analysis.visits import Visit, effective_keys, known_keys
from mfo_dialect.catalogue.slips import key_meant
from mfo_dialect.catalogue.values import EitherType, Key, ListType, MapType, ValueType
from mfo_dialect.catalogue.workflow_keys import ONLY_FLOW_KEYS, ONLY_WORKFLOW_KEYS
from mfo_dialect.records import record
from mfo_dialect.rules.select import Selector
from mfo_dialect.syntax import Mapping, Node, Pair, ProblemKind, Scalar, Sequence, follow

_FREE_PREFIX = "x-"
_MAX_UP = 4
_HARMLESS = frozenset({ProblemKind.UNQUOTED_TEMPLATE, ProblemKind.DUPLICATE_ANCHOR})
_FLOW_FILE_KEYS = frozenset({"name", "config", "input_schema", "outputs"})
_EVERYWHERE = frozenset({"id", "name", "type", "description"})


@record(eq=False)
class MapView:
    """A written map beside its declaration.

    Attributes:
        document: the key of the text.
        mapping: the map.
        type: its declaration.
        keys: the keys that it may have, its discriminator read.
        parent: the map around it, if that is declared too.
        under: the key of that map under which it stands, itself or in a list.
        in_list: whether it is the item of a list.
    """

    document: str
    mapping: Mapping
    type: MapType
    keys: MappingOf[str, Key]
    parent: MapView | None
    under: str
    in_list: bool

    @property
    def title(self) -> str:
        """What the map is, with an article where it takes one."""
        return with_article(self.type.title)


class Direction(Enum):
    """Where a key belongs that is unknown where it stands."""

    HERE = "here"
    DOWN = "one level down"
    UP = "further up"


@record
class Meaning:
    """What an unknown key was meant to be.

    Attributes:
        direction: where it belongs.
        name: the key that was meant.
        child: for DOWN, the key of the map or list that it belongs into.
        owner: for UP, the map that it belongs to.
    """

    direction: Direction
    name: str
    child: Key | None = None
    owner: MapView | None = None


def with_article(title: str) -> str:
    """A map's title as messages name it."""
    if title.startswith("config of"):
        return f"the {title}"
    if title in {"error handling", "taskflow settings"}:
        return title
    if title in _TITLES_THAT_ARE_KEYS:
        return f'"{title}"'
    return f"an {title}" if title[0] in "aeiou" else f"a {title}"


_TITLES_THAT_ARE_KEYS = frozenset(
    {"config", "limits", "auth", "cache", "interaction", "session", "memory", "bundle", "global_configs", "client"}
)


class _Maps:
    """The declared maps of one part, and those that hold its lists.

    Attributes:
        views: by the identity of the map.
        holders: by the identity of a list, the map that holds it, and the key under which that is.
    """

    __slots__ = ("holders", "listed", "views")

    def __init__(self, visits: Iterable[Visit], around: _Maps | None) -> None:
        """Look at the values of a part, within the part around it."""
        self.listed: list[MapView] = []
        self.views: dict[int, MapView] = {}
        self.holders: dict[int, tuple[MapView | None, str]] = {}
        for visit in visits:
            if isinstance(visit.node, Sequence):
                parent, under, _ = self._surroundings(visit, around)
                self.holders[id(visit.node)] = (parent, under)
            elif isinstance(visit.node, Mapping) and isinstance(visit.type, MapType):
                keys = known_keys(visit.node, visit.type)
                surroundings = self._surroundings(visit, around)
                view = MapView(visit.document, visit.node, visit.type, keys, *surroundings)
                self.views[id(visit.node)] = view
                self.listed.append(view)

    def _surroundings(self, visit: Visit, around: _Maps | None) -> tuple[MapView | None, str, bool]:
        container = visit.container
        if container is None:
            return None, "", False
        if isinstance(container, Mapping):
            name = visit.pair.name if visit.pair is not None else None
            parent = self.views.get(id(container)) or (around.views.get(id(container)) if around is not None else None)
            return parent, name or "", False
        holder = self.holders.get(id(container)) or (around.holders.get(id(container)) if around is not None else None)
        parent, under = holder or (None, "")
        return parent, under, True


def _map_views(part: Part, snapshot: Snapshot) -> Iterable[MapView]:
    for visit in snapshot.doubtful_visits_of(part):
        node, declared = visit.node, visit.type
        if isinstance(declared, MapType) and isinstance(node, Mapping) and not has_right_keys(node, declared):
            views = snapshot.kept(part, _maps).listed
            return [view for view in views if not has_right_keys(view.mapping, view.type)]
    return ()


def _maps(part: Part, snapshot: Snapshot) -> _Maps:
    around = snapshot.part_around(part)
    return _Maps(snapshot.visits_of(part), snapshot.kept(around, _maps) if around is not None else None)


map_views = Selector(WRITTEN, _map_views, is_doubtful=True)
"""The declared maps whose keys may be wrong, too few or too many, outer ones first."""


def is_doubtful(node: Node, document: str, snapshot: Snapshot) -> bool:
    """Whether a part of a node could not be read, so that what seems missing or odd there may only be unreadable."""
    source = snapshot.bundle.sources.get(document)
    problems = source.tree.problems if source is not None else ()
    if not node.damaged:
        return False
    inside = [problem for problem in problems if node.span.overlaps(problem.span)]
    return not inside or any(problem.kind not in _HARMLESS for problem in inside)


def is_written_twice(view: MapView) -> bool:
    """Whether the key under which a map stands is there twice, so that each may hold a part of what is meant."""
    if view.parent is None or view.in_list:
        return False
    return sum(pair.name == view.under for pair in view.parent.mapping.pairs) > 1


def unknown_pairs(view: MapView) -> Iterator[Pair]:
    """The pairs of a map whose keys its declaration does not know; ``x-`` keys are everybody's own."""
    if view.type.others is not None or view.mapping.names() <= view.keys.keys():
        return
    for pair in view.mapping.effective_pairs():
        name = pair.name
        if name is None or name in view.keys or name.startswith(_FREE_PREFIX) or is_of_other_shape(view, name):
            continue
        if isinstance(follow(pair.key), Scalar):
            yield pair


def is_of_other_shape(view: MapView, name: str) -> bool:
    """Whether a top-level key belongs to the other shape of workflow documents; in a mixture, to either."""
    other = {"flow file": ONLY_WORKFLOW_KEYS, "workflow file": ONLY_FLOW_KEYS}.get(view.type.title, ())
    if view.parent is not None or not other:
        return False
    return name in other or (name in _FLOW_FILE_KEYS and any(key in view.mapping for key in other))


def meaning_of(view: MapView, name: str) -> Meaning | None:
    """What an unknown key was probably meant to be; None where nothing is near."""
    child = _child_with(view, name)
    if child is not None:
        return Meaning(Direction.DOWN, name, child=child)
    owner = _owner_with(view, name)
    if owner is not None:
        return Meaning(Direction.UP, name, owner=owner)
    meant = key_meant(name, view.keys.values(), view.mapping)
    return Meaning(Direction.HERE, meant) if meant is not None else None


def _child_with(view: MapView, name: str) -> Key | None:
    return next((key for key in view.keys.values() if _may_hold(key, name, view)), None)


def _may_hold(key: Key, name: str, view: MapView) -> bool:
    value = view.mapping.get(key.name)
    if name in _EVERYWHERE and not isinstance(key.type, MapType):
        return False
    item = next(iter(value), None) if isinstance(value, Sequence) else value
    for option in _maps_in(key.type):
        if item is None or isinstance(item, Mapping):
            keys = effective_keys(item, option) if item is not None else option.keys
            if any(inner.name == name for inner in keys):
                return True
    return False


def _maps_in(value_type: ValueType) -> Iterator[MapType]:
    match value_type:
        case MapType():
            yield value_type
        case ListType(item=MapType() as item):
            yield item
        case EitherType(options=options):
            for option in options:
                yield from _maps_in(option)
        case _:
            return


def _owner_with(view: MapView, name: str) -> MapView | None:
    owner = view.parent
    for _ in range(_MAX_UP):
        if owner is None:
            return None
        if name in owner.keys:
            return owner
        owner = owner.parent
    return None


def has_value(mapping: Mapping, name: str) -> bool:
    """Whether a key is there with a value; null, written or not, is none."""
    node = mapping.get(name)
    return node is not None and not is_null(node)


def is_null(node: Node) -> bool:
    """Whether a value is null, written or left out."""
    return isinstance(node, Scalar) and node.value is None
