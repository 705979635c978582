"""The one entry for an editor: texts that are edited, and what is wrong with them.

One thread at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from collections.abc import Mapping as MappingOf
from contextlib import AbstractContextManager

from mfo_dialect.analysis.bundle import Bundle, Document, Source, read_document
from mfo_dialect.analysis.edited_bundle import EditedBundle, EditedSource
from mfo_dialect.analysis.live_levels import Upkeep
from mfo_dialect.analysis.live_snapshot import LiveSnapshot
from mfo_dialect.analysis.live_workflow import LiveDocument, OutgrownError
from mfo_dialect.analysis.parts import Part
from mfo_dialect.analysis.slips import read_names_plainly
from mfo_dialect.checker import findings_of, order_of
from mfo_dialect.editing.first_look import FirstLook
from mfo_dialect.editing.found import Found
from mfo_dialect.editing.part_check import Counting, PartCheck
from mfo_dialect.editing.publishing import Publishing
from mfo_dialect.editing.unread import live_tree
from mfo_dialect.editing.work import Work
from mfo_dialect.facts import Facts
from mfo_dialect.findings import Finding
from mfo_dialect.model.kinds import Classification, DocumentKind, classify
from mfo_dialect.model.rule_settings import NOTHING_SAID, RuleSettings
from mfo_dialect.rules import RULES, Rule
from mfo_dialect.rules.choosing import Choice
from mfo_dialect.rules.running import reports_on
from mfo_dialect.steps import Steps, at_once
from mfo_dialect.syntax import Change, LiveTree, Mapping, Node, SyntaxTree, walk
from mfo_dialect.text import TextEdit

_NOTHING: MappingOf[str, DocumentKind | None] = {}


class LiveBundle:
    """Documents that see each other while they are being edited, and their findings.

    Attributes:
        now: the bundle as it is at the moment, for all who ask about it. What is asked within ``with live.asking()`` is
            worked out once.
        preparing: what is left to be read before anything can be asked.
    """

    def __init__(
        self,
        bundle: Bundle,
        rules: Iterable[Rule] = RULES,
        asked: RuleSettings = NOTHING_SAID,
        read: Callable[[str], LiveTree] = LiveTree,
        edited: MappingOf[str, DocumentKind | None] = _NOTHING,
        *,
        in_steps: bool = False,
    ) -> None:
        """Take a bundle as it was loaded; nothing is checked yet.

        Args:
            bundle: the documents, and the project file whose settings count. A source of ``unread_source`` is edited from
                the start, and read here.
            rules: the rules to choose from.
            asked: what a caller asks for on top of the project file.
            read: makes the tree of a text that is to be edited.
            edited: keys of texts that are edited from the start, cheaper than asking for their trees afterwards, each with the
                kind that it had, if any: a half-typed text stays what it was.
            in_steps: leave it to ``preparing`` to read the documents; until that is done, nothing may be asked or edited.
        """
        self._read = read
        self._facts = Facts()
        self._choice = Choice(bundle.project.rule_settings, asked)
        self._rules = tuple(rule for rule in rules if self._choice.runs(rule))
        self._counting = Counting(self._rules)
        self._sources = {
            key: EditedSource(self._facts, key, source.tree, source.documents) for key, source in bundle.sources.items()
        }
        self._bundle = EditedBundle(self._facts, self._sources, bundle.home, bundle.project)
        self.now = LiveSnapshot(self._facts, self._bundle)
        self._checks: dict[Part, PartCheck] = {}
        self._near: dict[PartCheck, None] = {}
        self._far: dict[PartCheck, None] = {}
        self._work = Work()
        self._publishing = Publishing(self.now, self._choice, self._rules)
        self._bundle.refresh()
        self._first: FirstLook | None = None
        self._kinds = dict(edited)
        self.preparing = self._prepare(frozenset(edited))
        if not in_steps:
            at_once(self.preparing)

    def _prepare(self, edited: Collection[str]) -> Steps[None]:
        for source in self._sources.values():
            if isinstance(source.tree_now, LiveTree) and not source.documents_now:
                yield from self._reading_anew(source, source.tree_now, is_new=True)
            elif source.key in edited:
                tree = live_tree(source.key, source.tree_now.text, self._read)
                yield from self._reading_anew(source, tree, is_new=True)
            elif source.key in self._bundle.home:
                for document in source.documents_now:
                    if document.kind is not None:
                        self._follow(self.now.add(document))
        self._check(self._bundle)
        for source in self._sources.values():
            self._check_source(source)
        self._work = Work()
        self._first = FirstLook(self.now, self._counting.plan, self._publishing, self._far)

    @property
    def work(self) -> Work:
        """How much was done so far."""
        self._work.facts, self._work.noted = self._facts.computed, self._counting.noted
        self._work.unnoted = self._first.looked if self._first is not None else self._work.unnoted
        return self._work

    @property
    def bundle(self) -> Bundle:
        """The documents."""
        return self._bundle

    @property
    def snapshot(self) -> LiveSnapshot:
        """The bundle and its meaning at the moment, up to date."""
        self.now.settle()
        return self.now

    def asking(self) -> AbstractContextManager[None]:
        """Keep what is worked out inside until the end, for somebody who asks much at once."""
        return self.now.asking()

    # Texts

    def tree(self, key: str) -> LiveTree:
        """The tree of a text that is being edited from now on.

        Raises:
            KeyError: the bundle has no such text.
        """
        source = self._sources[key]
        tree = source.tree_now
        if not isinstance(tree, LiveTree):
            self._end_first_look()
            tree = live_tree(key, tree.text, self._read)
            self._read_anew(source, tree)
        return tree

    def is_read_whole(self, key: str) -> bool:
        """Whether all of a text of the bundle is read again at its next edit."""
        tree = self._sources[key].tree_now
        return isinstance(tree, LiveTree) and not tree.is_divided

    def edit(self, key: str, edits: Iterable[TextEdit]) -> None:
        """Edit a text.

        Args:
            key: the text.
            edits: one after the other, as ``LiveTree.apply`` takes them.

        Raises:
            KeyError: the bundle has no such text.
            ValueError: an edit lies outside the text; those before it are done.
        """
        source, tree = self._sources[key], self.tree(key)
        self._end_first_look()
        try:
            change = tree.apply(edits)
        except ValueError:
            self._read_anew(source, tree)
            raise
        document = self._live_document(source)
        if document is None or change.is_whole or not tree.is_divided or tree.has_anchors:
            self._read_anew(source, tree, is_new=change.is_whole and not tree.is_divided)
        else:
            self._apply(source, document, change)

    def put(self, key: str, source: Source) -> None:
        """Let a text be another one altogether.

        Args:
            key: the text, one of those that the bundle has had from the start.
            source: what was read.
        """
        known = self._sources[key]
        self._end_first_look()
        self._replace(known, source.tree, source.documents)

    def _apply(self, source: EditedSource, document: LiveDocument, change: Change) -> None:
        try:
            upkeep = document.apply(change)
        except Exception as error:  # noqa: BLE001 - a document that is read anew is never wrong
            self._work.surprises += not isinstance(error, OutgrownError)
            self._read_anew(source, source.tree_now)
            return
        source.told(source.tree_now, source.documents_now, problems=change.problems)
        if document in upkeep.rewritten:
            self._bundle.refresh(source.key)
        self.now.take(upkeep)
        self._follow(upkeep)
        self._publishing.touch(source.key)

    @staticmethod
    def _live_document(source: EditedSource) -> LiveDocument | None:
        documents = source.documents_now
        document = documents[0] if len(documents) == 1 else None
        return document if isinstance(document, LiveDocument) else None

    def _read_anew(self, source: EditedSource, tree: SyntaxTree, *, is_new: bool = False) -> None:
        """Read the documents of a tree as new ones; ``is_new`` where nobody has looked at the tree before."""
        at_once(self._reading_anew(source, tree, is_new=is_new))

    def _reading_anew(self, source: EditedSource, tree: SyntaxTree, *, is_new: bool) -> Steps[None]:
        self._work.whole += 1
        known = self._kinds.pop(source.key, None)
        previous = next((one.kind for one in source.documents_now if one.kind is not None), known)
        self._drop_documents(source)
        roots = [document.root for document in tree.documents] or [None]
        for root in roots:
            if root is not None and not is_new:
                for node in walk(root):
                    if isinstance(node, Mapping):
                        node.forget_meant()
            if root is not None and not tree.text.isascii():
                read_names_plainly(root)
        name = source.key.rsplit("/", 1)[-1]
        found: list[Document] = []
        for root in roots:
            classification = classify(root, name, previous)
            live = (yield from self._live(source, tree, root, classification)) if len(roots) == 1 else None
            found.append(live or read_document(source.key, root, classification))
        self._add_documents(source, tree, tuple(found))

    def _live(
        self, source: EditedSource, tree: SyntaxTree, root: Node | None, classification: Classification
    ) -> Steps[LiveDocument | None]:
        """A document that is kept up to date; None where that cannot be."""
        if source.key not in self._bundle.home or not isinstance(tree, LiveTree) or not isinstance(root, Mapping):
            return None
        if not tree.is_divided or tree.has_anchors or not LiveDocument.fits(root, classification):
            return None
        try:
            document = LiveDocument(self.now, source.key, tree, root, classification)
            yield from document.reading
        except Exception as error:  # noqa: BLE001 - a document that is read as a whole is never wrong
            self._work.surprises += not isinstance(error, OutgrownError)
            return None
        return document

    def _replace(self, source: EditedSource, tree: SyntaxTree, documents: tuple[Document, ...]) -> None:
        self._work.whole += 1
        self._drop_documents(source)
        self._add_documents(source, tree, documents)

    def _drop_documents(self, source: EditedSource) -> None:
        if source.key not in self._bundle.home:
            return
        for document in source.documents_now:
            if document.kind is not None:
                upkeep = self.now.remove(document)
                self.now.take(upkeep)
                self._follow(upkeep)

    def _add_documents(self, source: EditedSource, tree: SyntaxTree, documents: tuple[Document, ...]) -> None:
        source.told(tree, documents, problems=True)
        self._bundle.refresh()
        if source.key in self._bundle.home:
            for document in documents:
                if document.kind is not None:
                    upkeep = self.now.add(document)
                    self.now.take(upkeep)
                    self._follow(upkeep)
        self._check_source(source)
        self._publishing.touch(source.key)

    # Checking

    def _follow(self, upkeep: Upkeep) -> None:
        """Have what was brought or written anew be checked, and forget what was taken away."""
        for part in upkeep.dropped:
            self._uncheck(part)
        for part in upkeep.added:
            if part not in upkeep.dropped:
                self._check(part)
        for part in upkeep.rewritten:
            check = self._checks.get(part)
            if check is not None:
                check.renew()
                self._far.pop(check, None)
                self._near[check] = None

    def _check(self, part: Part) -> None:
        check = self._checks[part] = PartCheck(part, self._counting, self.now, self._queue)
        check.renew()

    def _uncheck(self, part: Part) -> None:
        check = self._checks.pop(part, None)
        if check is not None:
            self._near.pop(check, None)
            self._far.pop(check, None)
            check.end()
            self._publishing.forget(check)

    def _check_source(self, source: EditedSource) -> None:
        is_ours = source.key in self._bundle.home and any(one.kind is not None for one in source.documents_now)
        if is_ours and source not in self._checks:
            self._check(source)
        elif not is_ours:
            self._uncheck(source)

    def _queue(self, check: PartCheck) -> None:
        if check not in self._near:
            self._far[check] = None

    def look(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        """Check all parts where nothing has been edited yet, which takes half as long as ``settle``; else the same.

        After it ``settle`` changes nothing of what was found, but the first edit is the quicker if it comes before that.

        Args:
            has_time: asked before each step; where it says no, the rest waits for the next call.

        Returns:
            Whether all findings are those of a fresh check.
        """
        return self._first.go_on(has_time) if self._first is not None else self.settle(has_time)

    def _end_first_look(self) -> None:
        if self._first is not None:
            self._work.unnoted = self._first.looked
            self._first.end()
            self._first = None

    def settle(self, has_time: Callable[[], bool] = lambda: True) -> bool:
        """Check what must be checked, the edited part first.

        Args:
            has_time: asked before each step; where it says no, the rest waits for the next call.

        Returns:
            Whether all findings are those of a fresh check.
        """
        self._end_first_look()
        if not self.now.settle(has_time):
            return False
        while self._near or self._far:
            if not has_time() or not (self._near or self.now.fill(has_time)):
                return False
            waiting = self._near or self._far
            check = next(iter(waiting))
            del waiting[check]
            self._work.parts += 1
            self._publishing.take(check, check.run())
        return True

    def has_more_left(self, most: int) -> bool:
        """Whether all edited parts have been looked at, and more than ``most`` others not, whose findings are those of before."""
        return not self._near and len(self._far) > most and self.now.facts.is_settled

    # Findings

    def news(self) -> set[str]:
        """The keys of texts whose findings have come, gone or perhaps moved since this was asked last."""
        return self._publishing.news()

    def groups(self, key: str) -> list[tuple[Found, ...]]:
        """The findings of a text, those of each part as one tuple, which stays the same while they say the same."""
        return self._publishing.groups(key)

    def findings(self, key: str) -> tuple[Found, ...]:
        """The findings of a text, sorted by place."""
        found = [one for group in self.groups(key) for one in group]
        return tuple(sorted(found, key=lambda one: (one.span, one.code, one.message)))

    def with_fixes(self, found: Found) -> Finding:
        """A finding with the ways to mend it; the part is looked at again for that."""
        plain = found.finding()
        check = self._publishing.check_of(found)
        if check is None:
            return next((one for one in self._publishing.unusual(found.document) if _is_same(one, plain)), plain)
        return next((one for one in self._looked_at(check) if _is_same(one, plain)), plain)

    def full(self, key: str) -> tuple[Finding, ...]:
        """All findings of a text with the ways to mend them, sorted by place."""
        return tuple(sorted((self.with_fixes(found) for found in self.findings(key)), key=order_of))

    def _looked_at(self, check: PartCheck) -> list[Finding]:
        with self.asking():
            return [
                finding
                for rule, reports in reports_on(check.part, self._counting.plan, self.now)
                if not isinstance(reports, Exception)
                for finding in findings_of(rule, reports, self._choice, self._bundle)
            ]


def _is_same(one: Finding, other: Finding) -> bool:
    return (one.code, one.place, one.message, one.severity) == (other.code, other.place, other.message, other.severity)
