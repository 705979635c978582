"""Links as the words that can be clicked and where they lead."""

from __future__ import annotations

import fnmatch

from mfo_dialect.analysis.snapshot import Snapshot
from mfo_lsp.features.document_links import document_links
from tests.rules.checking import bundle_of

PROJECT = """\
baseline = "known.json"  # https://example.com/baseline.
[bundle]
prompts = ["shared/*.yml", "one/only.yml", "none/*.yml"]
agents = ["lonely/*.yml"]
exclude = ["known.json"]
[task_types.stamp]
module = "post.stamps:stamp"
[task_types.seal]
module = "post:seal"
[task_types.gone]
module = "gone:gone"
[servers.here]
url = "http://localhost:8080/api"
"""
PATHS = [
    "known.json", "shared/a.yml", "shared/b.yml", "one/only.yml", "lonely/x.yml", "post/stamps.py", "post/__init__.py",
]  # fmt: skip


class Disk:
    def exists(self, path):
        return path in PATHS

    def glob(self, directory, pattern):
        return [path for path in PATHS if fnmatch.fnmatch(path, pattern)]


def links(text, document):
    snapshot = Snapshot(bundle_of({document: text}))
    return [
        (text[link.span.start : link.span.end], link.target, link.tooltip)
        for link in document_links(snapshot, document, Disk())
    ]


def test_the_project_file_leads_to_what_it_names():
    assert links(PROJECT, "mfo.toml") == [
        ("known.json", "known.json", ""),
        ("https://example.com/baseline", "https://example.com/baseline", ""),
        ("shared/*.yml", "shared", "shared/a.yml, shared/b.yml"),
        ("one/only.yml", "one/only.yml", ""),
        ("lonely/*.yml", "lonely/x.yml", "lonely/x.yml"),
        ("post.stamps:stamp", "post/stamps.py", "stamp in post/stamps.py"),
        ("post:seal", "post/__init__.py", "seal in post/__init__.py"),
        ("http://localhost:8080/api", "http://localhost:8080/api", ""),
    ]


def test_addresses_lead_out_unless_they_go_on_with_a_reference():
    text = (
        "name: a\n# see (https://example.com/a_(b)?c=1#d).\ntasks:\n  - id: a\n    type: http_request\n"
        '    config: {url: "https://example.com/${INPUT.x}"}\n  - id: b\n    type: http_request\n'
        "    config: {url: 'https://example.com/all'}\n  - id: c\n    type: http_request\n    config: {url: https://}\n"
    )
    assert [target for _, target, _ in links(text, "workflow.yml")] == [
        "https://example.com/a_(b)?c=1#d",
        "https://example.com/all",
    ]


def test_a_project_file_that_is_no_toml_has_only_addresses():
    assert links('x = [\nsee = "http://a.b"\n', "mfo.toml") == [("http://a.b", "http://a.b", "")]
