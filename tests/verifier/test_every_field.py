"""Every field of every kind of record bent in several ways, signed and sealed: both verifiers give the same answer.

Whoever writes the records here holds every key, so nothing but the rules of docs/format.md and docs/format-ledger.md
can tell a bent record from a right one. Some changes are allowed; that the two agree is what counts.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from valgen.ledger import heads, keys, kinds, record
from valgen.ledger.verify import verify_log
from valgen.verifier import verifier_path

TESTS = Path(__file__).parents[1]


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


program: Any = load("verifier_of_every_field", verifier_path())
people: Any = load("people_ledger_of_every_field", TESTS / "writers_html/people_ledger.py")

Place = tuple[Any, ...]


class Bent(people.Ledger):  # type: ignore[misc]
    """A ledger in which one value of the first record of a kind is another one."""

    kind, place, value = "", (), None  # of the bent record; where in its body; DROP to leave it out

    def body(self, kind: str, fields: Any, actor: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(json.dumps(super().body(kind, fields, actor)))
        if kind == self.kind and not any(f'"kind":"{kind}"'.encode() in line for line in self.lines):
            holder: Any = body
            for key in self.place[:-1]:
                holder = holder[key]
            if self.value is DROP:
                del holder[self.place[-1]]
            else:
                holder[self.place[-1]] = self.value
        return body


DROP = object()


def everything() -> Any:
    """Return a ledger with every kind of record."""
    ledger = people.whole()
    ledger.sessions["u-0003"] = ledger.open("u-0003", 9)
    states = {name: "active" for name in ledger.accounts} | {"u-0005": "disabled"}
    roles = {
        "u-0001": ["administrator"], "u-0002": ["administrator"], "u-0003": ["author", "technical_reviewer"],
        "u-0004": ["qa"], "u-0005": ["tester"],
    }  # fmt: skip
    ledger.person(
        "u-0004", "accounts.checked", findings="", conclusion="as it is",
        accounts=[{"account": name, "state": states[name], "roles": roles[name]} for name in states],
    )  # fmt: skip
    ledger.person("u-0001", "role.revoked", account="u-0003", role="technical_reviewer", reason="back")
    proposal = ledger.person("u-0001", "proposal", act="restored", account="", reason="disk")
    ledger.person("u-0002", "restored", known=ledger.head(), kept=3, reason="disk", proposal=proposal)
    torn = {"file": "1.torn", "size": 3, "sha256": "ab" * 32}
    ledger.machine("recovery", adopted=1, quarantined=[torn])
    ledger.machine(
        "verified", **ledger.head(), data=True, compared="given", problems=0, findings="", tool="valgen 0.2.0"
    )
    time = "2026-03-02T10:00:00Z"
    ledger.machine("clock.anomaly", previous_time=time, previous_mono=1, jump_ms=-5, run="run-0001")
    plan, facts = (
        ledger.blob(b"[]"),
        ledger.blob(people.canonical({"host": {}, "packages": {}, "plugins": [], "code": [], "git": None})),
    )
    ledger.create("robot", "Robot", "tester", by="u-0001", service=True)
    ledger.activate("u-0006")
    ledger.machine(
        "run.started", run="run-0002", stage="OQ", mode="formal", environment="VAL", tool="valgen", pid=1, argv=[],
        settings="", plan=plan, facts=facts, execution="exec-0001", session="", tester="u-0006",
    )  # fmt: skip
    ledger.machine("run.aborted", run="run-0002", reason="killed", detected_by="recovery")
    return ledger


def others(value: Any) -> Iterator[Any]:
    """Yield values to put in place of one."""
    yield from (DROP, None)
    if isinstance(value, bool):
        yield from (not value, 0)
    elif isinstance(value, int):
        yield from (-1, 0, value + 1, True, str(value))
    elif isinstance(value, str):
        yield from ("", value + "x", value.upper(), "x" * 401, "é" * 1001, 5, "2026-02-30T00:00:00Z", "u-0099")
    elif isinstance(value, list):
        yield from ([], [*value, *value], [5], {}, [[["a"]]])
    else:
        yield from ({}, [], {**value, "more": 1})


def places(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield every place within a value, and what stands there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*place, key), one
        yield from places(one, (*place, key))


def bodies(ledger: Any) -> dict[str, dict[str, Any]]:
    """Return the first body of each kind."""
    found: dict[str, dict[str, Any]] = {}
    for line in ledger.lines:
        body = json.loads(line)["body"]
        found.setdefault(body["kind"], body)
    return found


def bends() -> list[tuple[str, Place, Any]]:
    return [
        (kind, place, value)
        for kind, body in bodies(everything()).items()
        for place, now in [*places(body), (("unknown",), None)]
        for value in (others(now) if place != ("unknown",) else (1,))
        if place != ("seq",)  # the ledger that writes them counts by it
    ]


def once_each(bends: list[tuple[str, Place, Any]]) -> list[tuple[str, Place, Any]]:
    """Return one bend of each field, neighbours in different ways; all of them take more than ten minutes."""
    of: dict[tuple[str, Place], list[tuple[str, Place, Any]]] = {}
    for bend in bends:
        of.setdefault(bend[:2], []).append(bend)
    return [ways[number % len(ways)] for number, ways in enumerate(of.values())]


def answers(bend: tuple[str, Place, Any] | None, folder: Path) -> tuple[bool, bool]:
    """Return what valgen and the verifier that stands alone say to a ledger that was bent so."""
    Bent.kind, Bent.place, Bent.value = bend or ("", (), None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people, "Ledger", Bent)
        files = everything().files()
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)
    return verify_log(folder).ok, not program.look(str(folder), "", False).problems


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember which signatures held, on both sides: it depends on nothing but their bytes."""
    remembered = functools.lru_cache(maxsize=10_000)(keys.verify_signature)
    monkeypatch.setattr(record, "verify_signature", remembered)
    monkeypatch.setattr(heads, "verify_signature", remembered)
    monkeypatch.setattr(program, "signature_holds", functools.lru_cache(maxsize=10_000)(program.signature_holds))


def differing(folder: Path, chosen: list[tuple[str, Place, Any]]) -> tuple[list[Any], int]:
    """Return where the two differ, and how many bends both refused."""
    found, refused = [], 0
    for bend in chosen:
        own, other = answers(bend, folder)
        refused += not own and not other
        if own != other:
            found.append((bend, own, other))
    return found, refused


@pytest.mark.usefixtures("quick")
def test_fields_bent_in_a_sealed_ledger_get_one_answer_from_both_verifiers(tmp_path: Path) -> None:
    assert answers(None, tmp_path) == (True, True)
    found, refused = differing(tmp_path, bends()[::29])
    assert found == []
    assert refused > 50


@pytest.mark.real
@pytest.mark.attack("I-1")
@pytest.mark.usefixtures("quick")
def test_every_field_bent_in_a_sealed_ledger_gets_one_answer_from_both_verifiers(tmp_path: Path) -> None:
    assert set(bodies(everything())) == set(kinds.KINDS)
    chosen = bends() if os.environ.get("VALGEN_EVERY_BYTE") else once_each(bends())
    found, refused = differing(tmp_path, chosen)
    assert found == []
    assert refused > len(chosen) // 3 > 200
