"""Give chosen records to an inspector: choose them, collect what proves them, and write one file.

What is chosen brings along what it cannot be understood without: a case result its steps, a run its execution, a
case the reviews that took it into account. The finished file is verified before it gets its name.

Source: integrity.md §3.6; design.md §7, §11 (disclose). Format: docs/format-disclosure.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from valgen.documents.visible import visible
from valgen.errors import ExecutionError, VerificationError
from valgen.ledger.disclosed import verify_disclosure
from valgen.ledger.disclosure import ATTEMPT, Chosen, disclose, sealed_records
from valgen.ledger.files import Layout
from valgen.ledger.report import SINGLE_ADMINISTRATOR
from valgen.ledger.state import State
from valgen.ledger.stored_zip import Source, write_stored_zip
from valgen.readers.settings import read_settings
from valgen.records.audit import Entry, entries_of
from valgen.records.ledger import find_place, no_ledger
from valgen.workflow.evidence_copy import standalone_verifier

_DOCUMENT_KINDS = frozenset({"signature", "rejection", "document.changed", "document.issued"})
_RUN_ENDS = frozenset({"run.started", "run.finished", "run.aborted"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A disclosure that was written.

    Attributes:
        path: of the file.
        chosen: the records that were asked for and what they bring along, in words.
        records: how many records the file holds.
        size: of the ledger at its checkpoint.
        root_fingerprint: of the ledger.
    """

    path: Path
    chosen: tuple[Entry, ...]
    records: int
    size: int
    root_fingerprint: str


def write_disclosure(root: Path, asked: Sequence[str], output: Path, *, everything: bool = False) -> Disclosure:
    """Write a disclosure of a project's ledger.

    Args:
        root: folder of the project.
        asked: record numbers, keys of documents, test cases, runs, executions.
        output: file to write; replaced when it exists.
        everything: choose all records.

    Raises:
        ExecutionError: there is no ledger, nothing was found for a word, or the file cannot be written.
        VerificationError: the ledger was altered.
    """
    settings, _ = read_settings(root)
    place = find_place(root, project_id=settings.project_id, records=settings.paths.records)
    if not place.exists:
        raise no_ledger()
    _refuse_place(output, place.folder)
    state = State(layout=Layout(place.folder))
    state.catch_up()
    if state.registry is None or state.head is None:
        raise no_ledger()
    index = _index(state)
    chosen = set(range(state.head.size)) if everything else _choose(index, asked)
    told = tuple(entry for entry in entries_of(state) if entry.seq in chosen)
    files = disclose(state, sorted(chosen))
    files["valgen_verify.py"] = standalone_verifier()
    files["README.txt"] = _readme(state, told).encode("utf-8")
    _write(output, files)
    return Disclosure(
        path=output,
        chosen=told,
        records=len(verify_disclosure(output).records),
        size=state.head.size,
        root_fingerprint=state.registry.root_fingerprint,
    )


@dataclass(slots=True)
class _Index:
    """Which records belong together."""

    size: int = 0
    documents: dict[str, set[int]] = field(default_factory=dict)
    cases: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)  # case to its attempts
    attempts: dict[tuple[Any, ...], set[int]] = field(default_factory=dict)
    attempt_of: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    runs: dict[str, set[int]] = field(default_factory=dict)  # start and end of each
    run_attempts: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)
    run_of: dict[int, str] = field(default_factory=dict)
    execution_of: dict[str, str] = field(default_factory=dict)  # of a run
    executions: dict[str, int] = field(default_factory=dict)
    reviews: dict[str, set[int]] = field(default_factory=dict)  # by execution
    reviewed: dict[str, set[int]] = field(default_factory=dict)  # by leaf of a case result
    leaves: dict[tuple[Any, ...], str] = field(default_factory=dict)  # of the result of an attempt
    execution_at: dict[int, str] = field(default_factory=dict)  # of a review


def _index(state: State) -> _Index:
    index = _Index(size=state.head.size if state.head else 0)
    for _, one in sealed_records(state.layout, index.size):
        body, kind = one.body, one.body["kind"]
        if kind in _DOCUMENT_KINDS:
            for key in filter(None, (body["document"], body.get("number", ""))):
                index.documents.setdefault(key, set()).add(one.seq)
        elif kind in ATTEMPT:
            _note_attempt(index, one)
        elif kind in _RUN_ENDS:
            index.runs.setdefault(body["run"], set()).add(one.seq)
            index.run_of[one.seq] = body["run"]
            if kind == "run.started" and body.get("execution"):
                index.execution_of[body["run"]] = body["execution"]
        elif kind == "execution.opened":
            index.executions[body["execution"]] = one.seq
            index.documents.setdefault(body["protocol"]["document"], set()).add(one.seq)
        elif kind == "review":
            index.reviews.setdefault(body["execution"], set()).add(one.seq)
            index.execution_at[one.seq] = body["execution"]
            for leaf in body["results"]:
                index.reviewed.setdefault(leaf, set()).add(one.seq)
    return index


def _note_attempt(index: _Index, one: Chosen) -> None:
    body = one.body
    key = (body["run"], body["case"], body["attempt"])
    index.attempts.setdefault(key, set()).add(one.seq)
    index.attempt_of[one.seq] = key
    index.cases.setdefault(body["case"], set()).add(key)
    index.run_attempts.setdefault(body["run"], set()).add(key)
    if body["kind"] == "case.result":
        index.leaves[key] = one.leaf


def _choose(index: _Index, asked: Sequence[str]) -> set[int]:
    chosen: set[int] = set()
    unknown = []
    for word in asked:
        found = _find(index, word)
        if not found:
            unknown.append(word)
        chosen |= found
    if unknown or not chosen:
        raise ExecutionError(
            f"no record is about {', '.join(unknown) or 'nothing'}",
            why=f"the ledger holds the records 0 to {index.size - 1}",
            fix="name record numbers, keys of documents such as URS, test cases, runs or executions, or --all; "
            "`valgen audit` shows all records",
            code="VG622",
        )
    return chosen


def _find(index: _Index, word: str) -> set[int]:
    if word.isascii() and word.isdigit():
        return _with_company(index, int(word)) if int(word) < index.size else set()
    found = set(index.documents.get(word, ()))
    for case, attempts in index.cases.items():
        if case == word or case.startswith(f"{word}["):
            for key in attempts:
                found |= _of_attempt(index, key)
    if word in index.runs:
        found |= _of_run(index, word)
    if word in index.executions:
        found.add(index.executions[word])
        found |= index.reviews.get(word, set())
        for run, execution in index.execution_of.items():
            if execution == word:
                found |= _of_run(index, run)
    return found


def _with_company(index: _Index, seq: int) -> set[int]:
    """Return a record with those that it cannot be understood without."""
    if seq in index.attempt_of:
        return _of_attempt(index, index.attempt_of[seq])
    found = {seq}
    execution = index.execution_at.get(seq) or index.execution_of.get(index.run_of.get(seq, ""), "")
    if execution in index.executions:
        found.add(index.executions[execution])
    return found


def _of_attempt(index: _Index, key: tuple[Any, ...]) -> set[int]:
    run = key[0]
    found = index.attempts[key] | index.runs.get(run, set())
    found |= index.reviewed.get(index.leaves.get(key, ""), set())
    execution = index.execution_of.get(run, "")
    if execution in index.executions:
        found = found | {index.executions[execution]}
    return found


def _of_run(index: _Index, run: str) -> set[int]:
    found = set(index.runs[run])
    for key in index.run_attempts.get(run, ()):
        found |= _of_attempt(index, key)
    execution = index.execution_of.get(run, "")
    if execution in index.executions:
        found.add(index.executions[execution])
    return found


def _refuse_place(output: Path, records: Path) -> None:
    if output.resolve().is_relative_to(records.resolve()):
        raise ExecutionError(
            f"a disclosure cannot lie in {records.name}",
            why="that folder holds the records themselves",
            fix="name another place",
        )


def _write(output: Path, files: dict[str, Source]) -> None:
    """Write the file beside its place, verify it, and move it there."""
    work = output.with_name(f".{output.name}.{secrets.token_hex(8)}.tmp")
    try:
        try:
            with work.open("xb") as file:
                write_stored_zip(file, files)
            found = verify_disclosure(work)
            if found.problems:
                one = found.problems[0]
                raise VerificationError(
                    f"these records cannot be proven: {one.where}: {one.message}",
                    why="what does not verify here would not verify at an inspector's either",
                    fix="run `valgen verify` to see what is wrong with the ledger",
                    code=one.code,
                )
            work.replace(output)
        finally:
            work.unlink(missing_ok=True)
    except OSError as error:
        raise ExecutionError(
            f"{output} cannot be written: {error.strerror or error}",
            why="a part of it would prove nothing",
            fix="see that the folder exists, that the disk has room and that you may write there",
            code="VG622",
        ) from error


def _readme(state: State, told: Collection[Entry]) -> str:
    registry, head = state.registry, state.head
    if registry is None or head is None:
        raise no_ledger()
    lines = [
        f"Records of {registry.origin}",
        "",
        "This file was made by valgen for somebody who wants to see and check single records of a validation. Each",
        "record is proven to stand in the ledger of the project, and each signature to be by the person named.",
        "",
        "To check it, install valgen and type:",
        "",
        "    valgen verify THIS-FILE.zip",
        "",
        "valgen_verify.py needs Python 3.9 and nothing else, and checks whole ledgers and packs, such as the one that",
        "these records come from; it does not check a few records alone. Take it from this file or, better, from",
        "another source: a program that came with what it checks is only as good as the person who gave you both.",
        "",
        f"Root fingerprint: {registry.root_fingerprint}",
        "Compare it with a printed document of the project. Every signature rests on it.",
        f"Head: {head.size} records, {head.checkpoint.root.hex()}",
        f"Mode: {SINGLE_ADMINISTRATOR}"
        if registry.single_administrator
        else "Mode: a reset of an account takes two people",
        "",
        "What is in this file:",
        "",
        "    disclosure.json    the records, line by line as they stand in the ledger, with the proofs",
        "    blobs/             attachments of the chosen records, named by their SHA-256",
        "    root.json          the root key",
        "    anchors/           proofs from outside, where there are any",
        "    valgen_verify.py   a program that checks the ledger or pack that they come from",
        "",
        "Beside the chosen records it holds those that they rest on: keys, accounts, roles, and the sessions in which",
        "people signed. Nothing else of the ledger is in it. It does not show that no later record changes what these",
        "mean; ask for the whole ledger where that matters.",
        "",
        f"The {len(told)} chosen records (times in UTC):",
        "",
    ]
    for one in told:
        lines.append(f"  {one.seq}  {one.time}  {one.name}: {one.text}.")
        if one.reason:
            lines.append(f"      Reason: {one.reason}")
        lines += [f"      {c.item}, {c.field}: {c.old or 'nothing'} -> {c.new or 'nothing'}" for c in one.changes]
    # What records say may hold characters that hide or turn text around.
    return "".join(f"{visible(line.replace(chr(10), ' ').replace(chr(13), ' '))}\n" for line in lines)
