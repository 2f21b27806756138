"""From drafts to the lines of one batch: bodies, signatures, and the rules that each record must keep.

All lines of a batch are made before the first is written, so that a draft that cannot be written leaves nothing behind.
In a ledger every record is tried on the registry as it really is, because the lock is held; what breaks a rule is
refused, whoever signed it.

Leaves to others: writing (``store``). Source: integrity.md §3.4, C-5. Format: docs/format.md, docs/format-ledger.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from valgen.errors import AuthorityError, ExecutionError, VerificationError
from valgen.ledger import kinds
from valgen.ledger.blobs import Blobs
from valgen.ledger.canonical import decode
from valgen.ledger.files import segment_name
from valgen.ledger.keys import SigningKey
from valgen.ledger.merkle import leaf_hash
from valgen.ledger.people_kinds import check_manifest, manifest_refs
from valgen.ledger.record import Draft, Stamp, Stored, build_line
from valgen.ledger.registry import EFFECTS, Breach, Registry
from valgen.ledger.run_rules import run_id
from valgen.ledger.state import State


class Drafting:
    """Makes lines for one log.

    Args:
        state: what the writer knows of the log.
        keys: of this machine, by role.
        blobs: of the log.
        salt: gives 16 random bytes in hex for each record.
    """

    def __init__(self, state: State, keys: Mapping[str, SigningKey], blobs: Blobs, salt: Callable[[], str]) -> None:
        self._state = state
        self._keys = keys
        self._blobs = blobs
        self._salt = salt

    def body(self, draft: Draft, stamp: Stamp, number: int = 0) -> dict[str, Any]:
        """Return the complete body of a draft as record ``number``.

        Raises:
            VerificationError: there is no such kind, or it does not belong into this log.
        """
        kind = kinds.KINDS.get(draft.kind)
        if kind is None:
            raise VerificationError(f"{draft.kind!r} is no kind of record", code="VG503")
        if self._state.mode == "dry" and not kind.dry:
            raise VerificationError(
                f"a {draft.kind} record does not belong into a log of dry runs",
                why="records of people are kept in the ledger of the project, where their keys are known",
                code="VG562",
            )
        return {
            **draft.body,
            "seq": number,
            "time": stamp.time,
            "mono": stamp.mono,
            "boot": stamp.boot,
            "actor": stamp.actor,
            "kind": draft.kind,
            "origin": self._state.origin,
            "salt": self._salt(),
        }

    def lines(self, drafts: Sequence[Draft], stamp: Stamp) -> tuple[list[Stored], list[list[bytes]]]:
        """Return the records of a batch, and their lines, one list for each file that they go to.

        Raises:
            VerificationError: a draft does not fit its kind, or names content that is not kept.
            AuthorityError: a record would break a rule of the ledger.
        """
        state = self._state
        head = {"size": state.size, "root": state.edge.root().hex()}
        trial = state.registry
        if trial is not None and any(draft.kind in EFFECTS for draft in drafts):
            trial = trial.copy()
        stored: list[Stored] = []
        parts: list[list[bytes]] = [[]]
        offset, runs = state.offset, state.runs
        for number, draft in enumerate(drafts, state.size):
            if number % state.lines_per_file == 0:  # the next file begins
                offset = 0
                parts.append([])
            body = self.body(draft, stamp, number)
            if draft.with_head:
                body["head"] = dict(head)
            if draft.kind == "run.started":
                runs += 1
                if body.get("run") != (expected := run_id(state.mode, runs)):
                    raise ExecutionError(f"the next run is {expected}, not {body.get('run')}", code="VG514")
            signers = self._signers(draft)
            line = build_line(body, signers)
            leaf = leaf_hash(line).hex()
            if trial is not None:
                self._try(trial, body, signers, leaf, head)
            file = segment_name(number - number % state.lines_per_file)
            stored.append(Stored(seq=number, leaf=leaf, body=body, file=file, offset=offset))
            parts[-1].append(line)
            offset += len(line) + 1
        return stored, parts

    def _signers(self, draft: Draft) -> list[SigningKey]:
        if draft.kind == "keys.declared":
            brought = {entry["key"] for entry in draft.body["keys"]}
            dry = self._state.mode == "dry"
            return [*(key for key in self._keys.values() if dry or key.public.hex() in brought), *draft.signers]
        if draft.kind == "genesis" or kinds.KINDS[draft.kind].personal:
            return list(draft.signers)
        if draft.signer is not None or kinds.KINDS[draft.kind].signed:
            return [self._keys["recorder"]]
        return []

    def _try(
        self, trial: Registry, body: dict[str, Any], signers: list[SigningKey], leaf: str, head: Mapping[str, Any]
    ) -> None:
        """Refuse a record of a ledger that would break a rule."""
        names = [key.id for key in signers]
        follow = trial.follow if body["kind"] in EFFECTS else trial.check
        breaches = follow(body, body["seq"], names, leaf)
        if "head" in body and body["head"] != head:
            breaches.append(Breach("VG556", "its head is not that of the log as it is now"))
        if body["kind"] in ("signature", "rejection"):
            breaches += self._check_manifest(body)
        if body["kind"] == "keys.retired" and {key.id for key in self._keys.values()} & set(body["keys"]):
            breaches.append(
                Breach("VG559", "it retires keys of this machine, which could then not seal it; use another machine")
            )
        if breaches:
            raise AuthorityError(
                f"a {body['kind']} record was refused: {'; '.join(breach.text for breach in breaches)}",
                why="what breaks a rule of the ledger would make every later verification fail",
                fix="`valgen explain` with the code of this message says which rule and what to do",
                code=breaches[0].code,
            )

    def _check_manifest(self, body: Mapping[str, Any]) -> list[Breach]:
        """Return what is wrong with the content manifest that a signature names, and with the blobs that it names."""
        try:
            manifest = decode(self._blobs.read(body["manifest"]["sha256"]))
        except VerificationError as error:
            return [Breach("VG557", f"its content manifest cannot be read: {error.what}")]
        problems = check_manifest(body, manifest)
        if problems:
            return [Breach("VG557", f"its content manifest does not fit: {problem}") for problem in problems]
        return [
            Breach("VG557", f"its content manifest names {ref.sha256}, which is not kept")
            for ref in manifest_refs(manifest)
            if not self._blobs.path(ref.sha256).is_file() or self._blobs.path(ref.sha256).stat().st_size != ref.size
        ]
