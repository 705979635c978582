"""The project file: what is wrong in it is said at its place, and the rest of it counts."""

import pytest

from mfo_dialect.findings import Finding
from mfo_dialect.model.project import read_project
from mfo_dialect.model.rule_settings import RuleSettings
from mfo_dialect.syntax.toml import read_toml
from tests.rules.told import told

FLOW = "name: flow\ntasks:\n  - id: a\n    type: mfo_api_tool_list\n"


def findings(project: str) -> tuple[Finding, ...]:
    return told({"workflow.yml": FLOW, "mfo.toml": project})


WRONG = [
    ("[rules]\nMFO999x = 'off'\n", "MFO999x", "there is no rule"),
    ("[rules]\nMFO402 = 'of'\n", "of", 'did you mean "off"'),
    ("[rules]\nMFO402 = 3\n", "3", "must be"),
    ("rules = 3\n", "3", "must be a map"),
    ("[bundel]\n", "bundel", 'did you mean "bundle"'),
    ("[bundle]\nprompts = 'x'\n", "x", "must be a list"),
    ("[bundle]\nprompts = ['a',\n '']\n", "", "is empty"),
    ("bundle = { prompt = ['x'] }\n", "prompt", 'did you mean "prompts"'),
    ("[task_types.x]\nmodul = 'a:b'\n", "modul", 'did you mean "module"'),
    (
        '[task_types."my type"]\n[task_types."my type".outputs]\ntype="object"\n[task_types."my type".nope]\n',
        "nope",
        "no key",
    ),
    ("[servers.local]\n", "local", 'needs the key "base_url"'),
    ("[budgets]\nmax_tokens = 0\n", "0", "whole number"),
    ("[budgets]\nmax_tokens = true\n", "true", "whole number"),
    ("[budgets]\nmax_cost = 'x'\n", "x", "a number"),
    ("[check]\nselect = [\n  'MFO4', # c\n  'MFO77',\n]\n", "MFO77", "there is no rule, family or tag"),
]


@pytest.mark.parametrize(("text", "underlined", "words"), WRONG)
def test_what_is_wrong_is_said_where_it_is_written(text: str, underlined: str, words: str) -> None:
    (finding,) = findings(text)
    assert finding.code == "MFO902"
    assert text[slice(*finding.place.span)].strip("\"'") == underlined
    assert words in finding.message


BROKEN = ["[rules", "a = ", "a = 1\na = 2\n", "x\n", "a = '\n", "[" * 5000, "a = " + "[" * 5000, "\x00", "a = 1 b = 2"]


@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_toml_is_one_finding_inside_the_text(text: str) -> None:
    (finding,) = findings(text)
    assert "not TOML" in finding.message
    assert 0 <= finding.place.span.start <= finding.place.span.end <= len(text)


def test_all_is_well() -> None:
    text = (
        "[bundle]\nprompts = ['shared/*.yml']\nexclude = ['x']\n[rules]\nMFO402 = 'warning'\nunknown-key = 'off'\n"
        "[task_types.fetch]\ndescription = 'd'\nconfig = {properties = {url = {type = 'string'}}}\nmodule = 'a:b'\n"
        "[servers.prod]\nbase_url = 'https://x'\n[budgets]\nmax_tokens = 5\nmax_cost = 0.5\n"
    )
    assert not findings(text)


def test_keys_know_their_places() -> None:
    text = (
        '# top\n[tool.mfo]\r\nrules = {a = 1}\n[tool.mfo.task_types."my x"]\ndoc = """\nfake = 1\n"""\nmodule = "m"\n'
    )
    document = read_toml(text)
    assert document.problem is None
    found = {".".join(path): text[slice(*place)] for path, (place, *_) in document.places.keys.items()}
    assert found["tool.mfo.rules"] == "rules"
    assert found["tool.mfo.task_types.my x.module"] == "module"
    assert not any("fake" in name for name in found)
    assert text[slice(*document.place_of(("tool", "mfo", "rules", "a")))] == "a"
    assert document.place_of(("tool", "mfo", "rules", "b")) == document.place_of(("tool", "mfo", "rules"))
    assert text[slice(*document.value_of(("tool", "mfo", "rules", "a")))] == "1"


def test_the_table_of_a_shared_file_is_the_project() -> None:
    text = "[project]\nname = 'x'\n[tool.mfo.rules]\nMFO402 = 'off'\n"
    project = read_project(text, "pyproject.toml", ("tool", "mfo"))
    assert project.rule_settings == RuleSettings(severities=(("MFO402", "off"),))
    assert text[slice(*project.place_of("rules", "MFO402"))] == "MFO402"


@pytest.mark.parametrize(
    ("declaration", "keys", "closed"),
    [
        ("config = {properties = {url = {}, n = {}}, required = ['url']}", {"url": True, "n": False}, True),
        ("config = {properties = {url = {}}, additionalProperties = true}", {"url": False}, False),
        ("config = {type = 'object'}", {}, False),
        ("", {}, False),
        ("config = 3", {}, False),
    ],
)
def test_a_custom_type_has_the_keys_of_its_schema(declaration: str, keys: dict, closed: bool) -> None:
    declared = read_project(f"[task_types.x]\n{declaration}\n", "mfo.toml").task_types["x"]
    assert {key.name: key.required for key in declared.config.keys} == keys
    assert (declared.config.others is None) == closed
