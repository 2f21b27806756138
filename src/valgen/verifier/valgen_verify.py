#!/usr/bin/env python3
# fmt: off
"""Verify records of valgen without valgen: python valgen_verify.py PATH [--root FINGERPRINT] [--strict] [--json]

PATH is the folder of a log (dry runs or a ledger), a project, or a pack (folder or zip file). This file needs Python 3.9
or newer and nothing else. It reads; it writes no file, unpacks nothing and uses no network. It was written from the pages
"The record format" and "The ledger format" alone and shares no code with valgen, so that the two check each other.
V7 is rule 7 of "Verification" on the first page, L3 rule 3 of "Verification of a ledger" on the second, P the manifest of
a pack; titles in quotes are sections. Exit code: 0 verified, 1 altered, incomplete or of unknown type, 2 wrong usage.
"""

from __future__ import annotations

import argparse, base64, datetime, functools, hashlib, json, os, re, sys, zipfile
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
try:  # only for speed: the code below does the same, also when this package is broken in whatever way
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as FastKey
except BaseException: FastKey = None  # type: ignore[assignment,misc]
MAX_LINE, MAX_NOTE, MAX_INT, HEAD = 1 << 20, 1 << 16, (1 << 53) - 1, 1000  # "Limits"
MAX_TEXT, MAX_SHOWN, FIXED = 1 << 26, 1000, (".gitattributes", ".gitignore")  # own limits of texts in blobs, and of what is shown
def must(good: Any, message: str) -> None:
    if not good: raise ValueError(message)
# ---- "Canonical JSON" ----
def number(text: str) -> int:  # 1.0, 1e2 and NaN come here as well, and int() refuses them
    return must(len(text) <= 17 and abs(int(text)) <= MAX_INT, "a number is beyond 2^53 - 1") or int(text)
def canonical(value: Any) -> bytes: return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
def read_json(data: bytes, limit: int = MAX_LINE) -> Any:  # Return the value, if these bytes are the one way to write it
    must(len(data) <= limit, f"longer than {limit} bytes")
    value = json.loads(data.decode(), parse_int=number, parse_float=number, parse_constant=number)
    layer = [value]
    for _ in range(16):
        must(all(key.isascii() for one in layer if isinstance(one, dict) for key in one), "a key is not ASCII")
        layer = [part for one in layer if isinstance(one, (dict, list)) for part in (one.values() if isinstance(one, dict) else one)]
    must(not any(isinstance(one, (dict, list)) for one in layer), "nested deeper than 16 levels")
    must(canonical(value) == data, "not canonical JSON: the same value is written in another way")
    return value
def read_base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    must(base64.b64encode(data).decode() == text, "not base64 in its one spelling")
    return data
# ---- Ed25519 (RFC 8032) without the cofactor; "Signatures", "Keys and the key store" ----
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)  # a point is X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
def add(a: Any, b: Any) -> Any:
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * D * a[3] * b[3] % P, 2 * a[2] * b[2] % P
    return (n - m) * (z - t) % P, (z + t) * (n + m) % P, (z - t) * (z + t) % P, (n - m) * (n + m) % P
def combine(m: int, a: Any, n: int, b: Any) -> Any:  # m times a plus n times b
    choice, total = (NEUTRAL, a, b, add(a, b)), NEUTRAL
    for bit in range(max(m.bit_length(), n.bit_length()) - 1, -1, -1):
        total = add(add(total, total), choice[(m >> bit & 1) + 2 * (n >> bit & 1)])
    return total
@functools.lru_cache(maxsize=1000)
def read_key(data: bytes) -> Any:  # Return the point of a public key, if it is one in its one spelling and not of low order
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[-1] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT_OF_MINUS_1 % P
    must(len(data) == 32 and y < P and (x * x - square) % P == 0 and (x or not sign), "a public key is not the one spelling of a point")
    x = x if x & 1 == sign else P - x
    X, Y, Z, _ = combine(8, (x, y, 1, x * y % P), 0, NEUTRAL)
    must(X or Y != Z, "a public key is of low order: one signature would hold for many messages")
    return x, y, 1, x * y % P
BASE_POINT = read_key((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
def signature_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    x, y, _, t = read_key(public)
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L: return False
    if FastKey is not None:
        try:
            FastKey.from_public_bytes(public).verify(signature, message)
            return True
        except InvalidSignature:
            return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, _ = combine(s, BASE_POINT, h, (P - x, y, 1, P - t))
    x, y = x * pow(z, P - 2, P) % P, y * pow(z, P - 2, P) % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
# ---- "Tree" ----
def sha256(*parts: bytes) -> bytes: return hashlib.sha256(b"".join(parts)).digest()
def grow(edge: list[bytes], size: int, leaf: bytes) -> bytes:
    """Add a leaf to a tree of so many, of which ``edge`` holds the roots of its full subtrees; return the new root."""
    while size & 1: leaf, size = sha256(b"\x01", edge.pop(), leaf), size >> 1
    edge.append(leaf)
    return functools.reduce(lambda right, left: sha256(b"\x01", left, right), edge[::-1])
# ---- "Record kinds" of both pages, by who signs them ----
ORIGIN, COUNT = r"[A-Za-z0-9._:/@-]{1,200}", r"(?:0|[1-9][0-9]{0,9})"
COMMON = {"seq", "time", "mono", "boot", "actor", "kind", "origin", "salt"}
DRY = {"itself": "genesis keys.declared", "nobody": "step.result",
       "recorder": "run.started case.started case.result run.finished run.aborted recovery clock.anomaly"}
LEDGER = {"either": "keys.retired account.created", "itself": "account.activated",
          "administrator": "account.changed role.granted role.revoked proposal account.reset account.disabled account.unlocked restored",
          "person": "credentials.changed accounts.checked session.opened signature rejection document.issued execution.opened review "
                    "audit.reviewed", "recorder": "login.failed session.closed refused document.changed anchor verified"}
KINDS = {kind: who for who, kinds in DRY.items() for kind in kinds.split()}
PEOPLE = {**KINDS, **{kind: who for who, kinds in LEDGER.items() for kind in kinds.split()}}
NEEDED = {"run.started": "run stage mode environment tool pid argv settings plan facts", "case.started": "run case attempt worker",
          "step.result": "run case attempt step kind_of_step keyword text outcome observed started duration_ms",
          "case.result": "run case attempt outcome message started finished executor steps", "run.aborted": "run reason detected_by",
          "run.finished": "run summary planned selected executed", "recovery": "adopted quarantined", "anchor": "size root medium file",
          "signature": "document number version title content manifest rendition meaning reason zone", "genesis": "tool",
          "verified": "size root problems", "rejection": "document number version title content manifest rendition reason zone", "document.issued": "content files"}
BEYOND = ("Not checked here, but by valgen verify: types of values, further keys of each kind of record, plans and facts; look-alike user ids; accounts.checked; "
          "executions, their testers and reviewers; what a review or an audit-trail review lists; files of anchor records; clocks that were moved.")
def fit(names: str, value: Any) -> Any:  # an object with exactly these keys
    must(isinstance(value, dict) and set(value) == set(names.split()), "its keys are not as they must be")
    return value
def blobs_in(value: Any) -> Any:  # yield everything that names a blob
    if isinstance(value, dict) and {"sha256", "size"} <= set(value) and "file" not in value: yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from blobs_in(inner)
# ---- "Files". Nothing but ordinary files is opened; in a folder or zip file each name leads to a way to open it. ----
def survey(path: str) -> dict[str, Any]:  # Return the name of everything below a folder or in a zip file, with None for what is no ordinary file
    found: dict[str, Any] = {}
    if os.path.isfile(path):
        for one in (archive := zipfile.ZipFile(path)).infolist():
            must(one.filename not in found, f"{one.filename} is twice in the zip file")
            plain = one.external_attr >> 28 in (0, 8) and not one.flag_bits & 1
            if not one.is_dir(): found[one.filename] = functools.partial(archive.open, one) if plain else None
        must(not found or not min(one.header_offset for one in archive.infolist()), "something stands before the zip file")
        return found
    for base, folders, names in os.walk(path, onerror=functools.partial(must, None)):
        record_files = os.path.basename(base) == "log" and "checkpoint" in os.listdir(os.path.dirname(base))  # no folder may be there
        for name in names + [one for one in folders if record_files or one in FIXED or os.path.islink(os.path.join(base, one))]:
            plain = os.path.isfile(full := os.path.join(base, name)) and not os.path.islink(full)
            found[os.path.relpath(full, path).replace(os.sep, "/")] = functools.partial(open, full, "rb") if plain else None
    return found
def read(files: dict[str, Any], name: str, most: int, keep: bool = True) -> Any:
    """Return the content of a file, or its digest and size; of what is longer than ``most``, of its beginning."""
    must(files.get(name), f"{name}: missing, or not an ordinary file")
    digest, size, parts = hashlib.sha256(), 0, []
    with files[name]() as file:
        while size <= most and (part := file.read(1 << 20)):
            digest.update(part)
            size += len(part)
            parts += [part] * keep
    must(size <= most or not keep, f"{name} is longer than {most} bytes")
    return b"".join(parts) if keep else {"sha256": digest.hexdigest(), "size": size}
# ---- "Checkpoints", "Anchors" ----
NOTE = rf"(?P<text>(?P<origin>{ORIGIN})\n(?P<size>{COUNT})\n(?P<root>.+)\n"
NOTE += rf"(?P<way>kept|after) (?P<count>{COUNT}) (?P<digest>[0-9a-f]{{64}})\n)\n(?P<lines>(?:— [^\s+]+ \S+\n){{1,100}})"
def read_note(data: bytes) -> Any:
    found = re.fullmatch(NOTE, data.decode())
    must(len(data) <= MAX_NOTE and not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", data.decode()), "not a checkpoint")
    note = SimpleNamespace(**found.groupdict(), data=data) if found else must(found, "not a checkpoint")
    note.signatures = [(line.split(" ")[1], read_base64(line.split(" ")[2])) for line in note.lines.split("\n")[:-1]]
    note.size, note.count, note.root = int(note.size), int(note.count), read_base64(note.root)
    must(len(note.root) == 32 and all(len(value) > 4 for _, value in note.signatures), "not a checkpoint")
    return note
def stamped(data: bytes, content: bytes) -> str:
    """Return the time in a time-stamp response (RFC 3161), if it holds an imprint of the content; openssl checks the rest."""
    for number, name in ((b"\x01", "sha256"), (b"\x02", "sha384"), (b"\x03", "sha512")):
        digest = hashlib.new(name, content).digest()
        imprint = rb"`\x86H\x01e\x03\x04\x02" + number + rb"(?:\x05\x00)?\x04" + re.escape(bytes([len(digest)]) + digest)
        if found := re.search(imprint + rb"\x02[\x01-\x40].{1,64}?\x18[\x0f-\x20]([0-9]{14}(?:\.[0-9]+)?Z)", data, re.DOTALL):
            return found[1].decode()
    raise ValueError("the time stamp is over something else")
def seconds(time: str) -> float:
    day = datetime.datetime.fromisoformat(time[:17] + "00").replace(tzinfo=datetime.timezone.utc)
    return day.timestamp() + float(time[17:-1])
class Log:
    """What is known of a log while it is read from its first to its last byte, once."""
    def __init__(self, files: dict[str, Any]) -> None:
        self.files = {name: way for name, way in files.items() if not re.match(r"(torn|lock|tmp|cache|dry)(/|$)|index\.[^/]*(/|$)", name)}
        self.problems, self.notes, self.edge, self.roots, self.genesis = [], [], [], bytearray(), {}  # roots of all sizes, 32 bytes each
        self.untold = self.records = self.sealed = self.runs = self.anchored = 0
        self.mode, self.code, self.origin, self.fingerprint, self.anchored_to, self.stamp = "dry", "", "", "", "", 0.0
        self.keys, self.open_runs = {}, {}  # by id: public, role, since, until; by run: of each attempt the digest of its steps
        self.named, self.checked, self.used = {"checkpoint", "checkpoints.jsonl", ".gitattributes", ".gitignore"}, set(), set()
        self.accounts, self.proposals, self.sessions = {}, {}, {}  # sessions that are open: account, and whether it signed
    def problem(self, code: str, where: str, message: str) -> None:
        self.problems += [{"code": code, "where": where, "message": message}] * (len(self.problems) < MAX_SHOWN)
        self.untold += len(self.problems) == MAX_SHOWN
    @contextmanager
    def rule(self, code: str, where: str) -> Any:  # Turn whatever goes wrong within into a problem, and go on behind it
        self.code = code
        try:
            yield
        except Exception as error:
            self.problem(self.code, where, str(getattr(error, "strerror", None) or error or type(error).__name__)[:500])
    def lines(self, code: str, name: str) -> Any:
        with self.rule(code, name):
            must(self.files.get(name), "missing, or not an ordinary file")
            with self.files[name]() as file:
                for line in iter(lambda: file.readline(MAX_LINE + 2), b""):
                    must(line[-1:] == b"\n", "a line has no newline at its end, or is too long; reading stops there")
                    yield line[:-1]
    def root_at(self, size: int) -> str: return self.roots[32 * size - 32:32 * size].hex()
    def read_records(self) -> None:
        full = True
        while full and (name := f"log/{self.records:09d}.jsonl") in self.files:
            self.named.add(name)
            first = self.records
            for line in self.lines("V3", name): self.read_record(line, f"record {self.records}")
            full = self.records - first == self.genesis.get("lines_per_file")
            with self.rule("V3", name): must(full or 0 < self.records - first < self.genesis.get("lines_per_file", MAX_INT), "not the lines due")
        stray = [name for name in self.files if name[:4] == "log/" and name not in self.named]
        with self.rule("V3", "log"): must(self.records and not stray, "there must be record files that follow on each other, and nothing else")
    def read_record(self, line: bytes, where: str) -> None:
        seq, leaf, stamp = self.records, sha256(b"\x00", line), self.stamp
        self.roots += grow(self.edge, seq, leaf)
        self.records += 1
        with self.rule("V4", where):
            record = fit("body sigs type", read_json(line))
            body, kind = record["body"], str(record["body"]["kind"])
            if seq == 0: self.mode, self.origin = body.get("mode"), body.get("origin")
            kinds = PEOPLE if self.mode == "ledger" else KINDS
            must(kind in kinds, f"cannot be verified: the kind {kind[:80]!r} is not known here")
            must(record["type"] == f"application/vnd.valgen.{kind}.v1+json", "its type is not that of its kind")
            must(set(body) >= {*COMMON, *NEEDED.get(kind, "").split()} and {type(body[key]) for key in ("seq", "mono")} == {int}, "its keys are not as they must be")
            self.code = "V5" if body["origin"] == self.origin else "V6"
            good = body["seq"] == seq and (seq == 0) == (kind == "genesis") and body["origin"] == self.origin
            must(good, "its number or log is another one, or genesis is not record 0 alone")
            self.code = "V7"
            signers, brought = self.check_signatures(kind, record)
            self.check_signers(kinds[kind], kind, body, signers, signers - set(brought))
            for key, one in brought.items():
                self.keys.setdefault(key, SimpleNamespace(public=one[0], role=one[1], since=seq, until=None))
            self.code = "V9"
            self.begin(body) if kind == "genesis" else self.runs_fit(kind, body, leaf.hex())
            if self.mode == "ledger": self.people_fit(kind, body, seq, signers)
            self.code = "V10"
            for blob in blobs_in(body): self.check_blob(blob, body)
            self.code = "L10"
            must(seconds(body["time"]) >= stamp - 600, "it states a time long before that of a time stamp that stands before it")
    # ---- "Signatures", "Keys and the key store"; "Who signs", "Keys of a ledger" ----
    def check_signatures(self, kind: str, record: dict[str, Any]) -> tuple[set[str], dict[str, Any]]:
        """Check every signature; return who signed, and the keys that the record brings."""
        body, type_, ids = record["body"], record["type"].encode(), [one["key"] for one in record["sigs"]]
        keys = [(body["key"], "person")] if kind == "account.activated" else [
            (one["key"], one["role"]) for one in body["keys"]] if kind in ("genesis", "keys.declared") else []
        brought = {sha256(bytes.fromhex(key)).hex(): (bytes.fromhex(key), role) for key, role in keys}
        roles = {"log", "recorder", "person" if kind == "account.activated" else "root" if self.mode == "ledger" and not body["seq"] else ""}
        must(len(brought) == len(keys) and {role for _, role in keys} <= roles, "it brings a key twice, or of a wrong role")
        must(ids == sorted(set(ids)) and set(brought) <= set(ids), "signatures are not in order, or of a key that it brings missing")
        message = b"DSSEv1 %d %s %d %s" % (len(type_), type_, len(canonical(body)), canonical(body))
        for one in record["sigs"]:
            fit("key sig", one)
            public = brought[one["key"]][0] if one["key"] in brought else self.keys[one["key"]].public if one["key"] in self.keys else b""
            must(public, "it is signed by a key that was not declared by then")
            must(signature_holds(public, read_base64(one["sig"]), message), f"the signature by {one['key']} does not hold")
        return set(ids), brought
    def active(self, key: str, *roles: str) -> bool: return key in self.keys and self.keys[key].role in roles and self.keys[key].until is None
    def administers(self, one: Any) -> bool: return bool(one and one.state == "active" and "administrator" in one.roles)
    def check_signers(self, who: str, kind: str, body: dict[str, Any], signers: set[str], rest: set[str]) -> None:
        """Compare those who signed with those who must, and nobody else; ``rest`` is without the keys that it brings."""
        if self.mode != "ledger":
            recorders = {key for key in signers if key in self.keys and self.keys[key].role == "recorder"}
            recorders |= {one["key"] for one in body.get("keys", []) if one["role"] == "recorder"}
            return must(who == "nobody" or recorders, "no recorder key signed it")
        must(not any(key in self.keys for key in signers - rest), "a key that it brings was declared or activated before")
        actor, roots = self.accounts.get(body["actor"]), {key for key in rest if self.active(key, "root")}
        enough = len(roots) >= self.genesis.get("threshold", 1)
        own, lonely = {actor.key} if actor and actor.state == "active" else None, not any(map(self.administers, self.accounts.values()))
        if who == "nobody" or kind in ("genesis", "account.activated"): good = not rest
        elif who == "recorder": good = len(rest) == 1 and self.active(*rest, "recorder")
        elif who == "person": good = rest == own
        elif body["actor"] == "root":  # in place of administrators only while there are none
            good = rest == roots and enough and (who != "administrator" or lonely)
        else:  # the root may stand beside an administrator in place of the one who proposes
            good = self.administers(actor) and rest - roots == own and (enough and body.get("proposal") == -1 if roots else True)
        must(good, "it is not signed by just those who must sign it, with keys that count at this place")
    def begin(self, body: dict[str, Any]) -> None:
        must(body["format"] == 1 and self.mode in ("dry", "ledger"), "cannot be verified: format or mode are not known")
        must(re.fullmatch(ORIGIN, self.origin) and {type(body[key]) for key in ("format", "lines_per_file")} == {int} and body["lines_per_file"], "its origin or lines_per_file are malformed")
        self.genesis, roles = body, [one["role"] for one in body["keys"]]
        if self.mode == "ledger":
            good = re.fullmatch("valgen:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.+", self.origin) and body["actor"] == "root"
            good = good and roles.count("log") == roles.count("recorder") == 1 <= body["threshold"] <= roles.count("root")
            must(good, "origin, actor, keys or threshold are not those of a ledger")
            self.named.add("root.json")
            self.code, line = "L1", read(self.files, "root.json", MAX_LINE)
            keys = sorted(one["key"] for one in body["keys"] if one["role"] == "root")
            must(line == canonical({"keys": keys, "origin": self.origin, "threshold": body["threshold"]}) + b"\n", "root.json does not say what the genesis record says")
            self.fingerprint = sha256(line[:-1]).hex()
    # ---- "Runs" ----
    def runs_fit(self, kind: str, body: dict[str, Any], leaf: str) -> None:
        name = body.get("run")
        if kind == "run.started":
            self.runs, self.open_runs[name] = self.runs + 1, {}
            prefix, mode = ("run", "formal") if self.mode == "ledger" else ("dry", "dry")
            must(name == f"{prefix}-{self.runs:04d}" and body["mode"] == mode, "it is not the next run of this log, or of its mode")
        elif kind in ("case.started", "step.result", "case.result", "run.finished", "run.aborted"):
            must(name in self.open_runs, "it speaks of a run that was not started, or has ended")
            attempts, this = self.open_runs[name], (body.get("case"), body.get("attempt"))
            must(attempts.setdefault(this, hashlib.sha256()), "this attempt has ended")
            if kind == "step.result": attempts[this].update(leaf.encode())
            elif kind == "case.result":
                steps, attempts[this] = attempts[this].hexdigest(), None
                must(steps == sha256("".join(body["steps"]).encode()).hex(), "its steps are not those of its attempt")
            elif kind != "case.started": del self.open_runs[name]
    # ---- "Accounts", "Two people", "Documents", "Reviews", "Formal executions" ----
    def two_people(self, act: str, body: dict[str, Any], signers: set[str]) -> None:
        chosen, actor, one = body["proposal"], self.accounts.get(body["actor"]), self.proposals.pop(body["proposal"], None)
        by, persons = self.accounts.get(one["actor"]) if one else None, {who.person for who in self.accounts.values() if self.administers(who)}
        if chosen == -2: must(self.genesis.get("single_administrator") and actor, "this ledger is not one of a single administrator")
        elif chosen == -1:
            must(not actor or (len(persons) == 1 and any(self.active(key, "root") for key in signers)), "the root cannot stand in here")
        else:
            must(one and actor and self.administers(by) and by.person != actor.person, "no proposal by another administrator")
            must((one["act"], one["account"]) == (act, body.get("account", "")), "the proposal is for something else")
            must(seconds(body["time"]) - seconds(one["time"]) <= 7 * 86400, "the proposal is older than 7 days")
    def people_fit(self, kind: str, body: dict[str, Any], seq: int, signers: set[str]) -> None:
        """Keep one state of each account, changed by one record after the other."""
        self.code, (actor, one, session) = "L3", (of.get(body.get(key)) for of, key in ((self.accounts, "actor"), (self.accounts, "account"), (self.sessions, "session")))
        must(one or kind == "account.created" or not body.get("account"), "it is about an account that does not exist")
        must(not (one and actor) or one.person != actor.person or kind not in ("account.reset", "account.unlocked"), "it is their own")
        if kind == "account.created":
            first, user, roles = self.accounts.get(body["person"]), body["user"], set(body["roles"])
            good = body["account"] == f"u-{len(self.accounts) + 1:04d}" and user not in self.used and len(roles) == len(body["roles"])
            self.accounts[body["account"]] = SimpleNamespace(**{**body, "roles": roles, "state": "waiting", "key": "", "totp": False, "reset": ""})
            self.used.add(user)
            same = first and first.account == first.person and first.service == body["service"]
            must(good and (same or body["person"] == body["account"]), "account, person, user id or roles are not allowed")
            must("administrator" not in roles or (body["actor"] == "root" and not body["service"]), "it cannot make an administrator")
        elif kind == "account.activated":
            right = sha256(bytes.fromhex(one.code["salt"]), body["code"].encode()).hex() == one.code["sha256"]
            must(right and seconds(body["time"]) <= seconds(one.code["expires"]), "the one-time code is wrong or too late")
            must(one is actor and one.state == "waiting", "the account is not waiting for its own activation")
            one.state, one.key, one.totp = "active", sha256(bytes.fromhex(body["key"])).hex(), body["totp"]
        elif kind == "account.changed": one.name, one.function = body.get("name", one.name), body.get("function", one.function)
        elif kind == "role.granted":
            top = body["role"] == "administrator"
            must(body["role"] not in one.roles and top == ("proposal" in body) and not (top and one.service), "this role cannot be granted so")
            if top: self.two_people(kind, body, signers)
            one.roles.add(body["role"])
        elif kind == "role.revoked": one.roles.remove(body["role"])
        elif kind == "proposal": self.proposals[seq] = body
        elif kind in ("account.reset", "restored"): self.two_people(kind, body, signers)
        elif kind in ("keys.retired", "keys.declared"):
            must(body["keys"] and (kind == "keys.declared" or len(set(body["keys"])) == len(body["keys"])), "no key, or one twice")
            for key in body["keys"] if kind == "keys.retired" else []:
                must(self.active(key, "log", "recorder"), "it retires what is no active key of a machine")
                self.keys[key].until = seq
        elif kind == "session.opened":
            good = not actor.service and body["session"] not in self.used and actor.totp == (body["method"] != "password")
            must(good, "a service opens it, it is not new, or its method does not fit the second factor of the account")
            self.sessions[body["session"]] = [body["actor"], self.used.add(body["session"])]
        elif kind == "session.closed": must(self.sessions.pop(body["session"], None), "this session is not open")
        elif kind == "document.issued": must(not actor.service, "a service issues documents")
        elif kind in ("anchor", "verified"):
            must(0 < body["size"] <= seq and self.root_at(body["size"]) == body["root"], "it speaks of another log than this one")
            if body.get("medium") == "rfc3161" and self.files.get(name := f"anchors/{body['size']:09d}.tsr"):
                found = re.search(rb"\x18[\x0f-\x20](\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d(?:\.\d+)?Z)", read(self.files, name, MAX_LINE))
                self.stamp = max(self.stamp, seconds("{}-{}-{}T{}:{}:{}".format(*(part.decode() for part in found.groups())))) if found else self.stamp
        if kind in ("account.reset", "account.disabled", "credentials.changed"):
            must(kind != "credentials.changed" or one is actor, "it is about somebody else's account")
            if kind == "account.reset": one.state, one.key, one.code, one.reset = "waiting", "", body["code"], body["time"]
            elif kind == "account.disabled": one.state, one.key = "disabled", ""
            one.totp = body.get("totp", one.totp)
            self.sessions = {name: now for name, now in self.sessions.items() if now[0] != body["account"]}
        if kind in ("signature", "rejection", "review", "audit.reviewed"):
            self.code, size = "L4", body["head"]["size"]
            good = not actor.service and body["role"] in actor.roles and (body["name"], body["function"]) == (actor.name, actor.function)
            must(good and session and session[0] == body["actor"], "role, name, function or open session are not those of the account")
            must(session[1] or body["components"] == "all", "the first signature of a session needs all components")
            session[1], self.code = True, "L5"
            must(0 < size <= seq and self.root_at(size) == body["head"]["root"], "it was signed over another log than this one")
            self.anchored, self.anchored_to = max((self.anchored, self.anchored_to), (size, f"{kind} by {actor.name} in record {seq}"))
            self.notes += [f"record {seq}: signed by {actor.name} with a key from a reset {seconds(body['time']) - seconds(actor.reset):.0f} s "
                           "before"] if actor.reset else []
    # ---- "Blobs", "Long values" ----
    def check_blob(self, blob: dict[str, Any], body: dict[str, Any]) -> None:
        name = f"blobs/{blob['sha256'][:2]}/{blob['sha256'][2:]}"
        if name not in self.files and {"name", "media_type"} <= set(blob) and "id" not in blob:
            return  # "The rendition and issued files need not be kept."
        known, fact = (name, blob["size"]) in self.checked, {"sha256": blob["sha256"], "size": blob["size"]}
        must(known or read(self.files, name, blob["size"], keep=False) == fact, f"{name} is not of its digest and size")
        self.checked.add((self.named.add(name) or name, blob["size"]))
        if "head" in blob or blob in (body.get("plan"), body.get("facts"), body.get("manifest")):
            data = read(self.files, name, MAX_TEXT)
            must("head" not in blob or blob["head"] == data.decode()[:HEAD], f"{name} does not begin as the record says")
            value = read_json(data, MAX_TEXT) if blob.get("media_type") != "text/plain" else None
        if blob == body.get("manifest"):
            self.code, told = "L6", (value["document"]["key"], value["document"]["version"], value["content"])
            must(told == (body["document"], body["version"], body["content"]), "its manifest is of another document")
            for part in value["snapshot"]: self.check_blob(part, {})
    # ---- "Checkpoints", "Kept checkpoints", "Anchors" ----
    def check_note(self, note: Any) -> None:
        must(note.origin == self.origin and 0 < note.size <= self.records, f"it is of another log, or covers {note.size} records, and there are {self.records}")
        must(note.root.hex() == self.root_at(note.size), f"the first {note.size} lines do not give its root: altered, added or removed")
        signed = False
        for key in [key for key in self.keys.values() if key.role == "log" and key.since < note.size]:
            hint = sha256(note.origin.encode(), b"\n\x01", key.public)[:4]
            for value in [value for name, value in note.signatures if name == note.origin and value[:4] == hint]:
                must(signature_holds(key.public, value[4:], note.text.encode()), "a signature by a key of the log does not hold")
                signed = signed or key.until is None or key.until >= note.size
        must(signed, "no log key that counts at this size has signed it")
    def read_checkpoints(self, wanted: dict[int, list[bytes]]) -> None:
        """Compare all checkpoints with the log and with each other; collect those of the sizes that are wanted."""
        digest, count, size = hashlib.sha256(), 0, 0
        last: list[Any] = [("", b"", 0)] * 2  # of the last two lines: digest of the lines before it, note, size
        for line in self.lines("V2", "checkpoints.jsonl"):
            this = (digest.hexdigest(), b"", size)
            with self.rule("V2", f"checkpoints.jsonl line {count + 1}"):
                note = read_note(fit("checkpoint", read_json(line))["checkpoint"].encode())
                must((note.way, note.count, note.digest) == ("kept", count, this[0]), "it does not name the lines before it")
                must(note.size >= size, "it covers fewer records than the line before it")
                this, size, self.code = (this[0], note.data, note.size), note.size, "V8"
                wanted.get(size, []).append(note.data)
                self.check_note(note)
            last, count = [last[1], this], count + 1
            digest.update(line + b"\n")
        with self.rule("V2", "checkpoint"):
            note = read_note(read(self.files, "checkpoint", MAX_NOTE))
            more, kept = count - note.count - (note.way == "kept"), note.way == "kept"
            must(more in (0, 1), "the list of kept checkpoints is not the one that it names")
            named = last[1 - more][:2] == (note.digest, note.data) if kept else note.digest == (last[1][0] if more else digest.hexdigest())
            must(named and last[1 - more][2] <= note.size <= (size if more else note.size), "it does not fit the list of kept checkpoints")
            wanted.get(note.size, []).append(note.data)
            self.notes += ["The newest checkpoint is unfinished; the next writer finishes it."] * more
            self.sealed, self.code = max(note.size, size), "V8"
            self.check_note(note)
        with self.rule("V11", "log"): must(self.records <= self.sealed, "records lie beyond the newest checkpoint")
    def read_anchors(self) -> None:
        names = {name: name[8:].split(".") for name in self.files if self.mode == "ledger" and re.fullmatch(r"anchors/[0-9]{9}\.(tsr|git|head)", name)}
        notes: dict[int, list[bytes]] = {int(size): [] for size, _ in names.values()}
        self.read_checkpoints(notes)
        for name, (number, kind) in names.items():
            with self.rule("L8", name):
                self.named.add(name)
                size, data, detail = int(number), read(self.files, name, MAX_LINE), name
                must(kind == "head" or notes[size], "there is no kept checkpoint of this size")
                if kind == "head":
                    must(read_note(data).size == size, "it is of another size")
                    self.check_note(read_note(data))
                elif kind == "git":
                    fit("commit path remote time", read_json(data))
                    self.notes.append(f"{name} counts only when you compare it with the remote")
                else:
                    detail += " of " + stamped(data, notes[size][-1])
                    self.notes.append(f"{detail}: for its certificates, openssl ts -verify -in {name} -data CHECKPOINT -CAfile TRUSTED")
                self.anchored, self.anchored_to = max((self.anchored, self.anchored_to), (size, detail))
    def verify(self, root: str, strict: bool) -> None:
        self.read_records()
        self.read_anchors()
        with self.rule("L9", "root.json"):
            must(root in ("", self.fingerprint), f"the root fingerprint is {self.fingerprint or 'missing'}, not {root}")
        ignored = b"/cache/\n/dry/\n/index.*\n/lock/\n/tmp/\n" if self.mode == "ledger" else b"*\n"
        for name, text in ((".gitattributes", b"* -text\n"), (".gitignore", ignored)):
            with self.rule("V1", name):
                must(name not in self.files or read(self.files, name, 1000) == text, "its content is not the one it must have")
        for name in sorted(name for name in self.files if name not in self.named and name[:4] != "log/"):
            self.problem("V12", name, "no record names this file") if strict else self.notes.append(f"{name}: no record names this file")
# ---- packs and the report ----
def check_pack(log: Log, files: dict[str, Any], top: str) -> None:  # Compare the files of a pack with its manifest
    with log.rule("P", "manifest.json"):
        listed = json.loads(read(files, top + "manifest.json", MAX_TEXT))
        named = {top + one["path"]: {"sha256": one["sha256"], "size": one["size"]} for one in listed["files"]}
        must(len(named) == len(listed["files"]), "it names a file twice")
        for name, fact in named.items():
            with log.rule("P", name): must(read(files, name, fact["size"], keep=False) == fact, "the file was altered")
        for name in [name for name in files if name not in named and name != top + "manifest.json"]:
            log.problem("P", name, "the manifest does not name this file")
        now = {"origin": log.origin, "size": log.sealed, "root": log.root_at(log.sealed), "root_fingerprint": log.fingerprint}
        said = listed.get("ledger") or now
        must(all(said.get(key) == value for key, value in now.items()), "it was made with another state of the ledger")
def look(path: str, root: str, strict: bool) -> Log:
    files = survey(os.path.abspath(path))
    tops = sorted((name for name in files if re.fullmatch("([^/]+/)?manifest.json", name)), key=len)
    top = tops[0][:-13] if tops else ""
    places = [top + "evidence/ledger/"] if tops else ["", ".valgen/", ".valgen/dry/"]
    place = next((one for one in places if any(name.startswith((one + "log/", one + "root.json", one + "checkpoint")) for name in files)), None)
    log = Log({name[len(place):]: way for name, way in files.items() if name.startswith(place)} if place is not None else {})
    if place is not None: log.verify(root, strict)
    elif not tops or root:
        log.problem("V1", path, "cannot be verified: neither log, project nor pack" if not tops else "no records, so no root fingerprint")
    if tops: check_pack(log, files, top)
    log.notes += ["single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"] * bool(log.genesis.get("single_administrator"))
    compared = "compared with the one given" if root else "taken from the ledger itself and compared with nothing"
    log.notes.append(f"root fingerprint {log.fingerprint}, {compared}" if log.mode == "ledger" else
                     "No records: nobody signed the manifest, and who changes a file can change that too." if place is None else
                     "A log of dry runs is never evidence: its keys are its own, no person signs in it, nothing anchors it.")
    return log
def main() -> int:
    parser = argparse.ArgumentParser(description="Verify records of valgen without valgen.")
    parser.add_argument("path", help="folder of a log, a project, or a pack (folder or zip file)")
    parser.add_argument("--root", default="", help="root fingerprint, as a printed document shows it")
    for name, text in (("strict", "files that no record names are problems"), ("json", "write the report as JSON")):
        parser.add_argument("--" + name, action="store_true", help=text)
    root = re.sub(r"\s", "", (given := parser.parse_args()).root).lower()
    if not os.path.exists(given.path) or not re.fullmatch("([0-9a-f]{64})?", root):
        parser.error("no such file or folder, or the root fingerprint is not of 64 hex digits")
    outer = Log({})
    with outer.rule("V1", given.path): outer = look(given.path, root, given.strict)
    ok, notes = not outer.problems, outer.notes[:MAX_SHOWN] + [f"Signatures checked with {'cryptography' if FastKey else 'own code'}.", BEYOND]
    if given.json:
        print(json.dumps({"ok": ok, "records": outer.records, "problems": outer.problems, "anchored_to": outer.anchored_to,
                          "unanchored": outer.records - outer.anchored, "untold": outer.untold, "notes": notes}))
    else:
        shown = [f"{one['code']} {one['where']}: {one['message']}" for one in outer.problems] + [f"{outer.untold} problems more"] * bool(outer.untold)
        shown += [*notes, f"{outer.records} records, anchored by: {outer.anchored_to or 'nothing'}; unanchored: {outer.records - outer.anchored}"]
        shown += ["VERIFIED" if ok else "NOT VERIFIED: altered, incomplete, or of a type that cannot be verified"]
        print("\n".join(line.encode("unicode_escape").decode() for line in shown))
    return 0 if ok else 1
if __name__ == "__main__": sys.exit(main())
