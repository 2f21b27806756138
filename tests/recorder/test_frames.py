"""Frames arrive whole however the stream is cut, and nonsense is refused."""

from __future__ import annotations

import pytest

from valgen.recorder.frames import BYTES, JSON, FrameError, FrameReader, pack_bytes, pack_json, unpack_json


def test_frames_survive_any_cut_of_the_stream():
    stream = pack_json({"t": "step", "text": "ä"}) + b"".join(pack_bytes(b"x" * 10)) + pack_json({"t": "end"})
    for size in range(1, len(stream) + 1):
        reader = FrameReader()
        found = [frame for start in range(0, len(stream), size) for frame in reader.feed(stream[start : start + size])]
        assert [kind for kind, _ in found] == [JSON, BYTES, JSON]
        assert unpack_json(found[0][1]) == {"t": "step", "text": "ä"}
        assert found[1][1] == b"x" * 10


@pytest.mark.parametrize(
    "data", [b"\xff\xff\xff\xffJ", b"\0\0\0\0J", b"\0\0\0\2X{"], ids=["too long", "empty", "wrong kind"]
)
def test_wrong_frame_is_refused(data):
    with pytest.raises(FrameError):
        list(FrameReader().feed(data))


@pytest.mark.parametrize("payload", [b"[]", b"{", b"\xff", b"[" * 100_000], ids=["list", "open", "no text", "deep"])
def test_payload_that_is_no_json_object_is_refused(payload):
    with pytest.raises(FrameError):
        unpack_json(payload)
