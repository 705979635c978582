"""A right bundle that holds one of nearly everything, in each spelling of references.

References are written ``@(path)`` where they are a whole value and ``@[path]`` inside text.
"""

from __future__ import annotations

import re
from collections.abc import Callable

WORKFLOW = """\
# Letters come in by a webhook and are answered
workflow_name: letters
description: "Reads letters and answers them"
version: "1.0"
global_configs:
  secrets:
    hook_secret: {env: HOOK_SECRET}
    page_token: {env: PAGE_TOKEN}
  env: [REGION]
triggers:
  - id: letter_came
    type: webhook
    enabled: true
    config:
      http_path: /letters
      http_method: POST
      secret_ref: hook_secret
      expected_payload_schema: letter
    target_taskflow: answer_letter
    input_mapping:
      document: @(TRIGGER.payload.text)
      sender: @(TRIGGER.payload.sender)
  - id: letter_again
    type: manual
    target_taskflow: answer_letter
    input_mapping:
      document: @(TRIGGER.payload.text)
      sender: somebody
  - id: every_morning
    type: schedule
    config:
      cron_expression: "0 7 * * 1-5"
      timezone: Europe/Paris
    target_taskflow: clean_up
    input_mapping:
      days: 30
  - id: job_ended
    type: event
    config:
      event_type: job.completed
    target_taskflow: clean_up
    input_mapping:
      days: 3
schemas:
  letter:
    type: object
    required: [text, sender]
    properties:
      text: {type: string}
      sender: {type: string}
taskflows:
  - taskflow_id: answer_letter
    name: "Answer a letter"
    config:
      max_concurrency: 4
      timeout: 30m
      max_iterations: 5
      on_failure: continue
      grace: 2s
    input_schema:
      type: object
      required: [document, sender]
      properties:
        document: {type: string}
        sender: {type: string}
    tasks:
      # what is known of the letter
      - id: read_sender
        name: "Read the sender"
        description: |
          Read what is known of the sender,
          then hand it on.
        type: mfo_api_memory_get
        config:
          key: "sender_@[INPUT.sender]"
          provider_id: default_memory
        priority: high
        timeout: 30s
      - id: read_rules
        type: mfo_api_resource_get
        config:
          resource_id: rules
        timeout: 30s
      - id: classify_letter
        type: mfo_api_chat_send
        config:
          prompt_template_id: classify
          include_tools: true
          prompt_context:
            subject: @(INPUT.document)
            previous: @(read_sender.value)
          error_handling:
            retry:
              max_attempts: 3
              backoff: exponential
              initial_delay: 1s
              retry_on: [timeout, rate_limited]
            on_error:
              - type: retry_with_prompt
                append_to_system_prompt: ask_again
                max_retries: 2
              - type: fallback
                model_id: small
        dependencies: [read_sender, read_rules]
        timeout: 30s
      - id: draft_answer
        type: mfo_api_chat_send
        config:
          prompt_template_id: draft
          prompt_context:
            subject: @(INPUT.document)
            rules: @(read_rules.resource.content)
            notes:
              - kind: @(classify_letter.tool_call_results.record_letter.kind)
              - deeper:
                  urgent: @(classify_letter.tool_call_results.record_letter.urgent)
        dependencies: [check_kind]
        timeout: 30s
      - id: refuse_letter
        type: mfo_api_tool_execute
        config:
          tool_id: send_refusal
          arguments:
            to: @(INPUT.sender)
            limit: 5
            options: {deep: true, tags: [a, b]}
        dependencies: [check_kind]
        timeout: 30s
      - id: file_letter
        type: mfo_api_memory_store
        config:
          key: last_letter
          value:
            text: |
              A letter from @[INPUT.sender],
              about @[classify_letter.tool_call_results.record_letter.kind]
              and no more.
            parts:
              - @(read_sender.value)
              - rules: @(read_rules.resource.content)
        dependencies: [classify_letter, draft_answer, refuse_letter]
        timeout: 30s
      - id: look_up_page
        type: http_request
        config:
          url: https://example.org/pages
          method: GET
          headers:
            Authorization: "Bearer @[SECRET.page_token]"
          query:
            region: @(ENV.REGION)
        outputs: [look_up_page.body]
        error_handling:
          retry:
            max_attempts: 2
        timeout: 10s
      - id: count_words
        type: transform
        config:
          values:
            words: "len(split(string(look_up_page.body), ' '))"
            first: "look_up_page.status"
        dependencies: [look_up_page]
      - id: tell_somebody
        type: mfo_api_notification_create
        config:
          title: "Page read"
          message: "There are @[count_words.words] words"
          level: info
        dependencies: [count_words]
      - id: hand_over
        type: mfo_agent_run
        config:
          agent_id: clerk
          task: "Look through the rules"
          context:
            rules: @(read_rules.resource.content)
          limits:
            max_tokens: 1000
            timeout: 1m
        dependencies: [read_rules]
      - id: start_job
        type: mfo_api_job_create
        config:
          job_type: index
          parameters: {days: 3}
      - id: look_at_job
        type: mfo_api_job_get
        config:
          job_id: @(start_job.job.id)
          wait: 30s
        dependencies: [start_job]
      - id: report_job
        type: mfo_api_memory_store
        config:
          key: job
          value: @(look_at_job.job.status)
        dependencies: [job_done]
      - id: ask_again_later
        type: ask_user
        config:
          question: "Go on with the page?"
          choices: [yes please, no thanks]
    conditions:
      - id: check_kind
        type: expr
        config:
          expression: "len(text) > limit && kind != 'done'"
          vars:
            text: @(INPUT.document)
            kind: @(classify_letter.tool_call_results.record_letter.kind)
            limit: 10
        dependencies: [classify_letter]
        successors: [draft_answer, refuse_letter]
      - id: job_done
        type: expr
        config:
          expression: look_at_job.job.status == "completed" || TASKFLOW.iterations.job_done > 3
        dependencies: [look_at_job]
        successors: [report_job, look_at_job]
    subflows:
      - id: archive
        name: "A reusable part"
        dependencies: [file_letter]
        input_mapping:
          topic: @(classify_letter.tool_call_results.record_letter.kind)
        tasks:
          - id: read_shelf
            type: mfo_api_memory_get
            config:
              key: "shelf_@[INPUT.topic]"
            timeout: 30s
          - id: put_on_shelf
            type: mfo_api_tool_execute
            config:
              tool_id: put_on_shelf
              arguments:
                shelf: @(read_shelf.value)
                known: @(read_sender.value)
            dependencies: [read_shelf]
            timeout: 30s
    outputs:
      kind: @(classify_letter.tool_call_results.record_letter.kind)
      shelf: @(archive.put_on_shelf.result)
      page: @(look_up_page.status)
  - taskflow_id: clean_up
    input_schema:
      type: object
      required: [days]
      properties:
        days: {type: integer}
    tasks:
      - id: forget
        type: mfo_api_memory_delete
        config:
          key: "letters_older_than_@[INPUT.days]"
"""

PROMPTS = """\
# Prompts of the letters
templates:
  classify:
    description: "classify a letter"
    provider_id: openai
    system_prompt: |
      You classify letters with care.
    user_prompt: |
      Work on {{ .subject }}.
      {{ if .previous }}Earlier result: {{ .previous }}{{ end }}
    variables: [subject]
    default_variables:
      previous: ""
    tools: [record_letter]
    tool_choice: record_letter
    error_handling_templates:
      ask_again: |
        The answer was not valid: {{ .error }}
  draft:
    name: "Draft an answer"
    system_prompt: |
      You draft letters.
    user_prompt: |
      {{ range .notes }}
      - {{ . }}
      {{ end }}
      {{ with .subject }}{{ upper . }}{{ end }}
      {{ len .rules }}
    variables:
      subject: {type: string}
      rules: {}
    options:
      temperature: 0.2
    max_turns: 4
    engine: go
  clerk_work:
    template: |
      Read {{ .rules }} at {{ now | formatDate "2006-01-02" }}.
    variables: [rules]
    tools: [record_letter]
tools:
  record_letter:
    description: "Record what a letter is about"
    parameters:
      type: object
      required: [kind, urgent]
      properties:
        kind: {type: string}
        urgent: {type: boolean}
extraction_schemas:
  address:
    type: object
    properties:
      town: {type: string}
"""

AGENTS = """\
# Who works on letters
agents:
  clerk:
    name: "Clerk"
    description: "Looks things up"
    objectives:
      - Everything is found.
    capabilities: [find]
    prompt_template_id: clerk_work
    tools: [record_letter, agent:reader]
    model:
      provider_id: openai
      model_id: large
    interaction:
      max_turns: 4
      can_delegate_to: [reader]
      require_approval_for: [record_letter]
      session: {ttl: 30m}
    limits:
      max_tokens: 20000
      max_tool_calls: 6
      timeout: 2m
    memory:
      keys: [letters]
      history_limit: 10
  reader:
    objectives:
      - Everything is read.
    capabilities: [read]
    guide: "Read slowly."
    task: "Read."
    limits:
      max_tokens: 2000
"""

CONFIG = """\
# How the client behaves
client:
  base_url: https://mfo.example.org
  timeout: 30s
  retry:
    max_attempts: 3
    initial_backoff: 1s
  rate_limit:
    requests_per_second: 10
taskflow:
  concurrency: 4
  timeout: 1m
logging:
  level: info
  format: json
"""

SPELLINGS: dict[str, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "dollar": (lambda path: f'"${{{path}}}"', lambda path: f"${{{path}}}"),
    "angle": (lambda path: f'"$<{path}>"', lambda path: f"$<{path}>"),
    "bare": (lambda path: f'"{path}"', lambda path: f"${{{path}}}"),
}
_WHOLE = re.compile(r"@\(([^)\n]+)\)")
_INSIDE = re.compile(r"@\[([^\]\n]+)\]")


def spelt(text: str, style: str) -> str:
    """A text with its references in one spelling."""
    whole, inside = SPELLINGS[style]
    return _INSIDE.sub(lambda match: inside(match[1]), _WHOLE.sub(lambda match: whole(match[1]), text))


def letters(style: str) -> dict[str, str]:
    """The bundle with its references in one spelling."""
    return {
        "workflow.yml": spelt(WORKFLOW, style),
        "prompts.yml": PROMPTS,
        "agents.yml": AGENTS,
        "mfo_client.yml": CONFIG,
    }
