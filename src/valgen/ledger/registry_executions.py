"""Formal executions, their runs, and reviews.

A formal run belongs to an execution that was opened before it, in its stage and environment, by a tester who may act;
a review names case results of its execution and is by a person who executed nothing in it.

How the records of one run fit together is the matter of ``run_rules``.

Source: integrity.md X-11; design.md §4. Format: docs/format-ledger.md, "Formal executions" and "Reviews".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

from valgen.ledger.registry_book import Act, Book, Breach, Execution
from valgen.ledger.registry_sessions import apply_statement, check_session, check_statement
from valgen.ledger.registry_signers import Rule


def execution_id(number: int) -> str:
    """Return the id of execution ``number``, from 1."""
    return f"exec-{number:04d}"


def next_execution(book: Book) -> str:
    """Return the id that the next execution gets."""
    return execution_id(len(book.executions) + 1)


def _check_opened(book: Book, act: Act) -> Iterator[Breach]:
    body = act.body
    if body["execution"] != next_execution(book):
        yield Breach("VG558", f"the execution is called {body['execution']} where {next_execution(book)} is next")
    yield from check_session(book, body["session"], act.actor)


def _apply_opened(book: Book, act: Act) -> None:
    body = act.body
    book.executions.setdefault(
        body["execution"],
        Execution(id=body["execution"], seq=act.seq, stage=body["stage"], environment=body["environment"]),
    )


def _check_started(book: Book, act: Act) -> Iterator[Breach]:
    body = act.body
    if body["mode"] != "formal":
        yield Breach("VG562", "it starts a dry run, which does not belong into a ledger")
        return
    execution = book.executions.get(body["execution"])
    if execution is None:
        yield Breach("VG558", f"its execution {body['execution']} was not opened before")
    elif (execution.stage, execution.environment) != (body["stage"], body["environment"]):
        yield Breach(
            "VG558",
            f"it is a run of {body['stage']} in {body['environment']}, and {execution.id} is of {execution.stage} in "
            f"{execution.environment}",
        )
    tester = book.active_account(body["tester"])
    if tester is None:
        yield Breach("VG558", f"its tester {body['tester']} is no active account")
    elif not tester.service or body["session"]:
        yield from check_session(book, body["session"], body["tester"])


def _apply_started(book: Book, act: Act) -> None:
    body = act.body
    execution = book.executions.get(body.get("execution", ""))
    if execution is not None:
        book.run_executions.setdefault(body["run"], execution.id)
        book.executions[execution.id] = dataclasses.replace(
            execution, runs=(*execution.runs, body["run"]), testers=execution.testers | {body["tester"]}
        )


def _apply_result(book: Book, act: Act) -> None:
    execution = book.run_executions.get(act.body["run"])
    if execution is not None:
        book.results.setdefault(act.leaf, (execution, act.seq))


def _check_review(book: Book, act: Act) -> Iterator[Breach]:
    yield from check_statement(book, act)
    body = act.body
    if body["upto"] >= act.seq:
        yield Breach("VG558", f"it takes record {body['upto']} into account, and {act.seq} stand before it")
    execution = book.executions.get(body["execution"])
    if execution is None:
        yield Breach("VG558", f"it reviews {body['execution']}, which was not opened before")
        return
    if len(set(body["results"])) != len(body["results"]):
        yield Breach("VG558", "it names a case result twice")
    for leaf in body["results"]:
        owner, seq = book.results.get(leaf, ("", 0))
        if owner != execution.id or seq > body["upto"]:
            yield Breach("VG558", f"it names {leaf}, which is no case result of {execution.id} up to {body['upto']}")
    testers = sorted(name for name in execution.testers if book.person_of(name) == book.person_of(act.actor))
    if testers:
        yield Breach("VG558", f"{act.actor} reviews what the same person executed as {', '.join(testers)}")


CHECKS: dict[str, Rule] = {
    "execution.opened": _check_opened,
    "run.started": _check_started,
    "review": _check_review,
}
"""Rules by kind of record."""

EFFECTS: dict[str, Callable[[Book, Act], None]] = {
    "execution.opened": _apply_opened,
    "run.started": _apply_started,
    "case.result": _apply_result,
    "review": apply_statement,
}
"""What becomes of the book, by kind of record."""
