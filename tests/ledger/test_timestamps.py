"""Time stamps: what is asked, what is accepted, and everything that is not (integrity.md C-12, C-13)."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import socket
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ledger_tsa import CODE_SIGNING, NOW, TIME_STAMPING, Authority, Holder, holder, lying_answer, openssl, served
from valgen.errors import VerificationError
from valgen.ledger.timestamps import (
    MAX_BYTES,
    StampedTime,
    TimeStampUnavailable,
    check_token,
    fetch,
    normal_form,
    request,
    seconds_between,
    stamped_digest,
)

DATA = b"valgen:example/S3V\n9\n...\n"
NONCE = 0xF00D_0000_0000_0001


@dataclass
class World:
    """Two roots, an authority below the first, and its answers."""

    folder: Path
    root: Holder = field(default_factory=lambda: holder("root", ca=True))
    foreign: Holder = field(default_factory=lambda: holder("foreign root", ca=True))

    def __post_init__(self) -> None:
        self.between = holder("between", self.root, ca=True)
        self.signer = holder("time stamps", self.between)
        self.answer = self.ask(self.signer)

    def ask(self, signer: Holder, *chain: Holder, certificate: bool = False, **options: Any) -> bytes:
        """Return an answer over DATA."""
        authority = Authority(self.folder / f"tsa-{len(list(self.folder.iterdir()))}", signer, chain, **options)
        return authority.answer(request(DATA, NONCE, certificate=certificate))

    def check(self, answer: bytes, data: bytes = DATA, **options: Any) -> StampedTime:
        """Check an answer as whoever knows root, signer and what stands between."""
        known = {"roots": [self.root.pem], "certificates": [self.signer.pem, self.between.der], "nonce": NONCE}
        return check_token(answer, data, **{**known, **options})

    def refused(self, reason: str, answer: bytes, data: bytes = DATA, **options: Any) -> None:
        """Check that an answer is refused for this reason."""
        with pytest.raises(VerificationError, match=reason) as caught:
            self.check(answer, data, **options)
        assert caught.value.code == "VG540"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("world"))


def test_question_is_what_openssl_reads(tmp_path: Path) -> None:
    (tmp_path / "q").write_bytes(request(DATA, NONCE))
    said = openssl(tmp_path, "ts", "-query", "-in", "q", "-text")
    assert "Hash Algorithm: sha256" in said and "Certificate required: no" in said and f"Nonce: 0x{NONCE:X}" in said
    (tmp_path / "q").write_bytes(request(DATA, 1, certificate=True))
    said = openssl(tmp_path, "ts", "-query", "-in", "q", "-text")
    assert "Certificate required: yes" in said and "Nonce: 0x01" in said


@pytest.mark.parametrize("nonce", [0, -1, 1 << 64])
def test_nonce_that_cannot_be_told_from_none_is_refused(nonce: int) -> None:
    with pytest.raises(ValueError, match="nonce"):
        request(DATA, nonce)


def test_answer_says_time_serial_policy_and_authority(world: World) -> None:
    stamp = world.check(world.answer)
    assert stamp.authority == "time stamps" and stamp.policy == "1.2.3.4.1" and stamp.serial > 0
    assert stamp.accuracy_ms == 1000
    made = datetime.datetime.fromisoformat(stamp.time)
    assert stamp.time.endswith("Z") and datetime.timedelta() <= made - NOW.replace(microsecond=0)
    assert stamp.certificate == hashlib.sha256(world.signer.der).hexdigest()


def test_token_alone_is_accepted_like_its_answer(world: World) -> None:
    token = world.answer[9:]  # behind the outer header and the status
    assert world.check(token) == world.check(world.answer)


def test_long_past_question_needs_no_nonce(world: World) -> None:
    assert world.check(world.answer, nonce=None).authority == "time stamps"


@pytest.mark.parametrize("with_root", [False, True])
def test_certificates_that_come_along_in_any_order_are_accepted(world: World, with_root: bool) -> None:
    chain = [world.root, world.between] if with_root else [world.between]
    answer = world.ask(world.signer, *chain, certificate=True)
    assert world.check(answer, certificates=[]).authority == "time stamps"
    assert world.check(normal_form(answer), certificates=[]) == world.check(answer, certificates=[])


def test_signer_named_by_the_older_digest_is_accepted(world: World) -> None:
    assert world.check(world.ask(world.signer, digest="sha1")).authority == "time stamps"


def test_authority_with_rsa_key_is_accepted(world: World) -> None:
    signer = holder("rsa", world.root, with_rsa=True)
    assert world.check(world.ask(signer), certificates=[signer.pem]).authority == "rsa"


@pytest.mark.parametrize(
    ("reason", "options"),
    [
        ("other content", {"data": DATA + b"x"}),
        ("another question", {"nonce": NONCE + 1}),
        ("no root certificate", {"roots": []}),
        ("root certificate cannot be read", {"roots": [b"nonsense"]}),
        ("certificate of the authority cannot be read", {"certificates": [b"-----BEGIN CERTIFICATE-----\nx"]}),
        ("certificate of its signer is not known", {"certificates": []}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_answer_that_does_not_fit_the_question_is_refused(world: World, reason: str, options: dict[str, Any]) -> None:
    world.refused(reason, world.answer, **options)


def test_certificate_of_a_foreign_root_is_refused(world: World) -> None:
    world.refused("comes from CN=root, which is none of the known roots", world.answer, roots=[world.foreign.pem])
    stranger = holder("time stamps", world.foreign)
    world.refused("comes from CN=foreign root", world.ask(stranger), certificates=[stranger.pem, world.foreign.pem])


def test_certificate_that_is_only_given_is_never_trusted_as_root(world: World) -> None:
    given = [world.signer.pem, world.between.pem, world.root.pem]
    world.refused("none of the known roots", world.answer, roots=[world.foreign.pem], certificates=given)


def test_certificate_below_a_root_is_no_root(world: World) -> None:
    world.refused("between is no root", world.answer, roots=[world.between.pem])


@pytest.mark.parametrize(("days", "reason"), [((-30, -1), "expired on"), ((1, 30), "valid only from")])
def test_certificate_not_valid_at_the_stated_time_is_refused(
    world: World, days: tuple[float, float], reason: str
) -> None:
    signer = holder("old", world.root, days=days)
    world.refused(reason, world.ask(signer), certificates=[signer.pem])
    between = holder("between 2", world.root, ca=True, days=days)
    signer = holder("new", between)
    world.refused(f"between 2 .*{reason}", world.ask(signer), certificates=[signer.pem, between.pem])


def test_certificate_that_may_not_issue_others_is_refused(world: World) -> None:
    usual = holder("no authority", world.root, purposes=[])
    signer = holder("below", usual)
    world.refused("may not issue", world.ask(signer), certificates=[signer.pem, usual.pem])
    short = holder("short", world.root, ca=True, path_length=0)
    lower = holder("lower", short, ca=True)
    signer = holder("far below", lower)
    world.refused("so far above", world.ask(signer), certificates=[signer.pem, lower.pem, short.pem])


@pytest.mark.parametrize(
    ("purposes", "critical"),
    [([], True), ([TIME_STAMPING], False), ([CODE_SIGNING], True), ([TIME_STAMPING, CODE_SIGNING], True)],
    ids=["no purpose", "purpose not critical", "another purpose", "several purposes"],
)
def test_certificate_that_is_not_for_time_stamps_alone_is_refused(
    world: World, purposes: list[Any], critical: bool
) -> None:
    signer = holder("odd", world.root, purposes=purposes, critical=critical, with_rsa=True)
    world.refused("not one for time stamps alone", lying_answer(request(DATA, NONCE), signer))


def test_answer_made_by_hand_is_accepted_when_everything_fits(world: World) -> None:
    signer = holder("by hand", world.root, with_rsa=True)
    assert world.check(lying_answer(request(DATA, NONCE), signer), certificates=[]).authority == "by hand"


def test_certificates_that_have_no_part_in_it_are_refused(world: World) -> None:
    signer = holder("by hand", world.root, with_rsa=True)
    query = request(DATA, NONCE)
    world.refused("of foreign root came with it that has no part", lying_answer(query, signer, [world.foreign]))
    other = holder("other", world.root)
    world.refused("of other came with it", lying_answer(query, signer, [other]))


def test_false_certificate_with_the_name_and_number_of_the_true_one_is_refused(world: World) -> None:
    signer = holder("colleague", world.root, purposes=[CODE_SIGNING], with_rsa=True)
    self_named = Holder(world.foreign.key, world.root.certificate)  # says that the root issued it
    false = holder("colleague", self_named, serial=signer.certificate.serial_number)
    query = request(DATA, NONCE)
    world.refused("two different certificates", lying_answer(query, signer, [false]))
    world.refused("two different certificates", lying_answer(query, signer), certificates=[false.pem])


def test_certificate_that_is_not_named_inside_the_token_is_refused(world: World) -> None:
    serial = world.signer.certificate.serial_number
    again = holder("renewed", world.between, serial=serial)
    again = Holder(world.signer.key, again.certificate)
    world.refused("names the certificate of another signer", world.answer, certificates=[again.pem, world.between.pem])


def test_answer_that_was_not_granted_is_refused_with_its_status(world: World) -> None:
    sha1_query = bytes.fromhex("3025020101301f300706052b0e03021a0414") + bytes(20)
    answer = Authority(world.folder / "refusing", world.signer).answer(sha1_query)
    world.refused("did not grant it", answer)


def test_foreign_words_in_a_refusal_reach_no_terminal_as_they_are(world: World) -> None:
    words = b"\x1b[2Jgone\r\n"
    text = bytes([0x30, len(words) + 2, 0x0C, len(words)]) + words
    status = b"\x02\x01\x02" + text
    answer = bytes([0x30, len(status) + 2, 0x30, len(status)]) + status
    with pytest.raises(VerificationError, match="status 2") as caught:
        world.check(answer)
    assert caught.value.what.isprintable()


def test_bytes_cut_off_left_over_or_foreign_are_refused(world: World) -> None:
    for data in (b"", b"\x30", b"<html>", world.answer + b"\x00", b"\x00" + world.answer, bytes(MAX_BYTES + 1)):
        world.refused("cannot be accepted", data)
    for end in range(len(world.answer)):
        world.refused("cannot be accepted", world.answer[:end])


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.real)], ids=["one in eight", "every"])
def test_no_bit_of_a_kept_answer_can_be_changed(world: World, every: bool) -> None:
    kept = normal_form(world.answer)
    assert kept == normal_form(kept)
    for place in range(len(kept)):
        for bit in range(8) if every else [place % 8]:
            changed = bytearray(kept)
            changed[place] ^= 1 << bit
            with pytest.raises(VerificationError):
                world.check(bytes(changed), nonce=None)


def test_digest_of_what_was_stamped_can_be_read_without_trust(world: World) -> None:
    assert stamped_digest(world.answer) == hashlib.sha256(DATA).digest()
    with pytest.raises(VerificationError):
        stamped_digest(b"nonsense")


def test_record_stamped_long_after_its_time_is_told_apart() -> None:
    assert seconds_between("2026-03-02T09:30:00.000Z", "2026-03-02T09:30:02.500Z") == 2.5
    assert seconds_between("2026-03-02T09:30:00.000Z", "2026-03-04T09:30:00.000Z") == 2 * 86400
    assert seconds_between("2026-03-02T09:30:00.000Z", "2026-03-02T09:29:00.000Z") == -60


@pytest.mark.real
def test_openssl_accepts_the_kept_answer(world: World, tmp_path: Path) -> None:
    (tmp_path / "answer").write_bytes(normal_form(world.answer))
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "root.pem").write_bytes(world.root.pem)
    (tmp_path / "others.pem").write_bytes(world.signer.pem + world.between.pem)
    said = openssl(
        tmp_path, "ts", "-verify", "-in", "answer", "-data", "data", "-CAfile", "root.pem", "-untrusted", "others.pem"
    )
    assert "Verification: OK" in said


# The network


def test_answer_comes_over_http(world: World, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa", world.signer)
    with served(authority.answer) as url:
        assert world.check(fetch(url, request(DATA, NONCE), 10)).authority == "time stamps"


def unavailable(reason: str, url: str, timeout_s: float = 5) -> None:
    with pytest.raises(TimeStampUnavailable, match=reason) as caught:
        fetch(url, request(DATA, NONCE), timeout_s)
    assert caught.value.code == "VG541"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tsa.example",
        "file:///etc/hostname",
        "ftp://tsa.example/",
        "http://",
        "http://[",
        "https://a:b@tsa.example/",
        "http://tsa.example/a b",
        "http://tsa.example/\r\nX: y",
    ],
)
def test_address_that_is_not_plain_http_is_refused(url: str) -> None:
    unavailable("not an http or https address", url)


def test_secret_in_an_address_is_not_repeated() -> None:
    with pytest.raises(TimeStampUnavailable) as caught:
        fetch("https://user:hunter2@tsa.example/", b"", 1)
    assert "hunter2" not in repr(caught.value) + caught.value.why + caught.value.fix


def test_server_that_is_down_is_an_error_of_its_own_kind() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    unavailable("127.0.0.1: ", f"http://127.0.0.1:{port}/")


def test_server_that_is_slow_does_not_hold_the_caller() -> None:
    go_on = threading.Event()

    def wait(_: bytes) -> bytes:
        go_on.wait(30)
        return b""

    with served(wait) as url:
        try:
            unavailable("no answer within 0.2 s", url, 0.2)
        finally:
            go_on.set()


def test_server_that_sends_one_byte_now_and_then_does_not_hold_the_caller() -> None:
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            client, _ = server.accept()
            with client, contextlib.suppress(OSError):
                while not done.wait(0.02):
                    client.sendall(b"H")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            unavailable("no answer within 0.3 s", f"http://127.0.0.1:{server.getsockname()[1]}/", 0.3)
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize("status", [404, 500, 503])
def test_answer_with_an_error_status_is_no_answer(status: int) -> None:
    with served(lambda _: b"sorry", status=status) as url:
        unavailable(f"HTTP status {status}", url)


def test_other_address_that_a_server_points_to_is_not_followed() -> None:
    with served(lambda _: b"", status=302, headers=[("Location", "file:///etc/hostname")]) as url:
        unavailable("HTTP status 302", url)


def test_endless_answer_is_cut_off() -> None:
    with served(lambda _: bytes(MAX_BYTES + 1)) as url:
        unavailable("longer than", url)


def test_server_that_speaks_no_http_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            client, _ = server.accept()
            with client:
                client.recv(4096)
                client.sendall(b"\x00\x01nonsense\r\n\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        unavailable("127.0.0.1: ", f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
