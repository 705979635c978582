"""Reading a template by either engine, and rendering one at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mfo_dialect.templates.template import GoTemplate, Template

if TYPE_CHECKING:
    from mfo_dialect.templates.execution import Clock, MissingKey


def parse(source: str, *, name: str = "prompt") -> GoTemplate:
    """Read a Go template; never fails, whatever the text.

    Args:
        source: The template's text.
        name: The name under which the template can call itself.

    Returns:
        The tree, all problems, the variables it reads, and the way to render it.
    """
    return GoTemplate(source, name)


def parse_jinja(source: str) -> Template:
    """Read a jinja2 template; never fails, whatever the text.

    Args:
        source: The template's text.

    Returns:
        The problems, the variables it reads, and the way to render it.
    """
    from mfo_dialect.templates.jinja import JinjaTemplate  # noqa: PLC0415 - jinja2 loads only where a template asks for it

    return JinjaTemplate(source)


def render(
    source: str, data: Any, *, missingkey: MissingKey = "default", clock: Clock | None = None, name: str = "prompt"
) -> str:
    """Parse and render a Go template once.

    Args:
        source: The template's text.
        data: What the cursor is at the start: None, bool, int, float, str, list or dict, nested as one likes.
        missingkey: What a map without the key gives: ``default`` prints ``<no value>``, ``zero`` is null, ``error``
            fails; ``invalid`` is Go's other word for ``default``.
        clock: Tells the time to ``now``; the system's clock where it is None.
        name: The name under which the template can call itself.

    Raises:
        TemplateError: The text is no template (stage ``parse``) or rendering failed (stage ``exec``).
    """
    return parse(source, name=name).render(data, missingkey=missingkey, clock=clock)
