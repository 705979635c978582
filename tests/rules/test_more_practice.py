"""What goes well until it does not: secrets, addresses, retries, limits, needless waiting."""

import pytest

from mfo_dialect.findings import Severity
from tests.rules.cases import findings_of, fix_called, fixed

HEAD = "name: flow\ntasks:\n"
NOISE = "q8Zr2vT0xWm4Kd7LbNs1"
KEYS = {
    "an OpenAI key": "sk-" + "proj-Ab3dE5gH7jK9mN1pQ3sT5vX7",
    "an Anthropic key": "sk-" + "ant-api03-Ab3dE5gH7jK9mN1pQ3sT5vX7",
    "an AWS access key": "AKIA" + "Q3EGRUXZ7TYN5WPL",
    "a GitHub token": "ghp" + "_Ab3dE5gH7jK9mN1pQ3sT5vX7zB9cD1eF3gH5",
    "a Slack token": "xoxb" + "-7345109826-q8Zr2vT0xWm4",
    "a Google key": "AIza" + "SyA8Zr2vT0xWm4Kd7LbNs1Qe5Ru9Ti3Yo6U",
    "a Stripe key": "sk" + "_live_Ab3dE5gH7jK9mN1pQ3sT",
    "a private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "a JSON Web Token": "eyJ" + "hbGciOiJIUzI1NiJ9" + "." + "eyJ" + "zdWIiOiJhZGEifQ1" + "." + "q8Zr2vT0xWm4Kd7L",
}


def said(files: dict[str, str], code: str) -> list[str]:
    return [files[f.place.document][slice(*f.place.span)] for f in findings_of(files) if f.code == code]


def request(*lines: str, after: str = "") -> str:
    config = "".join(f"      {line}\n" for line in lines)
    return HEAD + f'  - id: a\n    type: http_request\n    config:\n      url: "https://x.org"\n{config}{after}'


def chat(*lines: str) -> str:
    return HEAD + "  - id: a\n    type: mfo_api_chat_send\n    config:\n" + "".join(f"      {line}\n" for line in lines)


@pytest.mark.parametrize(("what", "key"), KEYS.items(), ids=KEYS)
def test_keys_are_known_by_their_shape_and_never_shown(what: str, key: str) -> None:
    text = chat(f'prompt: "Use {key} for it"')
    (finding,) = [f for f in findings_of({"workflow.yml": text}) if f.code == "MFO801"]
    assert text[slice(*finding.place.span)] == key
    assert what in finding.message
    assert key not in finding.message
    assert not any(key in fix.title or key in edit.new_text for fix in finding.fixes for edit in fix.edits)


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"headers: {{x-api-key: {NOISE}}}", NOISE),
        (f"headers: {{Authorization: Bearer {NOISE}}}", NOISE),
        (f"json: {{clientSecret: {NOISE}}}", NOISE),
        (f"query: {{access_token: {NOISE}}}", NOISE),
        (f"json: {{db: 'postgres://ada:{NOISE}@db.org/x'}}", NOISE),
        (f"json: {{tokens: {NOISE}}}", None),
        (f"json: {{page_size: {NOISE}}}", None),
        ("headers: {x-api-key: your-api-key-goes-here-1}", None),
        ("headers: {x-api-key: <api key 12345>}", None),
        ("headers: {x-api-key: '${SECRET.key}'}", None),
        ("headers: {Authorization: 'Bearer ${SECRET.key}'}", None),
        ("headers: {x-api-key: xxxxxxxxxxxxxxxx1}", None),
        ("json: {password: correct horse battery}", None),
        ("json: {token: fetch_token_for_mail.value}", None),
        ("json: {token: INPUT.mail_token_2fa_v1}", None),
        ("json: {aws: AKIAIOSFODNN7EXAMPLE}", None),
        ("json: {db: 'postgres://ada:${SECRET.key}@db.org/x'}", None),
    ],
)
def test_what_looks_random_under_the_name_of_a_secret(line: str, secret: str | None) -> None:
    assert said({"workflow.yml": request(line)}, "MFO801") == ([secret] if secret else [])


def test_each_secret_of_a_text_is_found() -> None:
    keys = [KEYS[what] for what in ("a Slack token", "an Anthropic key", "an AWS access key", "a Slack token")]
    block = "prompt: |\n" + "\n".join(f"        Use {key}, and" for key in keys)
    assert said({"workflow.yml": chat(block)}, "MFO801") == keys
    quoted = f'prompt: "{keys[0]} postgres://ada:{NOISE}@db.org/x {keys[1]}"'
    assert said({"workflow.yml": chat(quoted)}, "MFO801") == [keys[0], NOISE, keys[1]]


def test_what_stands_inside_a_secret_is_no_second_one() -> None:
    begin, end = KEYS["a private key"], "-----END RSA " + "PRIVATE KEY-----"
    lines = [begin, KEYS["an AWS access key"], end, "and", KEYS["an AWS access key"], begin]
    block = "prompt: |\n" + "\n".join(f"        {line}" for line in lines)
    assert said({"workflow.yml": chat(block)}, "MFO801") == [begin, KEYS["an AWS access key"], begin]


@pytest.mark.parametrize("written", ["json: {{keys: '{}'}}", "json: {{keys: {}}}", "json: {{keys: see {} there}}"])
def test_secrets_are_moved_out_one_after_another(written: str) -> None:
    first, second = KEYS["an AWS access key"], KEYS["a Slack token"]
    text = request(written.format(f"{first} {second}"))
    for number in (2, 1, 0):
        found = [f for f in findings_of({"workflow.yml": text}) if f.code == "MFO801"]
        assert len(found) == number
        assert not any(key in edit.new_text for f in found for edit in f.fixes[0].edits for key in (first, second))
        if found:
            text = fixed({"workflow.yml": text}, found[0].fixes[0].title)
    assert first not in text
    assert second not in text
    assert findings_of({"workflow.yml": text}) == ()


def test_secrets_of_prompts_and_client_configurations() -> None:
    files = {
        "mfo_client.yml": f'client:\n  base_url: "https://x.org"\n  auth:\n    token: {NOISE}\n',
        "prompts.yml": f"templates:\n  t:\n    user_prompt: |\n      The key is {KEYS['an AWS access key']}.\n",
    }
    assert sorted(said(files, "MFO801")) == sorted([NOISE, KEYS["an AWS access key"]])


def test_the_fix_moves_the_secret_out() -> None:
    text = request(f"headers: {{Authorization: Bearer {NOISE}}}")
    after = fixed({"workflow.yml": text}, "Read it as SECRET.authorization, kept in the environment as AUTHORIZATION")
    declared = "name: flow\nglobal_configs:\n  secrets:\n    authorization: {env: AUTHORIZATION}\ntasks:\n"
    assert after == text.replace(HEAD, declared).replace(f"Bearer {NOISE}", '"Bearer ${SECRET.authorization}"')
    assert not findings_of({"workflow.yml": after})
    assert not fix_called(
        findings_of({"workflow.yml": text}), "Read it as SECRET.authorization, kept in the environment as AUTHORIZATION"
    ).safe


SECRET = "global_configs: {secrets: {key: {env: KEY}}}\n"


@pytest.mark.parametrize(
    ("kind", "config", "is_given_away"),
    [
        ("mfo_api_chat_send", "prompt: 'a ${SECRET.key}'", True),
        ("mfo_api_chat_send", "prompt: a, system_prompt: SECRET.key", True),
        ("mfo_api_chat_send", "prompt_template_id: t, prompt_context: {a: {b: ['$<SECRET.key>']}}", True),
        ("mfo_agent_run", "agent_id: w, task: 'a ${SECRET.key}'", True),
        ("mfo_api_memory_store", "key: k, value: SECRET.key", True),
        ("mfo_api_notification_create", "title: a, message: '${SECRET.key}'", True),
        ("ask_user", "question: 'a ${SECRET.key}'", True),
        ("mfo_api_tool_execute", "tool_id: t, arguments: {key: SECRET.key}", False),
        ("http_request", "url: 'https://x.org', headers: {a: SECRET.key}", False),
        ("mfo_api_webhook_create", "url: 'https://x.org', events: [a.b], secret: SECRET.key", False),
    ],
)
def test_secrets_go_only_where_they_are_needed(kind: str, config: str, *, is_given_away: bool) -> None:
    text = f"name: f\n{SECRET}tasks:\n  - {{id: a, type: {kind}, config: {{{config}}}}}\n"
    assert len(said({"workflow.yml": text}, "MFO802")) == is_given_away


MAPPED = [
    # the outer mapping, the inner one (None for no inner subflow), what is read, and whether a secret is given away
    ("{k: SECRET.key}", None, "INPUT.k", True),
    ("{k: 'Bearer ${SECRET.key}'}", None, "INPUT.k", True),
    ("{k: SECRET.key}", None, "INPUT", True),
    ("{k: {a: SECRET.key, b: x}}", None, "INPUT.k.a", True),
    ("{k: {a: SECRET.key, b: x}}", None, "INPUT.k.b", False),
    ("{k: {a: SECRET.key, b: x}}", None, "INPUT.k", True),
    ("{k: SECRET.key, other: x}", None, "INPUT.other", False),
    ("{k: SECRET.key}", "{m: INPUT.k}", "INPUT.m", True),
    ("{k: SECRET.key}", "{m: x}", "INPUT.k", True),
    ("{k: SECRET.key}", "{k: x}", "INPUT.k", False),
    ("{k: INPUT.key}", "{m: INPUT.k}", "INPUT.m", False),
]


@pytest.mark.parametrize(("outer", "inner", "read", "is_given_away"), MAPPED, ids=range(len(MAPPED)))
def test_secrets_are_followed_into_subflows(outer: str, inner: str | None, read: str, *, is_given_away: bool) -> None:
    task = f"{{id: a, type: mfo_api_chat_send, config: {{prompt: 'Use ${{{read}}}'}}}}"
    tasks = f"tasks: [{task}]" if inner is None else f"subflows: [{{id: t, input_mapping: {inner}, tasks: [{task}]}}]"
    text = f"name: f\n{SECRET}tasks: [{{id: z, type: mfo_api_tool_list}}]\nsubflows:\n  - {{id: s, input_mapping: {outer}, {tasks}}}\n"
    found = [finding for finding in findings_of({"workflow.yml": text}) if finding.code == "MFO802"]
    assert [text[slice(*finding.place.span)] for finding in found] == ([f"${{{read}}}"] if is_given_away else [])
    for finding in found:
        steps = [text[slice(*related.place.span)] for related in finding.related]
        assert "SECRET.key" in steps[0]
        assert len(steps) == (2 if inner and "INPUT" in inner else 1)


def test_a_run_returns_no_secret() -> None:
    text = f"name: f\n{SECRET}outputs: {{x: SECRET.key}}\ntasks:\n  - {{id: a, type: mfo_api_tool_list}}\n"
    assert said({"workflow.yml": text}, "MFO802") == ["SECRET.key"]


@pytest.mark.parametrize(
    ("url", "is_insecure"),
    [
        ("http://x.org/a", True),
        ("HTTP://x.org", True),
        ("http://10.0.0.1:8080", True),
        ("https://x.org", False),
        ("http://localhost:1234/a", False),
        ("http://127.0.0.1", False),
        ("http://[::1]:80/", False),
        ("http://api.localhost", False),
        ("http://${INPUT.host}/a", False),
        ("${INPUT.url}", False),
        ("ftp://x.org", False),
    ],
)
def test_addresses(url: str, *, is_insecure: bool) -> None:
    task = HEAD + f'  - {{id: a, type: http_request, config: {{url: "{url}"}}}}\n'
    client = f'client: {{base_url: "{url}"}}\n'
    prompt = chat(f'prompt: "See {url}"')
    assert [
        len(said({name: text}, "MFO804")) for name, text in (("workflow.yml", task), ("mfo_client.yml", client))
    ] == [is_insecure] * 2
    assert not said({"workflow.yml": prompt}, "MFO804")
    settings = f'[servers.home]\ntoken_env = "T"\nbase_url = "{url}"\n'
    named = said({"workflow.yml": prompt, "mfo.toml": settings}, "MFO804")
    assert named == (["base_url"] if is_insecure else [])


RETRIED = "    error_handling: {retry: {max_attempts: 3}}\n"


@pytest.mark.parametrize(
    ("lines", "after", "is_risky"),
    [
        (["method: POST"], RETRIED, True),
        (["method: PATCH", "headers: {accept: x}"], RETRIED, True),
        (["method: POST"], "    error_handling: {retry: {}}\n", True),
        (["method: POST"], "", False),
        (["method: PUT"], RETRIED, False),
        ([], RETRIED, False),
        (["method: POST", "headers: {idempotency-key: x}"], RETRIED, False),
        (["method: POST", "headers: ${INPUT.headers}"], RETRIED, False),
        (["method: POST"], "    error_handling: {retry: {max_attempts: 1}}\n", False),
        (["method: POST"], "    error_handling: {retry: {retry_on: [rate_limited]}}\n", False),
    ],
)
def test_writing_twice(lines: list[str], after: str, *, is_risky: bool) -> None:
    text = request(*lines, after=after)
    assert len(said({"workflow.yml": text}, "MFO805")) == is_risky
    if is_risky:
        mended = fixed({"workflow.yml": text}, "Send an Idempotency-Key header")
        assert not findings_of({"workflow.yml": mended})


def pair(first: str, second: str, *, more: str = "") -> str:
    return HEAD + f"  - {{id: a, {first}}}\n  - {{id: b, {second}, dependencies: [a]}}\n" + more


GET = "type: mfo_api_memory_get, config: {key: k}"
ASK = "type: mfo_api_chat_send, config: {prompt: hi}"
STORE = "type: mfo_api_memory_store, config: {key: k, value: 1}"


@pytest.mark.parametrize(
    ("first", "second", "is_needless"),
    [
        (GET, GET, True),
        (ASK, ASK, True),
        (GET, "type: http_request, config: {url: 'https://x.org'}", True),
        (GET, "type: mfo_api_chat_send, config: {prompt: 'About ${a.value}'}", False),
        (GET, "type: mfo_api_chat_send, config: {prompt: 'About ${c.value}'}", False),
        (STORE, GET, False),
        (GET, STORE, False),
        (ASK, "type: mfo_api_chat_send, config: {prompt: hi, include_server_tools: true}", False),
        (ASK, "type: mfo_api_chat_send, config: {prompt: hi, thread_id: t}", False),
        (GET, "type: http_request, config: {url: 'https://x.org', method: POST}", False),
    ],
)
def test_two_tasks_in_a_row(first: str, second: str, *, is_needless: bool) -> None:
    assert len(said({"workflow.yml": pair(first, second)}, "MFO807")) == is_needless


def test_order_that_more_than_one_way_makes_is_left_alone() -> None:
    between = (
        HEAD
        + f"  - {{id: a, {GET}}}\n  - {{id: m, {STORE}, dependencies: [a]}}\n  - {{id: b, {GET}, dependencies: [a, m]}}\n"
    )
    assert not said({"workflow.yml": between}, "MFO807")


def test_a_branch_keeps_its_order() -> None:
    more = "conditions:\n  - {id: c, type: expr, config: {expression: 'TASKFLOW.name == \"x\"'}, successors: [a]}\n"
    assert not said({"workflow.yml": pair(GET, GET, more=more)}, "MFO807")


def agents(*lines: str) -> str:
    return "agents:\n  writer:\n    guide: x\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("limits: {}", ["limits"]),
        ("limits: {max_cost: .inf, max_tokens: 5}", ["max_cost"]),
        ("limits: {max_cost: 1}", []),
        ("limits:", []),
        ("name: x", []),
    ],
)
def test_limits_that_are_none(line: str, found: list[str]) -> None:
    assert said({"agents.yml": agents(line)}, "MFO808") == found


HOOKED = (
    "workflow_name: w\nglobal_configs: {secrets: {s: {env: S}}}\ntriggers:\n  - {id: t, type: webhook, config: {http_path: /x, secret_ref: s}}\n"
    "taskflows:\n  - taskflow_id: f\n    tasks:\n      - {id: a, type: mfo_agent_run, config: {agent_id: writer, task: write}}\n"
)


@pytest.mark.parametrize(
    ("workflow", "lines", "found"),
    [
        (HOOKED, ["tools: [send_letter, find_letters]"], ["send_letter"]),
        (HOOKED, ["tools: [deleteLetter, settings]"], ["deleteLetter"]),
        (HOOKED, ["tools: [send_letter]", "interaction: {require_approval_for: [send_letter]}"], []),
        (HOOKED, ["tools: [write_answer]"], []),
        (HOOKED.replace("type: webhook", "enabled: false, type: webhook"), ["tools: [send_letter]"], []),
        (
            HOOKED.replace("agent_id: writer", "capability: writing"),
            ["tools: [send_letter]", "capabilities: [writing]"],
            ["send_letter"],
        ),
    ],
)
def test_tools_that_write_for_outsiders(workflow: str, lines: list[str], found: list[str]) -> None:
    prompts = "tools:\n  write_answer: {}\ntemplates: {}\n"
    files = {"workflow.yml": workflow, "agents.yml": agents(*lines), "prompts.yml": prompts}
    assert said(files, "MFO808") == found


def test_an_agent_is_reached_by_delegation_too() -> None:
    team = agents("interaction: {can_delegate_to: [clerk]}") + "  clerk:\n    guide: x\n    tools: [send_letter]\n"
    assert said({"workflow.yml": HOOKED, "agents.yml": team}, "MFO808") == ["send_letter"]


ASKED = {"mfo.toml": '[rules]\nMFO806 = "information"\nMFO809 = "information"\n'}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (chat("prompt: hi"), ["MFO806", "MFO809"]),
        (chat("prompt: hi") + "    timeout: 5s\n", ["MFO809"]),
        (chat("prompt: hi", "error_handling: {on_error: [{type: fallback, model_id: small}]}"), ["MFO806"]),
        (chat("prompt: hi").replace("tasks:", "config: {timeout: 1m}\ntasks:"), ["MFO809"]),
        (request(), []),
    ],
)
def test_what_is_only_said_when_asked_for(text: str, found: list[str]) -> None:
    assert [f.code for f in findings_of({"workflow.yml": text} | ASKED)] == found
    assert not findings_of({"workflow.yml": text})
    assert all(f.severity is Severity.INFORMATION for f in findings_of({"workflow.yml": text} | ASKED))
