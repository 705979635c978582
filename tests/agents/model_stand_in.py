"""A model on loopback that speaks as OpenAI-compatible endpoints do, whole or streaming, over real HTTP."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USAGE = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}


class ModelStandIn:
    """Answers in order, the last answer again and again; an answer is a list of a text and/or (tool, arguments)."""

    def __init__(self, *answers, status=200, refused=()):
        self.answers = answers or (["ok"],)
        self.status = status
        self.refused = refused
        self.asked = []
        self._answered = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *ended):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self):
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                stand_in.asked.append(body)
                if stand_in.status != 200 or body["model"] in stand_in.refused:
                    return self._send("application/json", json.dumps({"error": {"message": "no"}}), stand_in.status)
                answer = stand_in.next_answer()
                if body.get("stream"):
                    return self._send("text/event-stream", "".join(stand_in.chunks(answer, body)))
                return self._send("application/json", json.dumps(stand_in.whole(answer, body)))

            def _send(self, kind, text, status=200):
                data = text.encode()
                self.send_response(status if status != 200 or "error" not in text[:9] else 400)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *said):
                pass

        return Handler

    def next_answer(self):
        self._answered += 1
        return self.answers[min(self._answered, len(self.answers)) - 1]

    def message(self, answer):
        texts = [one for one in answer if isinstance(one, str)]
        calls = [one for one in answer if not isinstance(one, str)]
        message = {"role": "assistant", "content": "".join(texts) or None}
        if calls:
            message["tool_calls"] = [
                {
                    "index": index,
                    "id": f"call_{index}",
                    "type": "function",
                    "function": {"name": name, "arguments": json.dumps(arguments)},
                }
                for index, (name, arguments) in enumerate(calls)
            ]
        return message

    def whole(self, answer, body):
        return {"model": body["model"], "choices": [{"message": self.message(answer)}], "usage": USAGE}

    def chunks(self, answer, body):
        message = self.message(answer)
        words = (message.pop("content") or "").split(" ")
        for number, word in enumerate(words):
            text = word if number == len(words) - 1 else f"{word} "
            yield self.event({"model": body["model"], "choices": [{"delta": {"content": text}}]})
        if "tool_calls" in message:
            yield self.event({"choices": [{"delta": {"tool_calls": message["tool_calls"]}}]})
        yield self.event({"choices": [], "usage": USAGE})
        yield "data: [DONE]\n\n"

    def event(self, data):
        return f"data: {json.dumps(data)}\n\n"
