"""What the catalogue declares at a path of the project file, and words about rules and about what selects them."""

from __future__ import annotations

from mfo_dialect.catalogue.config_keys import PROJECT_FILE
from mfo_dialect.catalogue.values import EitherType, Key, ListType, MapType, SchemaType, ValueType
from mfo_dialect.rules import RULES
from mfo_dialect.rules.choosing import ALL, DEFAULT, is_family, rule_names
from mfo_dialect.rules.rule import Rule
from mfo_dialect.syntax.toml_places import Steps
from mfo_lsp.features.completion.schema_keys import SCHEMA_KEYS
from mfo_lsp.features.documentation import code, paragraphs
from mfo_workspace.outcome import RULE_URL

_SECTION = "\n## "
_MOST_NAMED = 12


def declared_at(path: Steps) -> ValueType | None:
    """The type of the value at a path below the project's table; None where nothing is declared."""
    found: ValueType | None = PROJECT_FILE
    for step in path:
        match _opened(found):
            case MapType() as around:
                key = next((key for key in around.keys if key.name == step), None)
                found = key.type if key is not None else around.others
            case ListType(item=item) if isinstance(step, int):
                found = item
            case _:
                return None
    return found


def map_at(path: Steps) -> MapType | None:
    """The declaration of the table at a path."""
    found = _opened(declared_at(path))
    return found if isinstance(found, MapType) else None


def key_at(path: Steps) -> Key | None:
    """The declared key at a path; None for names that are free, such as those of task types."""
    around = map_at(path[:-1]) if path else None
    return next((key for key in around.keys if key.name == path[-1]), None) if around is not None else None


def _opened(declared: ValueType | None) -> ValueType | None:
    """A type as its keys are written: a schema's are those of JSON Schema."""
    match declared:
        case SchemaType():
            return SCHEMA_KEYS
        case EitherType(options=options):
            return next((_opened(option) for option in options if isinstance(option, MapType | SchemaType)), declared)
        case _:
            return declared


def rule_called(name: str) -> Rule | None:
    """The rule with a code or a name."""
    wanted = rule_names(RULES).get(name)
    return next((rule for rule in RULES if rule.code == wanted), None)


def of_rule(rule: Rule) -> str:
    """A rule: what it finds, how much that weighs, and where its page is."""
    found = rule.page.partition("## What it finds\n")[2].partition(_SECTION)[0]
    names = ", ".join(code(name) for name in rule.more_names)
    weight = rule.severity.word if rule.enabled else f"{rule.severity.word}, where it is asked for"
    return paragraphs(
        f"**{rule.code} {rule.name}** \u2014 {weight}",
        " ".join(found.replace("``", "`").split()) or rule.summary,
        f"Also called {names}." if names else "",
        f"[Its page]({RULE_URL.format(code=rule.code)})",
    )


def of_selector(selector: str) -> str:
    """What selects rules: one of them, a family, a tag, all; empty where it selects none."""
    rule = rule_called(selector)
    if rule is not None:
        return of_rule(rule)
    if selector in {ALL, DEFAULT}:
        return f"**{selector}** \u2014 {'all rules' if selector == ALL else 'the rules that run where nothing is said'}"
    chosen = [one for one in RULES if selector in one.tags or (is_family(selector) and one.code.startswith(selector))]
    if not chosen:
        return ""
    named = ", ".join(f"{one.code} {one.name}" for one in chosen[:_MOST_NAMED])
    more = f" and {len(chosen) - _MOST_NAMED} more" if len(chosen) > _MOST_NAMED else ""
    return paragraphs(f"**{selector}** \u2014 {len(chosen)} rule{'' if len(chosen) == 1 else 's'}", f"{named}{more}.")
