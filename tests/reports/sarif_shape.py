"""The constraints of SARIF 2.1.0 on the parts that our reports have, as a JSON Schema; every object is closed.

Written down from the standard's text; ``test_sarif_official.py`` asks the official schema, where packages can be had. Objects are closed here too,
so that a property that the standard does not know cannot slip in.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]


def closed(required: tuple[str, ...], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "additionalProperties": False,
        "properties": {**properties, "properties": {"$ref": "#/$defs/properties"}},
    }


def some(item: Schema, *, least: int = 0, unique: bool = False) -> Schema:
    return {"type": "array", "items": item, "minItems": least, "uniqueItems": unique}


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


TEXT: Schema = {"type": "string"}
URI: Schema = {"type": "string", "pattern": "^[!#-\\[\\]_a-z~]*(?:%[0-9A-F]{2}[!#-\\[\\]_a-z~]*)*$"}
INDEX: Schema = {"type": "integer", "minimum": 0}
FROM_ONE: Schema = {"type": "integer", "minimum": 1}
LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}
LOCATION = closed((), id=INDEX, physicalLocation=ref("physicalLocation"), message=ref("message"))

SARIF: Schema = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **closed(
        ("version", "runs", "$schema"),
        **{
            "$schema": {
                "const": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
            }
        },
        version={"const": "2.1.0"},
        runs=some(ref("run")),
    ),
    "$defs": {
        "properties": {
            "type": "object",
            "properties": {"tags": some(TEXT, unique=True)},
        },
        "run": closed(
            ("tool",),
            tool=closed(("driver",), driver=ref("driver")),
            columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            newlineSequences=some({"type": "string", "minLength": 1}, least=1, unique=True),
            defaultEncoding=TEXT,
            originalUriBaseIds={"type": "object", "additionalProperties": ref("artifactLocation")},
            artifacts=some(closed((), location=ref("artifactLocation")), unique=True),
            results=some(ref("result")),
        ),
        "driver": closed(("name",), name=TEXT, version=TEXT, informationUri=URI, rules=some(ref("rule"), unique=True)),
        "rule": closed(
            ("id",),
            id=TEXT,
            name=TEXT,
            shortDescription=ref("words"),
            help=ref("words"),
            helpUri=URI,
            defaultConfiguration=closed((), enabled={"type": "boolean"}, level=LEVEL),
        ),
        "words": closed(("text",), text=TEXT, markdown=TEXT),
        "message": closed(("text",), text=TEXT, markdown=TEXT),
        "result": closed(
            ("message",),
            ruleId=TEXT,
            ruleIndex=INDEX,
            level=LEVEL,
            message=ref("message"),
            locations=some(LOCATION),
            relatedLocations=some(LOCATION, unique=True),
            codeFlows=some(
                closed(
                    ("threadFlows",),
                    threadFlows=some(
                        closed(("locations",), locations=some(closed((), location=LOCATION), least=1)), least=1
                    ),
                )
            ),
            partialFingerprints={"type": "object", "additionalProperties": TEXT},
            fixes=some(ref("fix"), unique=True),
        ),
        "physicalLocation": closed(
            ("artifactLocation",), artifactLocation=ref("artifactLocation"), region=ref("region")
        ),
        "artifactLocation": closed((), uri=URI, uriBaseId=TEXT, index=INDEX, description=ref("message")),
        "region": closed(
            ("startLine",), startLine=FROM_ONE, startColumn=FROM_ONE, endLine=FROM_ONE, endColumn=FROM_ONE
        ),
        "fix": closed(
            ("artifactChanges",),
            description=ref("message"),
            artifactChanges=some(
                closed(
                    ("artifactLocation", "replacements"),
                    artifactLocation=ref("artifactLocation"),
                    replacements=some(
                        closed(
                            ("deletedRegion",),
                            deletedRegion=ref("region"),
                            insertedContent=closed((), text=TEXT),
                        ),
                        least=1,
                    ),
                ),
                least=1,
                unique=True,
            ),
        ),
    },
}
