"""A text is written in a way that other YAML tools read as something else.

## What it finds

Words such as ``yes``, ``no``, ``on`` and ``off``, times such as ``1:30`` and numbers with leading zeros such as ``0755``,
written without quotes where a text is meant: in names, ids, descriptions, prompts, the choices of a question. YAML 1.1
made booleans of the words, a number of seconds or minutes of the time, and octal 493 of ``0755``; YAML 1.2, which counts here, reads
the first two as text and ``0755`` as the number 755. A number with leading zeros is reported wherever a value stands.

## Why it matters

What the text means depends on the tool that reads it, and leading zeros are lost.

## Bad

```yaml workflow.yml
name: doors
tasks:
  - id: ask
    type: ask_user
    config:
      question: Open the door?
      choices: [yes, later]
      #         ^^^ MFO106 quotes
  - id: note
    type: mfo_api_memory_store
    config:
      key: code
      value: 0755
      #      ^^^^ MFO106 leading zeros
```

## Good

```yaml workflow.yml
name: doors
tasks:
  - id: ask
    type: ask_user
    config:
      question: Open the door?
      choices: ["yes", later]
  - id: note
    type: mfo_api_memory_store
    config:
      key: code
      value: "0755"
```

## Fix

Put the text in quotes.
"""

from __future__ import annotations

from collections.abc import Iterator

from mfo_dialect.analysis.parts import WRITTEN
from mfo_dialect.analysis.snapshot import Snapshot
from mfo_dialect.analysis.sure_values import LEADING_ZEROS, SEXAGESIMAL, WORD_OF_YAML_11
from mfo_dialect.analysis.visits import Visit, scalars_at
from mfo_dialect.catalogue.values import AnyType, Format, Key, MapType, SchemaType, TextType, ValueType
from mfo_dialect.findings import Severity
from mfo_dialect.model.access import items_at, text_at
from mfo_dialect.rules.doubtful_values import doubtful_where
from mfo_dialect.rules.fixes import replace_text
from mfo_dialect.rules.rule import Report, Rule
from mfo_dialect.rules.select import Selector
from mfo_dialect.rules.text.walking import nodes_below
from mfo_dialect.syntax import Mapping, Scalar, Sequence, Style

_LONGEST = 32
_STARTS_OF_NUMBERS = frozenset("+-0")
_JUDGED_ELSEWHERE = {Format.DURATION, Format.CRON, Format.TIMEZONE, Format.EXPRESSION, Format.OUTPUT_PATH}


def check(visit: Visit, _snapshot: Snapshot) -> Iterator[Report]:
    """Report the scalars of one value that are not surely read as the text that they look like."""
    for scalar in _texts(visit):
        yield from _report(visit.document, scalar, is_text=True)
    match visit.type:
        case TextType(choices=(), format=kind) if kind not in _JUDGED_ELSEWHERE and isinstance(visit.node, Scalar):
            yield from _report(visit.document, visit.node, is_text=True)
        case AnyType() if not isinstance(visit.container, Sequence):
            for scalar in scalars_at(visit):
                if scalar.text[:1] in _STARTS_OF_NUMBERS:
                    yield from _report(visit.document, scalar, is_text=False)
        case _:
            return


def _report(document: str, scalar: Scalar, *, is_text: bool) -> Iterator[Report]:
    text = scalar.text
    if len(text) > _LONGEST or scalar.style is not Style.PLAIN or scalar.tag is not None:
        return
    if LEADING_ZEROS.fullmatch(text):
        value = scalar.value
        message = f"{text} is the number {value}, or another one for other YAML tools: its leading zeros are lost; put it in quotes to keep them"
    elif is_text and WORD_OF_YAML_11.fullmatch(text):
        message = f'"{text}" is text here, but a boolean for YAML 1.1 tools: put it in quotes'
    elif is_text and SEXAGESIMAL.fullmatch(text):
        message = f'"{text}" is text here, but a number in base 60 for YAML 1.1 tools: put it in quotes'
    else:
        return
    span = scalar.content_span
    yield Report(
        document, span, message, fixes=(replace_text(document, span, f'"{text}"', "Put it in quotes", safe=is_text),)
    )


def _texts(visit: Visit) -> Iterator[Scalar]:
    """Texts that a map or list holds where no text is declared: names that are keys, choices, enums of strings."""
    node = visit.node
    if isinstance(visit.type, MapType) and visit.type.key_names is not None and isinstance(node, Mapping):
        yield from (pair.key for pair in node.pairs if isinstance(pair.key, Scalar))
    elif visit.key is not None and visit.key.name == "choices" and isinstance(node, Sequence):
        yield from (item for item in node if isinstance(item, Scalar))
    elif isinstance(visit.type, SchemaType):
        for schema in nodes_below(node):
            kind = text_at(schema, "type") if isinstance(schema, Mapping) else None
            if isinstance(schema, Mapping) and kind is not None and kind.text == "string":
                yield from (item for item in items_at(schema, "enum") if isinstance(item, Scalar))


def _is_text(declared: ValueType, key: Key | None) -> bool:
    """Whether texts are declared at a place, or anything that may be one."""
    match declared:
        case TextType(choices=choices, format=kind):
            return not choices and kind not in _JUDGED_ELSEWHERE
        case MapType(key_names=names):
            return names is not None
        case _:
            return isinstance(declared, (AnyType, SchemaType)) or (key is not None and key.name == "choices")


RULE = Rule(
    "MFO106",
    "yaml11-surprise",
    Severity.WARNING,
    Selector(WRITTEN, doubtful_where(_is_text), is_doubtful=True),
    check,
    fix="safe",
)
