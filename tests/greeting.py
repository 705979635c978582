"""A flow that greets, and its prompt template in Markdown."""

from __future__ import annotations

FLOW = (
    "name: greet\ntasks:\n  - id: hello\n    type: mfo_api_chat_send\n"
    "    config: {prompt_template_id: greeting, prompt_context: {who: Ann}}\n"
)
GREETING = "---\nvariables: [who]\n---\n\n# To {{ .who }}\n"
