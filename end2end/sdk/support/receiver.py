"""A small HTTP server on this machine that keeps what it is sent and answers as it is told."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

ARRIVES_WITHIN_S = 30


@dataclass
class Received:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Received], Any]


class Receiver:
    """`answer` makes the JSON of an answer out of a request; without it everything is answered `{}`."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.received: list[Received] = []
        self.answer = answer or (lambda _: {})
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def _take(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.command, self.path, headers, self.rfile.read(length))
                receiver._keep(request)
                body = json.dumps(receiver.answer(request)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _take

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, wanted: Callable[[Received], bool]) -> Received:
        """The first request that is wanted, as soon as it is here."""

        def found() -> Received | None:
            return next((request for request in self.received if wanted(request)), None)

        with self._arrived:
            if not self._arrived.wait_for(lambda: found() is not None, timeout=ARRIVES_WITHIN_S):
                raise AssertionError(f"not among {[(one.method, one.path, one.body[:200]) for one in self.received]}")
            request = found()
            assert request is not None
            return request

    def wait_for_action(self, action: str) -> Received:
        return self.wait_for(lambda request: request.body.startswith(b"{") and request.json.get("action") == action)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _keep(self, request: Received) -> None:
        with self._arrived:
            self.received.append(request)
            self._arrived.notify_all()
