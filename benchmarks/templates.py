"""Compares our Go templates with jinja2's on a prompt of forty lines: ratios of the best times in one run."""

from __future__ import annotations

import timeit

import jinja2

from mfo_dialect.templates import parse

GO = """\
You are an assistant of {{ .company.name }}. Today is {{ .date }}.
{{- /* Who is asked */}}
The customer is {{ .customer.name }} ({{ .customer.email | lower }}).
{{ if .customer.vip }}
Treat this customer with particular care.
{{ else if .customer.new }}
Welcome this customer.
{{ else }}
Answer politely.
{{ end }}

# Order {{ .order.id }}
Placed: {{ .order.placed }}
State: {{ .order.state }}
Total: {{ .order.total }} {{ .order.currency }}

## Items
{{ range $index, $item := .order.items }}
- {{ $index }}: {{ $item.name }} x {{ $item.count }}, {{ $item.price }}
{{ if $item.note }}  Note: {{ $item.note }}{{ end }}
{{ end }}

## History
{{ range .history }}
{{ .role }}: {{ .text }}
{{ end }}

{{ with .complaint }}
The customer complains:
{{ .text }}
Severity: {{ .severity }}
{{ end }}

## Rules
{{ range .rules }}
* {{ . }}
{{ end }}
{{ if and .strict .customer.vip }}Escalate when in doubt.{{ end }}
{{ if eq .order.state "late" }}Apologise for the delay.{{ end }}
Answer in {{ .language | default "English" }} with at most {{ .limit }} words.
"""

JINJA = """\
You are an assistant of {{ company.name }}. Today is {{ date }}.
{#- Who is asked #}
The customer is {{ customer.name }} ({{ customer.email | lower }}).
{% if customer.vip %}
Treat this customer with particular care.
{% elif customer.new %}
Welcome this customer.
{% else %}
Answer politely.
{% endif %}

# Order {{ order.id }}
Placed: {{ order.placed }}
State: {{ order.state }}
Total: {{ order.total }} {{ order.currency }}

## Items
{% for item in order["items"] %}
- {{ loop.index0 }}: {{ item.name }} x {{ item.count }}, {{ item.price }}
{% if item.note %}  Note: {{ item.note }}{% endif %}
{% endfor %}

## History
{% for entry in history %}
{{ entry.role }}: {{ entry.text }}
{% endfor %}

{% if complaint %}
The customer complains:
{{ complaint.text }}
Severity: {{ complaint.severity }}
{% endif %}

## Rules
{% for rule in rules %}
* {{ rule }}
{% endfor %}
{% if strict and customer.vip %}Escalate when in doubt.{% endif %}
{% if order.state == "late" %}Apologise for the delay.{% endif %}
Answer in {{ language | default("English") }} with at most {{ limit }} words.
"""

DATA = {
    "company": {"name": "Acme"},
    "date": "2024-05-01",
    "customer": {"name": "Ann", "email": "Ann@Example.org", "vip": True, "new": False},
    "order": {
        "id": "A-17",
        "placed": "2024-04-20",
        "state": "late",
        "total": 99.5,
        "currency": "EUR",
        "items": [
            {"name": f"item {n}", "count": n, "price": n * 2.5 + 0.25, "note": "" if n % 2 else "gift"}
            for n in range(6)
        ],
    },
    "history": [{"role": "user", "text": f"message {n}"} for n in range(8)],
    "complaint": {"text": "It is late.", "severity": 3},
    "rules": ["Be brief.", "Be kind.", "Quote the order."],
    "strict": True,
    "limit": 200,
}


def best(call: object, number: int) -> float:
    return min(timeit.repeat(call, number=number, repeat=7)) / number  # pyright: ignore[reportArgumentType]


def check_from_source() -> object:
    template = parse(GO)
    return template.problems, template.reads


def main() -> None:
    ours, theirs = parse(GO), jinja2.Template(JINJA)
    same = [" ".join(text.split()) for text in (ours.render(DATA), theirs.render(DATA))]
    assert same[0] == same[1], "the two prompts must say the same"
    environment = jinja2.Environment(autoescape=False)
    render = best(lambda: ours.render(DATA), 500), best(lambda: theirs.render(DATA), 500)
    check = best(check_from_source, 40), best(lambda: environment.compile(JINJA), 40)
    compiled = best(lambda: parse(GO).render(DATA), 40)
    print(
        f"render prepared: {render[0] * 1e6:8.1f} us, jinja2 {render[1] * 1e6:8.1f} us, ratio {render[0] / render[1]:.2f}"
    )
    print(
        f"parse and check: {check[0] * 1e6:8.1f} us, jinja2 {check[1] * 1e6:8.1f} us, ratio {check[0] / check[1]:.2f}"
    )
    print(f"parse and render from source: {compiled * 1e6:8.1f} us")


if __name__ == "__main__":
    main()
