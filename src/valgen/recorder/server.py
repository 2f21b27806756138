"""The recorder's sockets: takes frames from every test process, stamps them, and hands them to the journal one by one.

Two threads: one only reads sockets and stamps what arrives, so that a slow disk never shifts a time; the other owns
journal and log. What waits between them is bounded; a test process that is faster than the disk then waits in its
own send.

The recorder ends when the session is finished, when the process that started it is gone, or when it cannot write.
In the last case it says why on every connection and leaves the run without an end, which readers show as aborted.

Source: design.md §4; integrity.md decision 7, C-2, X-14.
"""

from __future__ import annotations

import collections
import contextlib
import hmac
import os
import selectors
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

from valgen.errors import ValgenError
from valgen.recorder.clock import Moment, read_clock
from valgen.recorder.frames import JSON, FrameError, FrameReader, pack_json, unpack_json
from valgen.recorder.journal import Journal, JournalError

WAITING_BYTES = 64 * 1024 * 1024
_POLL_SECONDS = 0.5
_IDLE_SECONDS = 0.05
_PAUSE_SECONDS = 0.002
_PROCESS_GONE = "the test process ended while this case was running"


@dataclass(slots=True)
class _Link:
    number: int
    socket: socket.socket
    reader: FrameReader = field(default_factory=FrameReader)
    role: str = ""
    # The message that raw frames belong to, and what arrived of them.
    message: dict[str, Any] | None = None
    message_at: Moment | None = None
    missing: int = 0
    raw: bytearray = field(default_factory=bytearray)


class _Inbox:
    """Events between the two threads, in order of arrival and bounded in bytes."""

    def __init__(self) -> None:
        self._events: collections.deque[tuple[_Link | None, int, bytes, Moment]] = collections.deque()
        self._bytes = 0
        self._closed = False
        self._changed = threading.Condition()

    def put(self, link: _Link | None, kind: int, payload: bytes, now: Moment) -> None:
        with self._changed:
            while self._bytes > WAITING_BYTES and not self._closed:
                self._changed.wait(_POLL_SECONDS)
            self._events.append((link, kind, payload, now))
            self._bytes += len(payload)
            self._changed.notify_all()

    def get(self, seconds: float | None) -> tuple[_Link | None, int, bytes, Moment] | None:
        with self._changed:
            if not self._events:
                self._changed.wait(seconds)
            if not self._events:
                return None
            event = self._events.popleft()
            self._bytes -= len(event[2])
            self._changed.notify_all()
            return event

    @property
    def empty(self) -> bool:
        return not self._events

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()


_GONE = 0  # kind of the event that says a connection, or without a link the parent, is gone


class Server:
    """One session's recorder.

    Args:
        listener: bound and listening.
        token: that every connection must show.
        journal: where events go.
        first_run: returns the number of the next run.
        parent: process id that must stay alive; 0 to not look.
    """

    def __init__(
        self,
        listener: socket.socket,
        token: str,
        journal: Journal,
        *,
        parent: int = 0,
    ) -> None:
        self._listener = listener
        self._token = token
        self._journal = journal
        self._parent = parent
        self._inbox = _Inbox()
        self._stop = threading.Event()
        self._links: list[_Link] = []
        self._done = False

    def serve(self) -> None:
        """Serve until the session is over.

        Raises:
            ValgenError, OSError: records could not be written; every connection was told.
        """
        reader = threading.Thread(target=self._read, name="valgen-recorder-sockets", daemon=True)
        reader.start()
        try:
            while not self._done:
                event = self._inbox.get(_IDLE_SECONDS if self._journal.unsealed else None)
                if event is None:
                    self._journal.seal()
                else:
                    self._handle(*event)
                    if self._inbox.empty:
                        self._journal.flush()
                    self._journal.seal(event[3])
        except (ValgenError, OSError) as error:
            self._tell_all(f"the recorder cannot keep evidence: {error}")
            raise
        finally:
            self._stop.set()
            self._inbox.close()
            for link in self._links:
                link.socket.close()
            self._listener.close()

    def _read(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            parent_seen = True
            while not self._stop.is_set():
                ready = selector.select(_POLL_SECONDS)
                now = read_clock()
                for key, _ in ready:
                    if key.fileobj is self._listener:
                        self._accept(selector)
                    else:
                        self._receive(selector, key.data, now)
                if parent_seen and self._parent and os.getppid() != self._parent:
                    parent_seen = False
                    self._inbox.put(None, _GONE, b"", now)
                # Waking up for each event would take more time from the tests than the events themselves. What was sent
                # meanwhile lies with the operating system: it survives the death of the tests, not of the recorder.
                self._stop.wait(_PAUSE_SECONDS)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return  # closed while the recorder ends
        link = _Link(number=len(self._links) + 1, socket=connection)
        self._links.append(link)
        selector.register(connection, selectors.EVENT_READ, link)

    def _receive(self, selector: selectors.BaseSelector, link: _Link, now: Moment) -> None:
        try:
            data = link.socket.recv(262144)
            if data:
                for kind, payload in link.reader.feed(data):
                    self._inbox.put(link, kind, payload, now)
                return
        except (OSError, FrameError):
            pass  # a broken connection ends like a closed one: what it was running is closed as aborted
        with contextlib.suppress(KeyError, ValueError):
            selector.unregister(link.socket)
        self._inbox.put(link, _GONE, b"", now)

    def _handle(self, link: _Link | None, kind: int, payload: bytes, now: Moment) -> None:
        if link is None:
            self._abort("the test process is gone", now)
        elif kind == _GONE:
            self._gone(link, now)
        elif kind == JSON:
            self._message(link, payload, now)
        else:
            self._raw(link, payload)

    def _message(self, link: _Link, payload: bytes, now: Moment) -> None:
        try:
            message = unpack_json(payload)
            if link.missing:
                raise FrameError("raw bytes are missing")
            if not link.role:
                self._hello(link, message)
                return
            size = sum(message["sizes"]) if message["t"] == "start" else message.get("size", 0)
            if size:
                link.message, link.message_at, link.missing = message, now, size
            else:
                self._act(link, message, b"", now)
        except (FrameError, JournalError, KeyError, TypeError, ValueError) as error:
            self._refuse(link, f"an event could not be understood: {error}", now)

    def _raw(self, link: _Link, payload: bytes) -> None:
        link.raw += payload
        link.missing -= len(payload)
        if link.missing > 0 or link.message is None or link.message_at is None:
            return
        message, now, data = link.message, link.message_at, bytes(link.raw)
        link.message, link.missing, link.raw = None, 0, bytearray()
        try:
            self._act(link, message, data, now)
        except (FrameError, JournalError, KeyError, TypeError, ValueError) as error:
            self._refuse(link, f"an event could not be understood: {error}", now)

    def _hello(self, link: _Link, message: dict[str, Any]) -> None:
        if message["t"] != "hello" or not hmac.compare_digest(str(message["token"]), self._token):
            raise FrameError("the connection did not show the token of the session")
        link.role = "controller" if message["role"] == "controller" else str(message["role"])[:100] or "worker"
        self._reply(link, {"ok": True})

    def _act(self, link: _Link, message: dict[str, Any], data: bytes, now: Moment) -> None:
        journal = self._journal
        now = now.refined(message.get("at"))
        what = message["t"]
        if what == "step":
            journal.end_step(link.number, message, now)
        elif what == "steps":
            journal.begin_steps(link.number, now)
        elif what == "attach":
            journal.attach(link.number, message["name"], message["media_type"], data, now)
        elif what == "case":
            journal.begin_case(link.number, message["stage"], message["case"], link.role, now)
        elif what == "end":
            journal.end_case(link.number, message["x"], now, failed=bool(message.get("f")))
            self._reply(link, {"ok": True})
        elif what == "start":
            self._start(link, message, data, now)
        elif what == "finish":
            self._finish(link, message, now)
        else:
            raise FrameError(f"the event {what} is not known")

    def _start(self, link: _Link, message: dict[str, Any], data: bytes, now: Moment) -> None:
        from valgen.ledger.canonical import decode

        if link.role != "controller":
            raise FrameError("only the process that started the recorder may start runs")
        parts: list[Any] = []
        start = 0
        for size in message["sizes"]:
            parts.append(decode(data[start : start + size]))
            start += size
        runs = [
            {**run, "plan": parts[index * 2], "facts": parts[index * 2 + 1]}
            for index, run in enumerate(message["runs"])
        ]
        self._reply(link, {"ok": True, "runs": self._journal.start(runs, now)})

    def _finish(self, link: _Link, message: dict[str, Any], now: Moment) -> None:
        if link.role != "controller":
            raise FrameError("only the process that started the recorder may finish runs")
        outcomes: dict[str, int] = {}
        if message["reason"]:
            self._journal.abort(message["reason"], now)
        else:
            outcomes = self._journal.finish(now)
        self._reply(link, {"ok": True, "outcomes": outcomes})
        self._done = True

    def _gone(self, link: _Link, now: Moment) -> None:
        if link.role == "controller":
            self._abort(_PROCESS_GONE, now)
        else:
            self._journal.lose(link.number, _PROCESS_GONE, now)

    def _abort(self, reason: str, now: Moment) -> None:
        self._journal.abort(reason, now)
        self._done = True

    def _refuse(self, link: _Link, why: str, now: Moment) -> None:
        # Evidence that cannot be understood is evidence lost: the attempt cannot end as if it had all been kept.
        self._journal.lose(link.number, why, now)
        self._reply(link, {"error": why})
        with contextlib.suppress(OSError):
            link.socket.shutdown(socket.SHUT_RDWR)

    def _reply(self, link: _Link, answer: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):  # a process that is gone needs no answer; its end arrives as an event
            link.socket.sendall(pack_json(answer))

    def _tell_all(self, why: str) -> None:
        for link in list(self._links):
            self._reply(link, {"error": why})
