"""A secret is written in the document.

## What it finds

Values with the shape of keys and tokens of well-known providers, private keys, passwords in URLs; and values that look
random under keys such as ``api_key``, ``token``, ``password`` or ``authorization``. References, placeholders and what
is plainly an example are left alone. Each secret of a text is a finding of its own. The value is never shown.

## Why it matters

Documents are kept in repositories, sent around and read by models. Whoever reads the secret can use it.

## Bad

```yaml workflow.yml
name: letters
tasks:
  - id: fetch
    type: http_request
    config:
      url: https://mail.example.org/letters
      headers:
        x-api-key: q8Zr2vT0xWm4Kd7LbNs1
        #          ^^^^^^^^^^^^^^^^^^^^ MFO801 SECRET.
```

## Good

```yaml workflow.yml
name: letters
global_configs:
  secrets:
    mail_key: {env: MAIL_KEY}
tasks:
  - id: fetch
    type: http_request
    config:
      url: https://mail.example.org/letters
      headers:
        x-api-key: ${SECRET.mail_key}
```

## Fix

Keep the value in the environment, a keyring or a file, declare it under ``global_configs.secrets``, and read it as
``SECRET.name``. The fix takes the value out of the document, so keep it first; and change a secret that others may have seen.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, partial
from typing import TypeGuard

from mfo_dialect.analysis.parts import WRITTEN, Part
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.uses import Use
from mfo_dialect.analysis.visits import references_of, scalars_at
from mfo_dialect.catalogue.values import References
from mfo_dialect.findings import Edit, Fix, Place, Severity
from mfo_dialect.model.workflow import Workflow
from mfo_dialect.rules import select
from mfo_dialect.rules.declaring import declare_secret, environment_name
from mfo_dialect.rules.layout import text_of
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.text.walking import mappings
from mfo_dialect.syntax import Node, Scalar, Sequence, Style
from mfo_dialect.text import Span

_SHAPES = (
    ("an Anthropic key", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    ("an OpenAI key", r"sk-(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,}"),
    ("a Stripe key", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    ("an AWS access key", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    ("a GitHub token", r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,}"),
    ("a GitLab token", r"glpat-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", r"xox[abeoprs]-[A-Za-z0-9-]{10,}"),
    ("a Google key", r"AIza[A-Za-z0-9_-]{35}"),
    ("a Hugging Face token", r"hf_[A-Za-z0-9]{30,}"),
    ("an npm token", r"npm_[A-Za-z0-9]{36}"),
    ("a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    ("a JSON Web Token", r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("a Slack webhook", r"https://hooks\.slack\.com/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]{16,}"),
)
_MARK = re.compile(
    r"sk-[A-Za-z0-9_-]{20}|[rs]k_(?:live|test)_|A[KS]IA|gh[a-z]_|github_pat|glpat-|xox|AIza|hf_|npm_|SG\.|eyJ|-----BEGIN|://"
)
_IN_MARKS = (
    ("-", ("sk-", "glpat-", "-----BEGIN")),
    ("_", ("k_live_", "k_test_", "hf_", "npm_")),
    ("A", ("AKIA", "ASIA", "AIza")),
    ("G", ("SG.",)),
    ("J", ("eyJ",)),
    ("x", ("xox",)),
    ("/", ("://",)),
)
"""Every secret that is known by its looks has one of these, or what those of GitHub have; by a character that they hold."""
_OF_GITHUB = re.compile(r"gh[pousr]_|github_pat")
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----")
_WHOLE_PRIVATE_KEY = re.compile(rf"{_PRIVATE_KEY.pattern}.*?(?:-----END [A-Z ]+-----|\Z)", re.DOTALL)
_SECRET_NAME = re.compile(
    r"(?:^|[_-])(?:api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?key|apikey|secret|token|password|passwd|pwd|"
    r"authorization|credentials?)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SCHEME = re.compile(r"(?:Bearer|Basic|Token|ApiKey)\s+", re.IGNORECASE)
_RANDOM = re.compile(r"[A-Za-z0-9_+/=.~-]{12,}")
_PLACEHOLDER = re.compile(
    r"example|placeholder|change.?me|your|xxxx|redacted|dummy|sample|insert|replace|todo|secret_?name|\.\.\.|0000|1234567|abcdef|[<>{}*$]",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"[0-9]")
_SHORTEST = 12
_SHORTEST_MARKED = 8
_BY_NAME = "a secret, by its name and looks,"
_LEAST_ENTROPY = 3.0
_LEAST_LETTERS = 6


_Found = tuple[str, str, Scalar, Part]


_SECRET_WORDS = ("access", "secret", "private", "auth", "token", "passw", "pwd", "credential")
_KEY_WORDS = ("apikey", "api_key", "api-key")
"""Every key that is called as if it had a secret holds one of these, in small letters."""


def _scalars(part: Part, snapshot: Snapshot) -> list[_Found]:
    """Every scalar value of a part that may hold a secret, with the key that it stands under, lists looked through."""
    written = snapshot.text_around(part)
    if written is not None and not _may_hold_secret(written):
        return []
    long: list[_Found] = []
    for document, mapping in mappings.items(part, snapshot):
        for pair in mapping.pairs:
            value = pair.value
            if type(value) is Scalar:
                if len(value.text) >= _SHORTEST_MARKED:
                    long.append((document, pair.name or "", value, part))
            elif isinstance(value, Sequence):
                long += [
                    (document, pair.name or "", item, part) for item in snapshot.own_items(value) if _is_long(item)
                ]
    return [
        found
        for found in long
        if _MARK.search(found[2].text) or (_may_be_secret(found[1]) and _DIGIT.search(found[2].text))
    ]


@lru_cache(maxsize=4)
def _may_hold_secret(written: str) -> bool:
    """Whether there is what every secret has: a mark, or a key that is called so."""
    if "\\" in written or _may_have_marks(written):  # what is escaped may be anything
        return True
    small = written.lower()
    for word in (*_SECRET_WORDS, *(_KEY_WORDS if "key" in small else ())):  # noqa: SIM110 - as below
        if word in small:
            return True
    return False


def _is_long(item: Node) -> TypeGuard[Scalar]:
    return isinstance(item, Scalar) and len(item.text) >= _SHORTEST_MARKED


def _may_have_marks(text: str) -> bool:
    """Whether a text has a part of a mark; words are found much quicker than a pattern, and characters than words."""
    for character, words in _IN_MARKS:
        if character in text:
            for word in words:
                if word in text:
                    return True
    return _OF_GITHUB.search(text) is not None


@lru_cache(maxsize=1024)
def _may_be_secret(name: str) -> bool:
    """Whether a key is called as if it had a secret."""
    return _SECRET_NAME.search(_CAMEL.sub("_", name)) is not None


def check(found: _Found, snapshot: Snapshot) -> Iterator[Report]:
    """Report the secrets that one scalar holds."""
    document, name, scalar, part = found
    for what, within in _secrets_in(scalar, name):
        if what is _BY_NAME and any(use.scalar is scalar for use in _uses_near(scalar, part, snapshot)):
            continue
        span = scalar.span_of(within)
        if "\n" in scalar.text[within.start : within.end]:
            span = Span(span.start, scalar.offset_at(within.start) + 1)
        workflow = _workflow_at(document, span, snapshot)
        advice = "read it as SECRET.name" if workflow is not None else "name where it is kept"
        message = f"{what} is written here: keep it out of the document, and {advice}"
        fixes = partial(_fixes, found, within, workflow, snapshot)
        yield Report(document, span, message, fixes=fixes)


def _uses_near(scalar: Scalar, part: Part, snapshot: Snapshot) -> Iterable[Use]:
    """The references that may stand in a scalar: those of its part, or all where an anchor may take it elsewhere."""
    return snapshot.uses if "&" in scalar.origin.text else snapshot.uses_of(part)


def _secrets_in(scalar: Scalar, name: str) -> list[tuple[str, Span]]:
    """What each secret is, and where it stands in the scalar's text, in the order in which they are written."""
    marked = _marked_secrets(scalar.text) if _MARK.search(scalar.text) else []
    if marked or len(scalar.text) < _SHORTEST or not _DIGIT.search(scalar.text):
        return marked
    if scalar.style in {Style.LITERAL, Style.FOLDED} or not _may_be_secret(name):
        return []
    text = scalar.text
    scheme = _SCHEME.match(text)
    start = scheme.end() if scheme is not None else 0
    value = text[start:].rstrip()
    is_secret = (
        isinstance(scalar.value, str)
        and _RANDOM.fullmatch(value)
        and _looks_random(value)
        and not _is_placeholder(value)
    )
    return [(_BY_NAME, Span(start, start + len(value)))] if is_secret else []


@cache
def _anywhere() -> tuple[tuple[str, re.Pattern[str], int], ...]:
    """What secrets look like, each with the group that is the secret; compiled when a text may hold one."""
    border = "[A-Za-z0-9_-]"
    shapes = ((what, re.compile(f"(?<!{border})(?:{pattern})(?!{border})"), 0) for what, pattern in _SHAPES)
    in_url = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:/@?#]*:([^\s/@?#]{3,})@", re.IGNORECASE)
    return (*shapes, ("a password", in_url, 1))


def _marked_secrets(text: str) -> list[tuple[str, Span]]:
    """Secrets that are known by their shapes, wherever they stand; of two that overlap, the one of the earlier shape."""
    found = [("a private key", Span(*key.span())) for key in _PRIVATE_KEY.finditer(text)]
    taken = [Span(*key.span()) for key in _WHOLE_PRIVATE_KEY.finditer(text)]
    for what, shape, group in _anywhere():
        for match in shape.finditer(text):
            span = Span(*match.span(group))
            index = bisect_right(taken, span)
            is_free = not any(_overlap(span, other) for other in taken[max(0, index - 1) : index + 1])
            if is_free and not _is_placeholder(match[group]):
                taken.insert(index, span)
                found.append((what, span))
    return sorted(found, key=lambda one: one[1])


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _is_placeholder(text: str) -> bool:
    return _PLACEHOLDER.search(text) is not None or len(set(text.casefold())) < _LEAST_LETTERS


def _looks_random(text: str) -> bool:
    """Whether a text has letters and digits and is as disordered as something drawn at random."""
    has_both = any(character.isdigit() for character in text) and any(character.isalpha() for character in text)
    counts = Counter(text)
    entropy = -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())
    return has_both and entropy >= _LEAST_ENTROPY


def _workflow_at(document: str, span: Span, snapshot: Snapshot) -> Workflow | None:
    workflows = (workflow for workflow in snapshot.bundle.workflows if workflow.document == document)
    return next((workflow for workflow in workflows if workflow.root.span.contains(span.start)), None)


def _fixes(found: _Found, within: Span, workflow: Workflow | None, snapshot: Snapshot) -> tuple[Fix, ...]:
    """Move the value to a declared secret, where the place is read for references."""
    document, name, scalar, part = found
    if workflow is None or workflow.root.damaged or not _is_read_for_references(scalar, part, snapshot):
        return ()
    secret = _free_name(name, workflow)
    declaration = declare_secret(workflow, secret, text_of(snapshot, document))
    if declaration is None or "\n" in scalar.source:
        return ()
    edits = tuple(_replacing(document, scalar, scalar.span_of(within), f"${{SECRET.{secret}}}"))
    if not edits:
        return ()
    title = f"Read it as SECRET.{secret}, kept in the environment as {environment_name(secret)}"
    return (Fix(title, (declaration, *edits)),)


def _replacing(document: str, scalar: Scalar, span: Span, reference: str) -> Iterator[Edit]:
    """Edits that put a reference in the place of a secret; a plain value is put in quotes, where that is done easily.

    What else stands in the value, and may be another secret, is in none of them.
    """
    if scalar.style is not Style.PLAIN:
        yield Edit(Place(document, span), reference)
        return
    if '"' in scalar.text or "\\" in scalar.text:
        return
    start, end = scalar.content_span
    if start < span.start:
        yield Edit(Place(document, Span(start, start)), '"')
    opening, closing = '"' * (start == span.start), '"' * (end == span.end)
    yield Edit(Place(document, span), f"{opening}{reference}{closing}")
    if span.end < end:
        yield Edit(Place(document, Span(end, end)), '"')


def _free_name(name: str, workflow: Workflow) -> str:
    wanted = re.sub(r"[^A-Za-z0-9]+", "_", _CAMEL.sub("_", name)).strip("_").lower() or "secret"
    wanted = wanted if wanted[0].isalpha() else f"secret_{wanted}"
    free = wanted
    number = 2
    while free in workflow.secrets:
        free = f"{wanted}_{number}"
        number += 1
    return free


def _is_read_for_references(scalar: Scalar, part: Part, snapshot: Snapshot) -> bool:
    return any(
        scalar is inner
        for visit in (snapshot.visits if "&" in scalar.origin.text else snapshot.visits_of(part))
        if references_of(visit.type) is not References.NONE and visit.node.span.contains(scalar.span.start)
        for inner in scalars_at(visit)
    )


RULE = Rule(
    "MFO801",
    "hard-coded-secret",
    Severity.ERROR,
    select.Selector(WRITTEN, _scalars),
    check,
    topics=("security",),
    fix="unsafe",
)
