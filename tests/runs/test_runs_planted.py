"""Secrets are planted wherever there can be some, and searched for in whatever a run, a server or a tool leaves behind."""

from __future__ import annotations

import asyncio
import json

import pytest
from processes import answering, echo, mfo, reply, started
from terminals import Terminal

from mfo_lsp.cli.commands import main as author_main
from mfo_runtime.client import ClientSettings, MfoClient
from mfo_runtime.errors import MfoError
from mfo_runtime.server import ServerSettings, users_of

PLANTED = {
    "env": "planted-env-4a1c",
    "file": "planted-file-9d2e",
    "config": "planted-config-77b0",
    "token": "planted-token-c3f8",
    "password": "planted-password-51aa",
    "webhook": "planted-webhook-0e6d",
    "header": "planted-header-b84f",
    "input": "planted-input-2c9b",
}
FLOW = """\
workflow_name: shop
global_configs: {secrets: {api: {env: SHOP_KEY}, disk: {file: key.txt}}}
taskflows:
  - taskflow_id: shop
    input_schema: {type: object, properties: {url: {type: string}, api_key: {type: string}, fail: {type: boolean}}}
    outputs: {echoed: "${call.body}", thread: "${say.message}", key: "${INPUT.api_key}"}
    tasks:
      - id: call
        type: http_request
        config:
          url: "${INPUT.url}/${SECRET.api}?key=${SECRET.disk}"
          method: POST
          headers: {X-Api-Key: "${INPUT.api_key}", Authorization: "Bearer ${SECRET.api}", Cookie: "s=${SECRET.disk}"}
          body: '{"note": "${SECRET.api} and ${INPUT.api_key}", "password": "${SECRET.disk}"}'
      - {id: say, type: mfo_api_chat_send, config: {prompt: "The key is ${INPUT.api_key}."}}
      - {id: keep, type: mfo_api_memory_store, config: {key: k, value: {token: "${INPUT.api_key}", text: "of ${INPUT.api_key}"}}, dependencies: [say]}
      - {id: lose, type: mfo_api_resource_get, config: {resource_id: "${SECRET.api}-${INPUT.api_key}"}}
      - {id: fine, type: transform, config: {values: {x: "1"}}}
    conditions:
      - {id: choose, type: expr, config: {expression: "INPUT.fail"}, dependencies: [keep, call], successors: [lose, fine]}
"""
CONFIG = "client: {base_url: '%s', auth: {email: ann@example.com, password: %s}, retry: {max_attempts: 1}}\n"


class Place:
    """A project, a server and an echo, and whatever they have said so far."""

    def __init__(self, folder, here, server, url):
        self.folder, self.here, self.server, self.url = folder, here, server, url
        self.said = {}

    def __call__(self, *arguments, status=0, **variables):
        """Run a command; what it writes is kept."""
        known = {"SHOP_KEY": PLANTED["env"], "SHOP_PASSWORD": PLANTED["password"]}
        ended = self.here(*arguments, **known | variables)
        assert ended.status == status, ended.stderr
        name = f"{' '.join(map(str, arguments))} {sorted(variables)}"
        self.said |= {f"{name}: stdout": ended.stdout, f"{name}: stderr": ended.stderr}
        return ended

    def read(self, *names):
        """Keep what stands in files, byte for byte."""
        for path in sorted(path for name in names for path in self.folder.glob(name)):
            self.said[str(path.relative_to(self.folder))] = path.read_bytes().decode("utf-8", "replace")

    def leaks(self):
        """Where a planted secret was found."""
        assert self.said
        return sorted(
            (name, kind) for name, text in self.said.items() for kind, value in PLANTED.items() if value in text
        )


TOKEN = {"MFO_TOKEN": PLANTED["token"]}


@pytest.fixture
def place(tmp_path, here):
    (tmp_path / "workflow_definition.yml").write_text(FLOW)
    (tmp_path / "key.txt").write_text(PLANTED["file"])
    with users_of(ServerSettings(data_dir=tmp_path / "served" / "server")) as people:
        people.add("ann@example.com", PLANTED["password"])
    arguments = ("server", "--port", "0", "--log-format", "json", "--log-level", "info")
    with (
        answering(echo) as (url, _),
        started(*arguments, home=tmp_path / "served", **TOKEN) as process,
    ):
        place = Place(tmp_path, here, process.stdout.readline().split()[-1], url)
        (tmp_path / "mfo_client.yml").write_text(CONFIG % (place.server, "{env: SHOP_PASSWORD}"))
        yield place
        process.terminate()
        out, err = process.communicate()
        place.said |= {"server: stdout": out, "server: stderr": err}
        assert place.leaks() == []


def inputs(place, *, fail=False):
    given = {"url": place.url, "api_key": PLANTED["input"], "fail": str(fail).lower()}
    return [part for name, value in given.items() for part in ("--input", f"{name}={value}")]


FLOW_FILE = "workflow_definition.yml"


def test_runs_and_their_journal_say_no_secret(place):
    place("run", FLOW_FILE, *inputs(place))
    place("run", FLOW_FILE, "--json", *inputs(place, fail=True), **TOKEN, status=1)
    place("run", FLOW_FILE, "--log-format", "json", *inputs(place, fail=True), **TOKEN, status=1)
    place("run", FLOW_FILE, "--only", "call", *inputs(place), **TOKEN)
    for options in ([], ["--json"], ["--task", "call"], ["--task", "lose", "--json"]):
        place("show", "last", *options)
    place("runs", "--json")
    place.read("home/journal.db*")
    assert place.leaks() == []


def test_a_run_that_goes_on_is_given_its_secret_input_again_and_says_it_no_more(place):
    place("run", FLOW_FILE, *inputs(place, fail=True), **TOKEN, status=1)
    resume = ("run", "--resume", "last", FLOW_FILE)
    ended = place(*resume, **TOKEN, status=2)
    assert "The journal does not keep the input api_key, which has the name of a secret." in ended.lines[0]
    ended = place(*resume, "--input", f"api_key={PLANTED['input']}", "--json", **TOKEN, status=1)
    assert ended.json["states"]["call"] == "succeeded"
    assert ended.json["error"]["code"] == "not_found"


def test_an_input_that_repeats_a_secret_one_is_kept_without_it(tmp_path, here):
    secret = PLANTED["input"]
    (tmp_path / FLOW_FILE).write_text(
        "name: t\ntasks: [{id: a, type: transform, config: {values: {x: INPUT.note, y: INPUT.password}}},"
        " {id: b, type: mfo_api_memory_get, config: {key: none}, dependencies: [a]}]\n"
    )
    given = ("--input", f"password={secret}", "--input", f"note=it is {secret}!")
    assert here("run", FLOW_FILE, "--server", "local", *given).status == 1
    assert secret not in here("show", "last", "--task", "a", "--json").stdout
    ended = here("run", "--resume", "last", "--input", f"password={secret}", "--json")
    assert ended.json["error"]["code"] == "not_found", "the note is whole again, with what was given"
    assert secret not in ended.stdout


def test_cassettes_and_their_replays_say_no_secret(place):
    place("run", FLOW_FILE, "--record", "c.cassette", *inputs(place), **TOKEN)
    place("run", FLOW_FILE, "--replay", "c.cassette", *inputs(place))
    (place.folder / "shop.test.yml").write_text(
        f"flow: {FLOW_FILE}\ntests:\n  - name: it echoes\n    replay: c.cassette\n"
        f"    inputs: {{url: '{place.url}', api_key: {PLANTED['input']}, fail: false}}\n"
        "    expect: {state: failed}\n"
    )
    place("test", "--junit", "junit.xml", status=1)
    place.read("c.cassette", "junit.xml")
    assert "<failure" in place.said["junit.xml"]


def test_plans_and_diagnoses_say_no_secret(place):
    for options in ([], ["--json"]):
        place("run", FLOW_FILE, "--dry-run", *options, *inputs(place), **TOKEN)
        place("doctor", *options, **TOKEN)


def test_graphs_and_findings_say_no_secret(place, monkeypatch, capfd):
    (place.folder / "mfo_client.yml").write_text(CONFIG % (place.server, PLANTED["config"]))
    ended = place("run", FLOW_FILE, *inputs(place), status=1)
    assert "hard-coded-secret" in ended.stderr
    assert "password: \N{BULLET}\N{BULLET}" in ended.stderr
    for arguments in [
        ("graph", FLOW_FILE, "--format", "html"), ("graph", FLOW_FILE, "--format", "json"),
        *(("check", ".", "--format", name) for name in ("text", "json", "sarif", "junit", "gitlab", "github")),
    ]:  # fmt: skip
        monkeypatch.setattr("sys.argv", ["mfo-lsp", *arguments])
        with pytest.raises(SystemExit):
            author_main()
        place.said[" ".join(arguments)] = "".join(capfd.readouterr())


def test_spans_and_the_live_table_say_no_secret(place):
    variables = {
        "SHOP_KEY": PLANTED["env"],
        **TOKEN,
        "OTEL_TRACES_EXPORTER": "console",
        "OTEL_METRICS_EXPORTER": "console",
    }
    arguments = ("run", place.folder / FLOW_FILE, *inputs(place, fail=True))
    ended = mfo(*arguments, home=place.folder / "home", MFO_DEBUG="1", **variables)
    assert '"name": "run shop"' in ended.stderr
    place.said |= {"stdout": ended.stdout, "stderr": ended.stderr}
    with Terminal(*arguments, home=place.folder / "home", SHOP_KEY=PLANTED["env"], **TOKEN) as terminal:
        status, stdout = terminal.ended()
    assert (status, "shop failed in" in terminal.seen) == (1, True)
    place.said |= {"terminal": terminal.seen, "terminal: stdout": stdout}


def test_accounts_and_webhooks_say_no_secret(place):
    place("login", "--server", place.server, "--token-stdin", typed=PLANTED["token"])
    place("tokens", "--server", place.server)
    place("doctor", "--server", place.server)
    place("logout", "--server", place.server)
    place(
        "login", "--server", place.server, "--email", "ann@example.com", "--password-stdin", typed=PLANTED["password"]
    )
    place("users", "--json", MFO_HOME=str(place.folder / "served"))

    async def use_webhooks():
        async with MfoClient(ClientSettings(place.server, token=PLANTED["token"])) as client:
            webhook = await client.webhooks.create("http://127.0.0.1:9/", ["order.paid"], secret=PLANTED["webhook"])
            place.said["webhook"] = f"{webhook} {await client.webhooks.get(webhook.id)}"
            await client.events.send("order.paid", {})
            try:
                await client.webhooks.create("nowhere", [], secret=PLANTED["webhook"])
            except MfoError as error:
                place.said["webhook error"] = f"{error} {error.to_data()}"

    asyncio.run(use_webhooks())
    assert "validation" in place.said["webhook error"]


WRONG = [
    (["--input", "api_key=" + PLANTED["input"]], {"MFO_BASE_URL": f"http://ann:{PLANTED['password']}@127.0.0.1:9"}, 2),
    (["--server", f"http://127.0.0.1:9/?token={PLANTED['token']}"], {}, 2),
    (["--input", f"api_key={PLANTED['input']}", "--input", "fail=perhaps"], TOKEN, 2),
    ([], {"MFO_TOKEN": PLANTED["token"] + "\x01"}, 2),
    ([], {"MFO_TOKEN": PLANTED["token"] + "-of-yesterday"}, 1),
]


@pytest.mark.parametrize(("arguments", "variables", "status"), WRONG)
def test_what_is_wrong_is_told_without_it(arguments, variables, status, place):
    place("run", FLOW_FILE, *(arguments or inputs(place)), status=status, **variables)


def test_servers_that_say_back_what_they_were_told_are_not_quoted(place):
    def tell_on(handler):
        told = f"no: {handler.headers['authorization']} {handler.path}"
        reply(400, json.dumps({"code": "validation", "message": told, "details": {"told": told}}).encode())(handler)

    with answering(tell_on) as (url, _):
        for options in ([], ["--json"], ["--log-format", "json"]):
            place("run", FLOW_FILE, *options, "--server", url, *inputs(place), **TOKEN, status=1)
