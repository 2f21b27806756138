"""The side of test code: connects to the recorder and sends it events.

Sending a step is one short write and waits for nothing. The end of a case is acknowledged once it is written; some
acknowledgements may be on their way while tests go on, all of them are awaited at the end of the session. After the
first failure nothing is sent any more and every later call says why.

Times and durations are the recorder's; each event only carries a hint when it was sent.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from time import monotonic_ns
from typing import Any

from valgen.recorder.frames import JSON, FrameError, FrameReader, pack_bytes, pack_json, unpack_json

ADDRESS_FILE = "address.json"
_WAIT_SECONDS = 120.0
_MOST_UNANSWERED = 50


class RecorderLost(Exception):
    """The recorder cannot be reached or cannot keep what it was sent; nothing further counts as recorded."""


class RecorderClient:
    """One connection to the recorder, made by one process.

    Args:
        folder: private folder in which the recorder left its address.
        token: shared secret of the session.
        role: ``controller`` for the process that started the recorder, ``worker`` otherwise.

    Raises:
        RecorderLost: no recorder answers there.
    """

    __slots__ = ("_broken", "_reader", "_replies", "_socket", "_waiting")

    def __init__(self, folder: Path, token: str, role: str) -> None:
        self._reader = FrameReader()
        self._replies: list[dict[str, Any]] = []
        self._waiting = 0
        self._broken = ""
        self._socket = _connect(folder)
        self._ask({"t": "hello", "token": token, "role": role})

    @property
    def broken(self) -> str:
        """Why the recorder keeps nothing any more; empty while it does."""
        return self._broken

    def start(self, runs: list[dict[str, Any]], blobs: list[bytes]) -> dict[str, str]:
        """Have the runs' plans written and synced to disk.

        Args:
            runs: per run ``stage``, ``environment``, ``actor``.
            blobs: per run its plan and its facts, as JSON bytes.

        Returns:
            Stage to run id.

        Raises:
            RecorderLost: the plan could not be written.
        """
        sizes = [len(blob) for blob in blobs]
        frames = [frame for blob in blobs for frame in pack_bytes(blob)]
        answer = self._ask({"t": "start", "runs": runs, "sizes": sizes}, *frames)
        return dict(answer["runs"])

    def case(self, stage: str, case: str) -> None:
        """Say that an attempt at a case begins.

        Raises:
            RecorderLost: also when an earlier case could not be written.
        """
        self._take_answers()
        self._send(pack_json({"t": "case", "stage": stage, "case": case, "at": _now_ms()}))

    def begin_steps(self) -> None:
        """Say that the set-up is over and the first step begins."""
        payload = b'{"t":"steps","at":%d}' % _now_ms()
        self._send((len(payload) + 1).to_bytes(4, "big") + b"J" + payload)

    def step_passed(self, number: int) -> None:
        """Say that a step passed and gave no evidence; the shortest event there is."""
        payload = b'{"t":"step","n":%d,"o":"Passed","at":%d}' % (number, _now_ms())
        self._send((len(payload) + 1).to_bytes(4, "big") + b"J" + payload)

    def step(self, event: dict[str, Any]) -> None:
        """Say how a step ended."""
        self._send(pack_json({"t": "step", "at": _now_ms(), **event}))

    def attach(self, name: str, media_type: str, data: bytes) -> None:
        """Send an attachment of the running step."""
        self._send(
            pack_json({"t": "attach", "name": name, "media_type": media_type, "size": len(data), "at": _now_ms()})
        )
        for frame in pack_bytes(data):
            self._send(frame)

    def end(self, event: dict[str, Any]) -> None:
        """Say that the attempt ended; its acknowledgement is awaited by ``settle``."""
        self._send(pack_json({"t": "end", "at": _now_ms(), **event}))
        self._waiting += 1

    def settle(self) -> None:
        """Wait until everything that ended is written.

        Raises:
            RecorderLost: it is not, and will not be.
        """
        self._check()
        while self._waiting:
            self._answer()
            self._waiting -= 1

    def finish(self, reason: str) -> dict[str, int]:
        """Close the session's runs.

        Args:
            reason: why they were aborted; empty when pytest came to its end.

        Returns:
            How many planned cases have which outcome; empty for an aborted session.

        Raises:
            RecorderLost: the closing records could not be written.
        """
        self.settle()
        return dict(self._ask({"t": "finish", "reason": reason})["outcomes"])

    def close(self) -> None:
        """Close the connection; safe to call twice."""
        self._socket.close()

    def _take_answers(self) -> None:
        """Take the answers that have arrived; wait only when too many are open."""
        while self._waiting:
            if self._waiting < _MOST_UNANSWERED and not self._replies and not self._arrived():
                return
            self._answer()
            self._waiting -= 1

    def _ask(self, message: dict[str, Any], *frames: bytes) -> dict[str, Any]:
        self._send(pack_json(message))
        for frame in frames:
            self._send(frame)
        return self._answer()

    def _send(self, frame: bytes) -> None:
        self._check()
        try:
            self._socket.sendall(frame)
        except OSError as error:
            raise self._lost(self._last_words() or f"the recorder is gone ({error.strerror or error})") from error

    def _answer(self) -> dict[str, Any]:
        self._check()
        while not self._replies:
            self._receive()
        answer = self._replies.pop(0)
        if "error" in answer:
            raise self._lost(str(answer["error"]))
        return answer

    def _arrived(self) -> bool:
        """Take what has arrived without waiting; return whether an answer is complete."""
        self._socket.setblocking(False)
        try:
            self._receive()
        except BlockingIOError:
            return False
        finally:
            self._socket.settimeout(_WAIT_SECONDS)
        return bool(self._replies)

    def _receive(self) -> None:
        try:
            data = self._socket.recv(65536)
            if not data:
                raise self._lost("the recorder ended while it was needed")
            for kind, payload in self._reader.feed(data):
                if kind == JSON:
                    self._replies.append(unpack_json(payload))
        except BlockingIOError:
            raise
        except OSError as error:
            raise self._lost(f"the recorder does not answer ({error.strerror or error})") from error
        except FrameError as error:
            raise self._lost(f"the recorder answered nonsense ({error})") from error

    def _last_words(self) -> str:
        # The recorder says why before it closes the line; what it said may still lie in the buffer.
        try:
            self._answer()
        except RecorderLost as error:
            return str(error)
        return ""

    def _check(self) -> None:
        if self._broken:
            raise RecorderLost(self._broken)

    def _lost(self, why: str) -> RecorderLost:
        self._broken = self._broken or why
        return RecorderLost(self._broken)


def _now_ms() -> int:
    return monotonic_ns() // 1_000_000


def _connect(folder: Path) -> socket.socket:
    try:
        address = json.loads((folder / ADDRESS_FILE).read_text("utf-8"))
        if "unix" in address:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(_WAIT_SECONDS)
            link.connect(address["unix"])
        else:
            link = socket.create_connection((address["host"], address["port"]), _WAIT_SECONDS)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except (OSError, ValueError, KeyError) as error:
        raise RecorderLost(f"the recorder cannot be reached ({error})") from error
    return link
