"""A flow that answers letters, and its prompts."""

from __future__ import annotations

FLOW = """\
name: letters
tasks:
  - id: fetch_letter
    type: mfo_api_memory_get
    config: {key: letter}
  - id: answer
    type: mfo_api_chat_send
    config:
      prompt_template_id: draft
      prompt_context: {letter: "${fetch_letter.value}"}
    dependencies: [fetch_letter]
"""
PROMPTS = """\
templates:
  draft:
    user_prompt: "Answer this: {{ .letter }}"
"""
