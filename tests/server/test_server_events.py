"""Events, event triggers and webhooks: what is recorded, what fires, what is sent out, signed and tried again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.server
import json
import queue
import threading
import time

import httpx
import pytest
from conftest import WAIT

TRIGGERS = "/api/config/event-triggers"
URL = "http://outside.test/hook"
SECRET = "planted-secret"
WEBHOOK = {"action_type": "webhook", "action_config": {"url": URL}}


def stamped(headers, body):
    """What is signed of a request that says when it was made."""
    assert abs(int(headers["X-Webhook-Timestamp"]) - time.time()) < 300
    return headers["X-Webhook-Timestamp"].encode() + b"." + body


def sign(secret, body):
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class TestEvents:
    def test_an_event_is_accepted_and_listed(self, start):
        api = start()
        first = api("POST", "/api/events", {"type": "order.paid", "data": {"order": 7}}, status=202).json()
        second = api.ok("POST", "/api/events", {"event_type": "order.sent", "payload": [1]})
        events = api.ok("GET", "/api/events")["events"]
        assert [(event["type"], event["data"]) for event in events] == [
            ("order.paid", {"order": 7}),
            ("order.sent", [1]),
        ]
        assert [event["id"] for event in events] == [first["event_id"], second["event_id"]]
        later = api.ok("GET", f"/api/events?after={first['sequence']}")["events"]
        assert [event["id"] for event in later] == [second["event_id"]]
        assert [event["id"] for event in api.ok("GET", "/api/events?type=order.paid")["events"]] == [first["event_id"]]

    @pytest.mark.parametrize("body", [{}, {"type": ""}, {"type": 1}, []])
    def test_a_wrong_event_is_refused(self, api, body):
        api.error("POST", "/api/events", body, status=400)

    @pytest.mark.parametrize("after", ["x", "-1", "²", "9" * 30])
    def test_a_wrong_place_to_go_on_is_refused(self, api, after):
        api.error("GET", f"/api/events?after={after}", status=400)

    def test_what_the_server_does_is_an_event(self, start):
        api = start()
        api.ok("POST", "/api/memory", {"key": "k", "value": "v"})
        api.ok("DELETE", "/api/memory/k")
        resource = api.ok("POST", "/api/resources", {"type": "email"})
        api.ok("PUT", f"/api/resources/{resource['id']}", {"content": "c"})
        api.ok("DELETE", f"/api/resources/{resource['id']}")
        api.ok("POST", "/api/notifications", {"title": "t", "message": "m"})
        events = api.ok("GET", "/api/events")["events"]
        assert [event["type"] for event in events] == [
            "memory.stored",
            "memory.deleted",
            "resource.created",
            "resource.updated",
            "resource.deleted",
            "notification.created",
        ]
        assert events[0]["data"]["memory"]["value"] == "v"
        assert events[2]["data"] == {"resource": resource}

    def test_large_values_are_left_out_of_events(self, start):
        api = start()
        api.ok("POST", "/api/memory", {"key": "k", "value": "v" * 20_000})
        assert set(api.ok("GET", "/api/events")["events"][0]["data"]["memory"]) == {
            "key",
            "metadata",
            "created_at",
            "updated_at",
        }

    def test_only_the_newest_events_are_kept(self, start):
        api = start(max_events=10)
        for number in range(256):
            api.ok("POST", "/api/events", {"type": "t", "data": number})
        assert [event["data"] for event in api.ok("GET", "/api/events")["events"]] == list(range(246, 256))


class TestStartedByHand:
    @pytest.mark.parametrize("payload", [{"email_id": "e1"}, None, [1], "text"])
    def test_a_trigger_is_recorded_with_its_payload(self, api, payload):
        content = b"" if payload is None else json.dumps(payload).encode()
        event = api("POST", "/api/trigger/my_trigger", content=content, status=202).json()
        recorded = api.ok("GET", f"/api/events?after={event['sequence'] - 1}")["events"][0]
        assert recorded["type"] == "trigger.fired"
        assert recorded["data"] == {"trigger_id": "my_trigger", "payload": payload}

    def test_a_payload_that_is_no_json_is_refused(self, api):
        api.error("POST", "/api/trigger/my_trigger", content=b"{", status=400)


class TestIncomingWebhooks:
    BODY = b'{"subject": "Hello"}'

    def call(self, api, webhook_id="w", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{api.server.url}/webhooks/mail/{webhook_id}"
        return httpx.post(url, content=self.BODY, headers=headers, trust_env=False, timeout=WAIT)

    def test_on_loopback_an_unknown_one_is_recorded(self, start):
        api = start()
        assert self.call(api).status_code == 202
        event = api.ok("GET", "/api/events?type=webhook.received")["events"][0]
        assert event["data"] == {"provider": "mail", "webhook_id": "w", "payload": {"subject": "Hello"}}

    def test_elsewhere_an_unknown_one_needs_a_token(self, start):
        api = start(host="0.0.0.0", token="t")
        assert self.call(api).status_code == 401
        assert self.call(api, Authorization="Bearer t").status_code == 202

    def test_a_page_in_the_browser_needs_a_token(self, api):
        assert self.call(api, Origin="https://elsewhere.test").status_code == 401

    @pytest.fixture
    def webhook(self, start):
        self.now = 1_700_000_000
        api = start(clock=lambda: self.now)
        made = api.ok("POST", "/api/webhooks", {"url": URL, "events": ["none"], "type": "trigger", "secret": SECRET})
        return lambda **headers: self.call(api, made["id"], **headers).status_code

    @pytest.mark.parametrize("header", ["X-Webhook-Signature", "X-Signature"])
    def test_a_signed_one_is_recorded(self, webhook, header):
        assert webhook(**{header: sign(SECRET, self.BODY)}) == 202
        assert webhook(**{header: sign(SECRET, self.BODY).upper()}) == 202

    @pytest.mark.parametrize("signature", ["", "00", sign("other", BODY), sign(SECRET, BODY + b" ")])
    def test_a_wrong_signature_is_refused(self, webhook, signature):
        assert webhook(X_Webhook_Signature=signature) == 401

    def test_no_signature_is_refused(self, webhook):
        assert webhook() == 401

    @pytest.mark.parametrize(("age", "status"), [(0, 202), (299, 202), (-299, 202), (301, 401), (-301, 401)])
    def test_a_timestamp_is_signed_too_and_must_be_recent(self, webhook, age, status):
        timestamp = str(self.now - age)
        signature = sign(SECRET, timestamp.encode() + b"." + self.BODY)
        assert webhook(X_Webhook_Timestamp=timestamp, X_Webhook_Signature=signature) == status
        assert webhook(X_Webhook_Timestamp=timestamp, X_Webhook_Signature=sign(SECRET, self.BODY)) == 401

    @pytest.mark.parametrize("timestamp", ["", "now", "9" * 40, "-1"])
    def test_a_timestamp_that_is_none_is_refused(self, webhook, timestamp):
        signature = sign(SECRET, timestamp.encode() + b"." + self.BODY)
        assert webhook(X_Webhook_Timestamp=timestamp, X_Webhook_Signature=signature) == 401


class TestOutgoingWebhooks:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({}, 'lacks "url", "events"'),
            ({"url": URL}, 'lacks "events"'),
            ({"url": URL, "events": []}, "events: must not be empty"),
            ({"url": "ftp://x", "events": ["a"]}, "url: 'ftp://x' does not match '^https?://[^/?#\\\\s]+'"),
            ({"url": URL, "events": ["a"], "type": "other"}, "type: must be one of event, trigger, callback"),
        ],
    )
    def test_a_wrong_one_is_refused(self, api, body, message):
        assert api.error("POST", "/api/webhooks", body, status=400)["message"] == message

    def test_one_lives_and_never_shows_its_secret(self, api):
        body = {"url": URL, "events": ["a"], "webhook_type": "callback", "secret": SECRET, "metadata": {"m": 1}}
        created = api("POST", "/api/webhooks", body, status=201)
        webhook = created.json()
        assert (webhook["type"], webhook["events"], webhook["secret"]) == ("callback", ["a"], "[hidden]")
        path = f"/api/webhooks/{webhook['id']}"
        answers = [created, api("GET", path), api("GET", "/api/webhooks"), api("GET", f"{path}/deliveries")]
        assert not any(SECRET in answer.text for answer in answers)
        assert api.ok("DELETE", path) == {"success": True}
        for method, unknown in [("GET", path), ("DELETE", path), ("GET", f"{path}/deliveries")]:
            api.error(method, unknown, status=404)

    def test_an_event_is_sent_signed(self, start, outbox):
        api = start(sender=outbox)
        webhook = api.ok("POST", "/api/webhooks", {"url": URL, "events": ["order.paid"], "secret": SECRET})
        api.ok("POST", "/api/events", {"type": "order.lost"})
        event = api.ok("POST", "/api/events", {"type": "order.paid", "data": {"é": 1}})
        sent = outbox.next()
        assert (sent.method, sent.url) == ("POST", URL)
        assert sent.headers["X-Webhook-Signature"] == sign(SECRET, stamped(sent.headers, sent.body))
        assert sent.headers["Content-Type"] == "application/json"
        told = json.loads(sent.body)
        assert (told["id"], told["type"], told["data"]) == (event["event_id"], "order.paid", {"é": 1})
        assert sent.headers["X-Webhook-Delivery"] in api("GET", f"/api/webhooks/{webhook['id']}/deliveries").text
        assert outbox.requests.empty()

    def test_without_a_secret_nothing_is_signed_and_a_star_takes_all(self, start, outbox):
        api = start(sender=outbox)
        api.ok("POST", "/api/webhooks", {"url": URL, "events": ["*"]})
        api.ok("POST", "/api/events", {"type": "anything"})
        assert "X-Webhook-Signature" not in outbox.next().headers

    def test_a_failed_delivery_is_tried_again_and_its_history_kept(self, start, outbox):
        api = start(sender=outbox, delivery_delay=0.0)
        outbox.statuses = [500, ConnectionError(SECRET), TimeoutError()]
        webhook = api.ok("POST", "/api/webhooks", {"url": URL, "events": ["a", "end"]})
        api.ok("POST", "/api/events", {"type": "a"})
        sent = [outbox.next() for _ in range(4)]
        assert len({request.headers["X-Webhook-Delivery"] for request in sent}) == 1
        assert len({request.body for request in sent}) == 1
        first = delivery(api, webhook["id"], outbox)
        assert (first["status"], first["attempts"], first["response_status"], first["error"]) == (
            "delivered",
            4,
            200,
            None,
        )

    def test_a_delivery_that_never_succeeds_is_buried(self, start, outbox):
        api = start(sender=outbox, delivery_delay=0.0, delivery_attempts=3)
        outbox.statuses = [500, 404, 302]
        webhook = api.ok("POST", "/api/webhooks", {"url": URL, "events": ["a", "end"]})
        api.ok("POST", "/api/events", {"type": "a"})
        for _ in range(3):
            outbox.next()
        buried = delivery(api, webhook["id"], outbox)
        assert (buried["status"], buried["attempts"], buried["error"]) == ("dead", 3, "answered with status 302")

    def test_what_was_buried_is_listed_and_sent_again(self, start, outbox):
        api = start(sender=outbox, delivery_delay=0.0, delivery_attempts=1)
        outbox.statuses = [500]
        path = f"/api/webhooks/{api.ok('POST', '/api/webhooks', {'url': URL, 'events': ['a', 'end']})['id']}/deliveries"
        api.ok("POST", "/api/events", {"type": "a"})
        first = outbox.next()
        delivery(api, path.split("/")[3], outbox)
        (buried,) = api.ok("GET", f"{path}?status=dead")["deliveries"]
        assert api("POST", f"{path}/{buried['id']}/retry", status=202).json()["status"] == "pending"
        again = outbox.next()
        assert (again.body, again.headers["X-Webhook-Delivery"]) == (first.body, buried["id"])
        delivery(api, path.split("/")[3], outbox)
        assert api.ok("GET", f"{path}?status=dead")["deliveries"] == []
        api.error("POST", f"{path}/{buried['id']}/retry", status=409)
        api.error("POST", f"{path}/nothing/retry", status=404)
        api.error("GET", f"{path}?status=lost", status=400)

    def test_what_was_not_sent_yet_is_sent_after_a_restart(self, start, outbox):
        api = start(sender=outbox, delivery_delay=0.0)
        api.ok("POST", "/api/webhooks", {"url": URL, "events": ["a"]})
        api.server.stop()
        held = start(sender=Hanging())
        held.ok("POST", "/api/events", {"type": "a"})
        assert Hanging.called.wait(WAIT)
        held.server.stop()
        start(sender=outbox)
        assert json.loads(outbox.next().body)["type"] == "a"

    def test_deleting_a_webhook_buries_what_waits(self, start, outbox):
        api = start(sender=outbox, delivery_delay=3600.0)
        outbox.statuses = [500]
        webhook = api.ok("POST", "/api/webhooks", {"url": URL, "events": ["a"]})
        api.ok("POST", "/api/events", {"type": "a"})
        outbox.next()
        api.ok("DELETE", f"/api/webhooks/{webhook['id']}")
        assert outbox.requests.empty()

    def test_the_server_s_own_way_out_is_http(self, start, receiver):
        url, received = receiver
        api = start()
        api.ok("POST", "/api/webhooks", {"url": f"{url}/in?x=1", "events": ["a"], "secret": SECRET})
        api.ok("POST", "/api/events", {"type": "a", "data": 7})
        path, headers, body = received.get(timeout=WAIT)
        assert path == "/in?x=1"
        assert headers["X-Webhook-Signature"] == sign(SECRET, stamped(headers, body))
        assert json.loads(body)["data"] == 7


class TestEventTriggers:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({}, 'lacks "event_type"'),
            ({"event_type": "a"}, 'lacks "action_type"'),
            (
                {"event_type": "a", "action_type": "webhok"},
                'action_type: must be one of webhook, notification, job; did you mean "webhook"?',
            ),
            ({"event_type": "a", "action_type": "webhook"}, 'action_config: lacks "url"'),
            (
                {"event_type": "a", "action_type": "webhook", "action_config": {"url": URL, "headers": {"a b": "c"}}},
                "action_config.headers: a key is no name of a header",
            ),
            ({"event_type": "a", "action_type": "notification"}, 'action_config: lacks "title"'),
            ({"event_type": "a", "action_type": "job"}, "action_config.job_type: unknown job type"),
            (
                {"event_type": "a", "action": {"type": "job", "job_type": "eco"}},
                'action_config.job_type: unknown job type; did you mean "echo"?',
            ),
            ({"event_type": "a", **WEBHOOK, "condition": 1}, "condition: must be of type object or null"),
        ],
    )
    def test_a_wrong_one_is_refused(self, api, body, message):
        assert api.error("POST", TRIGGERS, body, status=400)["message"] == message

    @pytest.mark.parametrize(
        "body",
        [
            {"event_type": "a", "action_type": "webhook", "action_config": {"url": URL, "secret": SECRET}},
            {"type": "a", "action": {"type": "webhook", "url": URL, "secret": SECRET}},
            {"type": "a", "action": {"type": "webhook", "config": {"url": URL, "secret": SECRET}}},
        ],
    )
    def test_one_is_written_in_either_way_read_and_deleted(self, api, body):
        created = api("POST", TRIGGERS, {**body, "metadata": {"m": 1}}, status=201).json()
        assert (created["event_type"], created["type"]) == ("a", "a")
        assert created["action"] == {"type": "webhook", "config": {"url": URL, "secret": "[hidden]"}}
        path = f"{TRIGGERS}/{created['id']}"
        assert api.ok("GET", path) == created
        assert created in api.ok("GET", TRIGGERS)["event_triggers"]
        assert api.ok("DELETE", path) == {"success": True}
        for method, unknown in [("GET", path), ("DELETE", path), ("GET", f"{path}/deliveries")]:
            api.error(method, unknown, status=404)

    def test_a_webhook_action_is_sent_as_its_template_says(self, start, outbox):
        api = start(sender=outbox)
        template = '{"jobId": "${event.job.id}", "all": "${event.job.input}", "said": "job: ${event.job.status}", "no": "${event.no}"}'
        config = {"url": URL, "method": "put", "headers": {"X-Mine": "1"}, "body_template": template, "secret": SECRET}
        trigger = api.ok(
            "POST", TRIGGERS, {"event_type": "job.completed", "action_type": "webhook", "action_config": config}
        )
        job = api.ok("POST", "/api/jobs", {"type": "echo", "input": {"quote": '"'}})
        sent = outbox.next()
        assert (sent.method, sent.headers["X-Mine"]) == ("PUT", "1")
        assert sent.headers["X-Webhook-Signature"] == sign(SECRET, stamped(sent.headers, sent.body))
        assert json.loads(sent.body) == {
            "jobId": job["id"],
            "all": {"quote": '"'},
            "said": "job: completed",
            "no": None,
        }
        listed = api.ok("GET", f"{TRIGGERS}/{trigger['id']}/deliveries")["deliveries"]
        assert [item["method"] for item in listed] == ["PUT"]

    def test_a_webhook_action_without_a_template_sends_the_event(self, start, outbox):
        api = start(sender=outbox)
        api.ok("POST", TRIGGERS, {"event_type": "resource.created", **WEBHOOK})
        resource = api.ok("POST", "/api/resources", {"type": "email"})
        assert json.loads(outbox.next().body)["data"] == {"resource": resource}

    def test_a_notification_action_notifies(self, start):
        api = start()
        config = {"title": "Stored ${event.memory.key}", "message": "${event.memory.value}", "level": "success"}
        api.ok(
            "POST", TRIGGERS, {"event_type": "memory.stored", "action_type": "notification", "action_config": config}
        )
        api.ok("POST", "/api/memory", {"key": "k", "value": [1]})
        notified = api.ok("GET", "/api/notifications")["notifications"]
        assert [(item["title"], item["level"]) for item in notified] == [("Stored k", "success")]

    def test_a_job_action_starts_a_job(self, start, outbox):
        api = start(sender=outbox)
        api.ok("POST", "/api/webhooks", {"url": URL, "events": ["job.completed"]})
        config = {"job_type": "echo", "parameters": {"id": "${event.resource.id}"}}
        api.ok("POST", TRIGGERS, {"event_type": "resource.created", "action_type": "job", "action_config": config})
        resource = api.ok("POST", "/api/resources", {"type": "email"})
        assert json.loads(outbox.next().body)["data"]["job"]["result"] == {"id": resource["id"]}

    @pytest.mark.parametrize(
        ("condition", "fires"),
        [
            ({}, True),
            ({"resource.type": "email"}, True),
            ({"event.type": "resource.created", "resource.properties.a.b": 1}, True),
            ({"resource.type": "other"}, False),
            ({"resource.nothing.at.all": 1}, False),
            ({"resource.type": "email", "resource.content": "no"}, False),
        ],
    )
    def test_a_condition_must_be_met(self, start, condition, fires):
        api = start()
        body = {"event_type": "resource.created", "action_type": "notification", "action_config": {"title": "t"}}
        api.ok("POST", TRIGGERS, {**body, "condition": condition})
        api.ok("POST", "/api/resources", {"type": "email", "properties": {"a": {"b": 1}}})
        assert len(api.ok("GET", "/api/notifications")["notifications"]) == int(fires)

    @pytest.mark.parametrize("text", ["job.id ==", "nothing(1)", "'", "(" * 5000])
    def test_a_filter_that_cannot_be_read_is_refused(self, api, text):
        error = api.error("POST", TRIGGERS, {"event_type": "a", **WEBHOOK, "filter": text}, status=400)
        assert error["message"].startswith("filter: ")
        assert error["details"] == {"path": "filter"}

    @pytest.mark.parametrize(
        ("text", "fires", "problem"),
        [
            ('resource.type == "email"', True, None),
            ('event.type matches "^resource" and event.data.resource.properties.a.b > 0', True, None),
            ('resource.type == "other"', False, None),
            ("resource?.nothing?.at?.all ?? false", False, None),
            ("job.id == 1", False, '"job"'),
            ("resource.type", False, "neither true nor false"),
        ],
    )
    def test_a_filter_must_let_it_through(self, start, text, fires, problem):
        api = start()
        body = {"event_type": "resource.created", "action_type": "notification", "action_config": {"title": "t"}}
        trigger = api.ok("POST", TRIGGERS, {**body, "filter": text})
        api.ok("POST", "/api/resources", {"type": "email", "properties": {"a": {"b": 1}}})
        assert len(api.ok("GET", "/api/notifications")["notifications"]) == int(fires)
        noted = api.ok("GET", f"{TRIGGERS}/{trigger['id']}")["last_error"]
        assert noted is None if problem is None else noted.startswith("filter: ") and problem in noted

    def test_triggers_that_set_each_other_off_come_to_an_end(self, start):
        api = start()
        config = {"title": "again"}
        for _ in range(3):
            api.ok(
                "POST",
                TRIGGERS,
                {"event_type": "notification.created", "action_type": "notification", "action_config": config},
            )
        api.ok("POST", "/api/notifications", {"title": "first", "message": "m"})
        total = api.ok("GET", "/api/notifications")["pagination"]["total"]
        assert 1 < total <= sum(3**depth for depth in range(6))

    def test_jobs_that_set_each_other_off_come_to_an_end(self, start, outbox):
        api = start(sender=outbox)
        body = {"action_type": "job", "action_config": {"job_type": "echo"}}
        api.ok("POST", "/api/webhooks", {"url": URL, "events": ["job.completed"]})
        api.ok("POST", TRIGGERS, {"event_type": "job.completed", **body})
        api.ok("POST", "/api/jobs", {"type": "echo"})
        for _ in range(6):
            outbox.next()
        assert api.ok("GET", "/api/jobs")["pagination"]["total"] == 6

    def test_an_action_that_fails_is_noted_and_harms_nobody(self, start):
        api = start()
        config = {"title": "t", "level": "${event.resource.type}"}
        body = {"event_type": "resource.created", "action_type": "notification", "action_config": config}
        trigger = api.ok("POST", TRIGGERS, body)
        api.ok("POST", "/api/resources", {"type": "no level"})
        noted = api.ok("GET", f"{TRIGGERS}/{trigger['id']}")["last_error"]
        assert noted == "level: must be one of info, success, warning, error"


class Hanging:
    """A sender that never comes back."""

    called = threading.Event()

    async def __call__(self, request):
        self.called.set()
        await asyncio.Event().wait()


def delivery(api, webhook_id, outbox):
    """The webhook's first delivery, after a later one of another event came through: then it is settled."""
    api.ok("POST", "/api/events", {"type": "end"})
    outbox.next()
    return api.ok("GET", f"/api/webhooks/{webhook_id}/deliveries")["deliveries"][0]


@pytest.fixture
def receiver():
    """Another system's server: its URL, and the requests that it got."""
    received = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
            received.put((self.path, self.headers, body))

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join(WAIT)
