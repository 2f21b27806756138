"""Who must have signed a record of a ledger, and how keys come and go.

Every key follows from the root: the genesis record declares the root keys and those of the first machine, an
administrator or the root vouches for further machines, and the keys of people come with one-time codes.

Cryptography is done before: a rule gets the ids of the keys whose signatures hold.

Source: integrity.md §3.3, S-3, S-4, S-13. Format: docs/format-ledger.md, "Who signs" and "Keys of a ledger".
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator

from valgen.ledger.kinds import KINDS
from valgen.ledger.record import brought_keys
from valgen.ledger.registry_book import ROOT, Act, Book, Breach, Key, root_line

_ORIGIN = re.compile(r"(?=[A-Za-z0-9._:/@-]{1,200}$)valgen:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.+")

TWO_PEOPLE = frozenset({"role.granted", "account.reset", "restored"})
"""Kinds whose acts can take two people."""

BY_ROOT = -1
"""``proposal`` of an act for which the root stands in."""

ALONE = -2
"""``proposal`` of an act of one administrator in single-administrator mode."""


def check_signers(book: Book, act: Act) -> Iterator[Breach]:
    """Yield how the signatures of a record differ from those that its kind asks for."""
    kind = KINDS[act.kind]
    if act.kind in ("genesis", "keys.declared", "account.activated"):
        yield from _check_brought(book, act)
    elif kind.signer == "recorder":
        active = [name for name in act.signers if _active(book, name, "recorder")]
        if len(active) != 1 or len(act.signers) != 1:
            yield Breach("VG550", "it must be signed by one active recorder key, and by nobody else")
    elif not kind.signer:
        if act.signers:
            yield Breach("VG550", f"it is signed, and no record of kind {act.kind} is")
    elif kind.signer == "person":
        yield from _check_person(book, act, act.signers)
    else:
        yield from _check_administrator(book, act, act.signers, root="root" in kind.signer)


def check_keys(book: Book, act: Act) -> Iterator[Breach]:
    """Yield which rules about keys a genesis, keys.declared or keys.retired record breaks."""
    body = act.body
    if act.kind == "genesis":
        roles = [entry["role"] for entry in body["keys"]]
        if not _ORIGIN.fullmatch(body["origin"]):
            yield Breach("VG551", f"its origin {body['origin']!r} is not that of a ledger")
        if not 1 <= body["threshold"] <= roles.count("root"):
            yield Breach(
                "VG551", f"it asks for {body['threshold']} of {roles.count('root')} root keys where the root signs"
            )
        if roles.count("log") != 1 or roles.count("recorder") != 1:
            yield Breach("VG551", "it must declare one log key and one recorder key, those of the first machine")
    elif act.kind == "keys.declared":
        if not body["keys"]:
            yield Breach("VG561", "it declares no key")
        for name in brought_keys(body):
            if name in book.keys:
                yield Breach("VG561", f"it declares the key {name}, which was declared or activated before")
    elif act.kind == "keys.retired":
        if not body["keys"] or len(set(body["keys"])) != len(body["keys"]):
            yield Breach("VG561", "it names no key, or one twice")
        for name in body["keys"]:
            key = book.keys.get(name)
            if key is None or key.until is not None or key.role not in ("log", "recorder"):
                yield Breach("VG561", f"it retires {name}, which is no active key of a machine")


def apply_keys(book: Book, act: Act) -> None:
    """Take note of the keys that a genesis, keys.declared or keys.retired record brings or ends."""
    body = act.body
    if act.kind == "genesis":
        if act.seq:
            return  # the root of a ledger is that of its first record, whatever follows
        book.origin = body["origin"]
        book.threshold = body["threshold"]
        book.single_administrator = body["single_administrator"]
        book.root_line = root_line(
            [entry["key"] for entry in body["keys"] if entry["role"] == "root"], book.origin, book.threshold
        )
    if act.kind == "keys.retired":
        for name in body["keys"]:
            key = book.keys.get(name)
            if key is not None and key.until is None and key.role in ("log", "recorder"):
                book.keys[name] = dataclasses.replace(key, until=act.seq, stolen=body["stolen"])
    elif act.kind != "account.activated":
        for name, (role, public) in brought_keys(body).items():
            book.keys.setdefault(name, Key(id=name, public=public, role=role, since=act.seq))


def _check_brought(book: Book, act: Act) -> Iterator[Breach]:
    """Check that every key that a record brings has signed it, and who vouches for it."""
    brought = brought_keys(act.body).keys()
    if not brought <= act.signers:
        yield Breach("VG550", "a key that it brings did not sign it")
    rest = act.signers - brought
    if act.kind == "keys.declared":
        yield from _check_administrator(book, act, rest, root=True)
    elif rest:
        yield Breach("VG550", "it is signed by further keys than those that it brings")
    if act.kind == "genesis" and act.actor != ROOT:
        yield Breach("VG550", f"its actor is {act.actor}, not {ROOT}")
    if act.kind == "account.activated" and act.actor != act.body["account"]:
        yield Breach("VG550", f"its actor is {act.actor}, not the account {act.body['account']}")


def _check_person(book: Book, act: Act, signers: frozenset[str]) -> Iterator[Breach]:
    account = book.accounts.get(act.actor)
    if account is None:
        yield Breach("VG550", f"its actor {act.actor!r} is no account")
    elif not account.active:
        yield Breach("VG550", f"its actor {account.id} is {account.state}")
    elif account.key_id not in signers:
        yield Breach("VG550", f"it is not signed by the active key of {account.id}{_whose(book, signers)}")
    elif len(signers) > 1:
        yield Breach("VG550", f"it is signed by {account.id} and by further keys")


def _check_administrator(book: Book, act: Act, signers: frozenset[str], *, root: bool) -> Iterator[Breach]:
    """Check the signature of an administrator, or of the root in place of one.

    Args:
        book: what is known before the record.
        act: the record.
        signers: keys that signed it, apart from those that it brings.
        root: whether the root may sign a record of this kind although there are administrators.
    """
    if act.actor == ROOT:
        if not root and book.administrators():
            yield Breach("VG550", "it is signed by the root, and there are administrators for that")
        yield from _check_root(book, signers)
        return
    account = book.accounts.get(act.actor)
    if account is not None and account.active and not account.administrator:
        yield Breach("VG550", f"its actor {account.id} is no administrator")
    if act.kind in TWO_PEOPLE and act.body.get("proposal") == BY_ROOT:
        roots = frozenset(signers & book.root_keys())
        yield from _check_root(book, roots)
        signers = signers - roots
    yield from _check_person(book, act, signers)


def _check_root(book: Book, signers: frozenset[str]) -> Iterator[Breach]:
    roots = signers & book.root_keys()
    if len(roots) < max(book.threshold, 1):
        yield Breach("VG550", f"it is signed by {len(roots)} root keys, and {book.threshold} must sign")
    if signers - roots:
        yield Breach("VG550", "it is signed by further keys than those of the root")


def _active(book: Book, name: str, role: str) -> bool:
    key = book.keys.get(name)
    return key is not None and key.role == role and key.until is None


def _whose(book: Book, signers: frozenset[str]) -> str:
    """Say whose keys signed, where that tells a reader more."""
    found = []
    for name in sorted(signers):
        key = book.keys.get(name)
        if key is not None:
            owner = key.holder or f"the {key.role}"
            found.append(f"{owner} (key replaced)" if key.until is not None else owner)
    return f", but by that of {', '.join(found)}" if found else ""


Rule = Callable[[Book, Act], Iterator[Breach]]
"""Yields which rules a record breaks, given what is known before it."""
