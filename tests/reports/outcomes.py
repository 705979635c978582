"""Small outcomes of checks, built by hand."""

from __future__ import annotations

from mfo_dialect.findings import Edit, Finding, Fix, Place, Related, Severity, Tag
from mfo_dialect.text import LineIndex, Span
from mfo_workspace.outcome import CheckOutcome

LETTERS = "name: 😀 letters\r\ntasks:\r\n  - {id: é𝄞, type: transfrom}\r\n  - id: b\r\n    dependencies: [é𝄞, c]\r\n"
PROMPTS = "templates:\n  hello: {user_prompt: '{{ .nmae }}'}\n"


def place(document: str, text: str, needle: str) -> Place:
    """The first place where ``needle`` stands."""
    start = text.index(needle)
    return Place(document, Span(start, start + len(needle)))


TYPE = Finding(
    "MFO206",
    "unknown-task-type",
    Severity.ERROR,
    'no task type is called "transfrom"; did you mean "transform"?',
    place("/w/letters.yml", LETTERS, "transfrom"),
    fixes=(
        Fix('Change to "transform"', (Edit(place("/w/letters.yml", LETTERS, "transfrom"), "transform"),), safe=True),
        Fix(
            "Declare it in mfo.toml",
            (Edit(Place("/w/mfo.toml", Span(0, 0)), "[task_types.transfrom]\n"),),
        ),
    ),
)
NODE = Finding(
    "MFO302",
    "unknown-node",
    Severity.WARNING,
    'there is no node "c" | <b>\x1b[31m*here*</b>\n$x$ & `code`',
    Place("/w/letters.yml", Span(LETTERS.index("c]"), LETTERS.index("c]") + 1)),
    related=(Related(place("/w/letters.yml", LETTERS, "é𝄞"), "the nearest"),),
)
VARIABLE = Finding(
    "MFO605",
    "unused-variable",
    Severity.HINT,
    '"nmae" is never used',
    place("/w/prompts dir/é#1.yml", PROMPTS, ".nmae"),
    tags=(Tag.UNNECESSARY,),
)
REMARK = Finding(
    "MFO311", "partial-join", Severity.INFORMATION, "it runs anyway", place("/w/prompts dir/é#1.yml", PROMPTS, "hello")
)
NAMES = {"/w/letters.yml": "letters.yml", "/w/prompts dir/é#1.yml": "prompts dir/é#1.yml", "/w/mfo.toml": "mfo.toml"}
OUTCOME = CheckOutcome(
    (TYPE, NODE, REMARK, VARIABLE),
    NAMES,
    {"/w/letters.yml": LineIndex(LETTERS), "/w/prompts dir/é#1.yml": LineIndex(PROMPTS)},
    3,
)
NOTHING = CheckOutcome((), file_count=2)
