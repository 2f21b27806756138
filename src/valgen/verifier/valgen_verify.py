#!/usr/bin/env python3
# fmt: off
"""Verify records of valgen without valgen: python valgen_verify.py PATH [--root FINGERPRINT] [--strict] [--json]

PATH is the folder of a log (dry runs or a ledger), a project, or a pack (folder or ZIP file). It needs Python 3.9,
writes no file, unpacks nothing and uses no network. It was written from "The record format" and "The ledger format" and
shares no code with valgen, so that the two check each other. V7 is rule 7 of "Verification" there, L3 rule 3 of a
ledger, P is "Packs"; titles in quotes are sections. Exit code: 0 verified, 1 altered or unknown, 2 wrong usage."""
import argparse, base64, datetime, functools, hashlib, json, os, re, sys, zipfile
from contextlib import contextmanager; from types import SimpleNamespace as Things
try:  # only for speed: the code below does the same, also when this package is broken in whatever way
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as FastKey
except BaseException: FastKey = None
MAX_LINE, MAX_NOTE, MAX_INT, MAX_BLOB, HEAD = 1 << 20, 1 << 16, (1 << 53) - 1, 1 << 30, 1000  # "Limits"
MAX_ANCHOR, MAX_MANIFEST, MAX_SHOWN, BOSS = 1 << 18, 1 << 26, 1000, "administrator"  # MAX_SHOWN limits the report
def must(good, message):  # what breaks a rule raises, here and in the standard library; Log.rule makes a problem of it
    if not good: raise ValueError(message)
# "Types in records", "Record kinds": objects, then kinds of record behind @who signs them, with their keys. key:t is of
# type t, key alone of the type of its name, key?:t may be missing. 0+ is a whole number from 0; 1-200 a text of so many
# characters; t* a list of t; {t} an object with free keys; t~ a t or a long value; a|b one of both; CAPITALS an object
# of this table, included where it stands alone; else the text itself, _ for a space. kind/x: more keys where mode is x.
TYPES = {"text": "0-4096", "title": "text", "word": "1-400", "rows": "any**", "stage": "IQ|OQ|PQ", "reason": "1-1000",
         "version": "0-100", "any": str, "bool": bool, "null": type(None), "object": dict, "int": int,
         "outcome": "Passed|Passed with deviation|Failed|Error|Blocked|Skipped|Not executed|Aborted|N/A"}
PATTERNS = {"sha256": "[0-9a-f]{64}", "session": "[0-9a-f]{32}", "empty": "", "run": "(dry|run)-[0-9]{4,9}",
            "commit": "[0-9a-f]{40}|[0-9a-f]{64}", "execution": "exec-[0-9]{4,9}", "account": "u-[0-9]{4,9}",
            "role": "[a-z][a-z0-9_]{0,39}", "user": "[a-z][a-z0-9._-]{1,63}",
            "time": r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]{1,6})?Z"}
SHAPES = """
BODY seq:0+ time mono:0+ boot:0-200 actor:0-400 kind:word origin:word salt:session; RECORD body:object sigs:SIG*
type:any; SIG key:any sig:any; BLOB sha256 size:0+; LONG BLOB head:0-1000 media_type:text/plain|application/json; TORN
BLOB file:text; KEPT checkpoint:any; FILE BLOB name:0-400 media_type:0-200; KEY role:root|log|recorder key:sha256; HEAD
size:1+ root:sha256; SCRIPT path:text sha256; ATTEMPT run case:word attempt:1+; GIT commit:0-200 dirty:bool
branch:text; ATTACHED BLOB id:word name:text media_type:0-200 captured_at?:empty|time; STEP number:0+
kind:Given|When|Then keyword:text text:any table?:rows doc_string?:any|null background?:bool; PLAN id:word title:any
mode:Automated|Manual|Unscripted path:text line:0+ selected:bool fingerprint:0-200 items:{0-200} steps:STEP*; FACTS
host:{any} packages:{text} plugins:text* code:SCRIPT* git:GIT|null; IDENTITY by:0-400 how:0-400 on:0-400; CODE
salt:session sha256 expires:time; SYSTEM name:0-400 version:0-400; CHECKED account roles:role*
state:waiting|active|disabled; STATEMENT role name:0-200 function:0-200 session components:all|password zone:0-100
head:HEAD; PAPER document:word number:0-400 version title content:sha256 manifest:BLOB rendition:FILE reason STATEMENT;
PART BLOB path:text; MANIFEST document:DOCUMENT content:sha256 template:TEMPLATE references:REFERENCE* items:{0-200}
snapshot:PART*; DOCUMENT key:text type:text number:text version:text title; TEMPLATE name:text sha256; REFERENCE
key:text number:text version:text content:empty|sha256; PROTOCOL document:0-400 number:0-400 version:0-400
content:sha256 manifest:sha256; PLACE commit path:1-1000 remote:1-1000 time; PACKED BLOB path:any; PACK files:PACKED*
format:1+ digest?:sha256 ledger?:object documents?:object* versions?:object* project?:any system?:object tool?:any
dry_run?:bool; @itself; genesis mode:dry|ledger format:1+ lines_per_file:1+ keys:KEY* tool:0-200; genesis/ledger
threshold:1+ single_administrator:bool; keys.declared keys:KEY* reason:0-1000; @nobody; step.result ATTEMPT step:0+
kind_of_step:Given|When|Then keyword:text text:any~ outcome observed:bool started:empty|time duration_ms:0+
expected?:any*~ actual?:any*~ tables?:rows*~ data_table?:rows~ doc_string?:any~|null message?:any~ trace?:any~
attachments?:ATTACHED*; @recorder; run.started run stage mode:dry|formal environment:0-400 tool:0-200 pid:0+ argv:any*~
settings:0-64 plan:BLOB facts:BLOB; run.started/formal execution session:empty|session tester:account; case.started
ATTEMPT worker:0-200; case.result ATTEMPT outcome message:any~ started:empty|time finished:time executor:0-400
steps:sha256*; run.finished run summary:SUMMARY planned:0+ selected:0+ executed:0+; run.aborted run reason:any~
detected_by:recorder|recovery; recovery adopted:0+ quarantined:TORN*; clock.anomaly previous_time:time previous_mono:0+
jump_ms:int run?; login.failed account:empty|account source:0-400
reason:credentials|second_factor|locked|not_active|too_soon; session.closed session
reason:left|idle|credentials|taken_over; refused act:word account:empty|account subject:0-400 code:0-40 reason:any~;
document.changed document:word version previous:0-100 reason:any~ change_ref:0-400 author:0-400 changes:rows~; anchor
HEAD medium:rfc3161|git|head file:BLOB detail:0-1000; verified HEAD data:bool compared:given|remembered|empty
problems:0+ findings:any~ tool:0-200; @itself; account.activated account key:sha256 code:0-64 totp:bool; @either;
keys.retired keys:sha256* stolen:bool reason:0-1000; account.created account person:account user name:1-200
function:0-200 email:0-200 service:bool roles:role* identity:IDENTITY code:CODE; @administrator; account.changed
account name?:1-200 function?:0-200 email?:0-200 reason; role.granted account role reason proposal?:-2+; role.revoked
account role reason; proposal act:role.granted|account.reset|restored account:empty|account reason; account.reset
account identity:IDENTITY code:CODE reason proposal:-2+; account.disabled account reason; account.unlocked account
reason; restored known:HEAD kept:0+ reason proposal:-2+; @person; credentials.changed account password:bool totp:bool;
accounts.checked accounts:CHECKED* findings:any~ conclusion:reason; session.opened session
method:password|password_and_one-time_code source:0-400 zone:0-100; signature PAPER
meaning:authored|reviewed|approved|executed|witnessed|verified_copy|closed; rejection PAPER; document.issued
document:word version content:sha256 files:FILE*; execution.opened execution stage environment:0-400 protocol:PROTOCOL
system:SYSTEM cases:{0-200} code:SCRIPT* session; review execution upto:0+ results:sha256* conclusion:accepted|returned
comment:any~ STATEMENT; audit.reviewed first:0+ last:0+ scope:reason findings:any~ conclusion:reason next:0-40
STATEMENT"""
TABLE, SIGNER, who = {"SUMMARY": {one: (True, "0+") for one in TYPES["outcome"].split("|")}}, {}, ""
for row, *parts in map(str.split, SHAPES.split(";")):
    TABLE[row], who = {}, row[1:] if row[0] == "@" else who
    if who and row[0] != "@" and "/" not in row: SIGNER[row] = who
    for key, _, of in (part.partition(":") for part in parts):
        TABLE[row].update(TABLE[key] if key.isupper() else {key.rstrip("?"): (key[-1] == "?", of or key.rstrip("?"))})
OF_DRY_LOGS = list(SIGNER)[:list(SIGNER).index("login.failed")]  # the kinds behind stand in ledgers only
@functools.cache
def tester(name):  # Return what tells whether a value is of a type
    if known := TYPES.get(name): return tester(known) if type(known) is str else lambda value: type(value) is known
    if name.isupper() and name in TABLE: return lambda value: type(value) is dict and not misfits(value, name)
    if "|" in name: return lambda value, ways=[*map(tester, name.split("|"))]: any(fits(value) for fits in ways)
    if name[-1] == "+": return lambda value, least=int(name[:-1]): type(value) is int and value >= least
    if name[-1] == "*": return lambda value, fits=tester(name[:-1]): type(value) is list and all(map(fits, value))
    if name[-1] == "~": return lambda value, fits=tester(name[:-1]): fits(value) or tester("LONG")(value)
    if name[0] == "{": return lambda held, fits=tester(name[1:-1]): type(held) is dict and all(map(fits, held.values()))
    if re.fullmatch("[0-9]+-[0-9]+", name):
        return lambda value, ends=[*map(int, name.split("-"))]: type(value) is str and ends[0] <= len(value) <= ends[1]
    like, day = re.compile(PATTERNS.get(name, re.escape(name.replace("_", " ")))).fullmatch, datetime.date.fromisoformat
    return lambda value: type(value) is str and like(value) and (name != "time" or day(value[:10]))
@functools.cache
def keys_of(*names): return {key: (may, tester(of)) for name in names for key, (may, of) in TABLE[name].items()}
def misfits(value, *names):  # keys that are missing, unknown or not of their types
    wrong = [key for key, (may, fits) in keys_of(*names).items() if not (fits(value[key]) if key in value else may)]
    return wrong + [key for key in value if key not in keys_of(*names)]
WITHIN = {"plan": "PLAN*", "facts": "FACTS", "manifest": "MANIFEST"}  # NAMING: key, a list?, needed?, type within
NAMING = {kind: [(key, of in ("FILE*", "ATTACHED*"), of[:4] != "FILE", WITHIN.get(key, of.split("~")[0] * ("~" in of)))
                 for key, (_, of) in TABLE[kind].items() if re.search("~|BLOB|FILE|ATTACHED", of)] for kind in SIGNER}
def number(text):  # "Canonical JSON": 1.0, 1e2 and NaN come here as well, and int() refuses them
    must(len(text) <= 17 and abs(int(text)) <= MAX_INT, "a number is beyond 2^53 - 1"); return int(text)
def canonical(value): return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
def read_json(data, limit=MAX_LINE):  # Return the value, if these bytes are the one way to write it
    must(len(data) <= limit, f"longer than {limit} bytes")
    value = json.loads(data.decode(), parse_int=number, parse_float=number, parse_constant=number)
    layer, level = [value], 0
    while layer := [one for one in layer if isinstance(one, (dict, list))]:
        must((level := level + 1) <= 16, "nested deeper than 16 levels")
        must(data.isascii() or all(key.isascii() for one in layer for key in one if type(one) is dict), "no ASCII key")
        layer = [part for one in layer for part in (one.values() if isinstance(one, dict) else one)]
    must(canonical(value) == data, "not canonical JSON: the same value is written in another way"); return value
def read_base64(text):
    raw = base64.b64decode(text, validate=True); must(base64.b64encode(raw).decode() == text, "no base64"); return raw
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # "Signatures": Ed25519 (RFC 8032), no cofactor
D, ROOT_OF_MINUS_1, NEUTRAL = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P), (0, 1, 1, 0)
def add(a, b):  # a point is X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * D * a[3] * b[3] % P, 2 * a[2] * b[2] % P
    return (n - m) * (z - t) % P, (z + t) * (n + m) % P, (z - t) * (z + t) % P, (n - m) * (n + m) % P
def combine(m, a, n, b):  # m times a plus n times b
    choice, total = (NEUTRAL, a, b, add(a, b)), NEUTRAL
    for bit in range(254, -1, -1): total = add(add(total, total), choice[(m >> bit & 1) + 2 * (n >> bit & 1)])
    return total
@functools.lru_cache(maxsize=1000)
def read_key(data):  # Return the point of a public key, if it is one in its one spelling and not of low order
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[-1] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P; x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT_OF_MINUS_1 % P
    good = len(data) == 32 and y < P and (x * x - square) % P == 0 and (x or not sign)
    x = x if x & 1 == sign else P - x; point = x, y, 1, x * y % P; X, Y, Z, _ = combine(8, point, 0, NEUTRAL)
    must(good and (X or Y != Z), "a public key is not the one spelling of a point, or of low order"); return point
def signature_holds(public, signature, message, base=read_key((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))):
    (x, y, _, t), s = read_key(public), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= L: return False
    if FastKey is not None:
        try: return FastKey.from_public_bytes(public).verify(signature, message) is None
        except InvalidSignature: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    x, y, z, _ = combine(s, base, h, (P - x, y, 1, P - t)); x, y = (v * pow(z, P - 2, P) % P for v in (x, y))
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
def sha256(*parts): return hashlib.sha256(b"".join(parts)).digest()
def grow(edge, size, leaf):  # "Tree": add a leaf to the roots of full subtrees; return the new root
    while size & 1: leaf, size = sha256(b"\x01", edge.pop(), leaf), size >> 1
    edge.append(leaf); return functools.reduce(lambda right, left: sha256(b"\x01", left, right), edge[::-1])
def survey(path):  # "Files", "Packs": each name leads to a way to open it; what is no ordinary file to None
    found, seen, end = {}, set(), 0
    if os.path.isfile(path):
        members = sorted((archive := zipfile.ZipFile(path)).infolist(), key=lambda one: one.header_offset)
        must(not members or not members[0].header_offset, "something stands before the ZIP file")
        must(sum(one.file_size for one in members) <= 1100 * os.path.getsize(path), "its files are larger than can be")
        for one in members:
            name, plain = one.orig_filename.rstrip("/"), one.external_attr >> 28 in (0, 4, 8) and not one.flag_bits & 1
            good = plain and one.compress_type in (0, 8) and one.header_offset >= end and name.casefold() not in seen
            must(good and not re.search(r"[\\:\x00-\x1f]|(^|/)\.{0,2}(/|$)", name), f"{name!r} may not be here so")
            seen.add(name.casefold()); end = one.header_offset + 30 + one.compress_size
            if not one.is_dir(): found[name] = functools.partial(archive.open, one)
        return found
    for base, folders, names in os.walk(path, onerror=functools.partial(must, None)):
        inside = "" if base == path else os.path.relpath(base, path).replace(os.sep, "/") + "/"
        strict = inside.endswith(("log/", "anchors/"))  # files only: a folder in there is told, with a slash at its end
        folders = [one for one in folders if strict or one in FIXED or os.path.islink(os.path.join(base, one))]
        for name in names + [one + "/" * strict for one in folders]:
            plain = os.path.isfile(full := os.path.join(base, name)) and not os.path.islink(full)
            found[inside + name] = functools.partial(open, full, "rb") if plain else None
    return found
def opened(files, name): must(files.get(name), f"{name}: missing, or not an ordinary file"); return files[name]()
def read(files, name, most, keep=True):  # Return the content of a file, or its digest and size; not of what is longer
    digest, size, parts = hashlib.sha256(), 0, []
    with opened(files, name) as f:
        while size <= most and (part := f.read(1 << 20)): parts += keep * [part]; size += len(part); digest.update(part)
    must(size <= most or not keep, f"{name} is longer than {most} bytes")
    return b"".join(parts) if keep else {"sha256": digest.hexdigest(), "size": size}
def blob_name(blob): return f"blobs/{blob['sha256'][:2]}/{blob['sha256'][2:]}"
FIXED, COUNT = {".gitattributes", ".gitignore", "checkpoint", "checkpoints.jsonl", "root.json"}, "(?:0|[1-9][0-9]{0,9})"
ORIGIN, OUTSIDE = "[A-Za-z0-9._:/@-]{1,200}", re.compile("(dry|cache|lock|tmp|torn)(/|$)|index[.]")
NOTE = rf"(?P<text>(?P<origin>{ORIGIN})\n(?P<size>{COUNT})\n(?P<root>.+)\n(?P<way>kept|after) (?P<count>{COUNT}) "
NOTE += r"(?P<digest>[0-9a-f]{64})\n)\n(?P<lines>(?:— [^\s+]+ \S+\n){1,100})"
def read_note(data):  # "Checkpoints"
    found = re.fullmatch(NOTE, data.decode())
    must(found and len(data) <= MAX_NOTE and not re.search(rb"[\x00-\x09\x0b-\x1f]", data), "not a checkpoint")
    note, lines = Things(**found.groupdict(), data=data), [line.split(" ") for line in found["lines"].split("\n")[:-1]]
    note.signatures = [(name, read_base64(value)) for _, name, value in lines]
    note.size, note.count, note.root = int(note.size), int(note.count), read_base64(note.root)
    must(len(note.root) == 32 and all(len(value) > 4 for _, value in note.signatures), "not a checkpoint"); return note
def stamped(data, digest=b".{32}"):  # Return the time in a response of RFC 3161 over a SHA-256
    before = b"`\x86H\x01e\x03\x04\x02\x01(?:\x05\x00)?\x04 (?:" + digest + rb")\x02[\x01-\x40].{1,64}?\x18[\x0f-\x20]"
    found = re.search(before + rb"([0-9]{4})(..)(..)(..)(..)([0-9]{2}(?:\.[0-9]+)?Z)", data, re.DOTALL)
    must(found, "no time stamp over it is in it"); return "{}-{}-{}T{}:{}:{}".format(*map(bytes.decode, found.groups()))
def micros(time, read=datetime.datetime.fromisoformat):  # microseconds since 1970; a leap second is :60
    return int(read(time[:16] + ":00+00:00").timestamp()) * 10**6 + int((time[17:-1].replace(".", "") + "000000")[:8])
def look_of(user): return user.translate(str.maketrans("01i5", "olls", "._-")).replace("rn", "m").replace("vv", "w")
class Log:  # what is known of a log while it is read from its first to its last byte, once
    def __init__(log, files):
        log.files = {name: way for name, way in files.items() if not OUTSIDE.match(name)}
        log.problems, log.notes, log.edge, log.roots = [], [], [], bytearray()  # of roots, 32 bytes for each size
        log.records = log.sealed = log.runs = log.stamp = 0; log.anchored = (0, "nothing")
        log.mode, log.code, log.origin, log.fingerprint, log.pending = "dry", "", "", "", ""
        log.keys, log.open_runs, log.genesis = {}, {}, {}  # by id: public, role, since, until; by run: digests of steps
        log.accounts, log.proposals, log.sessions, log.executions, log.run_of, log.results = {}, {}, {}, {}, {}, {}
        log.named, log.checked, log.used, log.issued, log.anchors = set(FIXED), set(), set(), [], []
    def problem(log, code, where, text): log.problems.append({"code": code, "where": where, "message": text})
    @contextmanager
    def rule(log, code, where):  # Turn whatever goes wrong within into a problem, and go on behind it
        try: log.code = code; yield
        except Exception as error:
            log.problem(log.code, where, str(getattr(error, "strerror", None) or error or type(error).__name__)[:500])
    def lines(log, code, name):
        with log.rule(code, name), opened(log.files, name) as file:
            for line in iter(lambda: file.readline(MAX_LINE + 2), b""):
                must(line[-1:] == b"\n", "a line has no newline at its end, or is too long; reading stops there")
                yield line[:-1]
    def root_at(log, size): return log.roots[32 * size - 32:32 * size].hex()
    def read_records(log, count=0, due=0):
        while count == due and (name := f"log/{log.records:09d}.jsonl") in log.files:
            first, _ = log.records, log.named.add(name)
            for line in log.lines("V3", name): log.read_record(line, f"record {log.records}")
            count, due = log.records - first, log.genesis.get("lines_per_file", MAX_INT)
            with log.rule("V3", name): must(0 < count <= due, "it does not hold the lines due")
        stray = [name for name in log.files if name[:4] == "log/" and name not in log.named]
        with log.rule("V3", "log"): must(log.records and not stray, "record files in a row are due here, nothing else")
    def read_record(log, line, where):
        seq, leaf = log.records, sha256(b"\x00", line); log.roots += grow(log.edge, seq, leaf); log.records += 1
        with log.rule("V4", where):
            stamp, record = log.stamp, read_json(line); must(not misfits(record, "RECORD"), "it is no record")
            body, kind, type_ = record["body"], str(record["body"].get("kind")), record["type"]
            if seq == 0: log.mode, log.origin = body.get("mode"), body.get("origin")
            known = kind in (SIGNER if log.mode == "ledger" else OF_DRY_LOGS)
            must(known and type_ == f"application/vnd.valgen.{kind}.v1+json", f"cannot be verified: kind {kind[:80]}")
            wrong = misfits(body, "BODY", kind, *{f"{kind}/{body.get('mode')}"} & TABLE.keys())
            must(not wrong, f"keys that are missing, unknown or not of their type: {wrong[:20]}")
            log.code = "V5" if body["origin"] == log.origin else "V6"; due = log.origin, seq, seq == 0
            must((body["origin"], body["seq"], kind == "genesis") == due, "its log, number or kind is another one")
            log.code = "V7"; signers, brought = log.check_signatures(kind, body, type_.encode(), record["sigs"])
            old = brought.keys() & log.keys.keys(); log.keys = {**brought, **log.keys} if brought else log.keys
            must(not old or log.mode != "ledger", "a key that it brings was declared or activated before")
            log.check_signers(SIGNER[kind], kind, body, signers, signers - {*brought})
            log.code = "V9"; log.begin(body) if kind == "genesis" else log.runs_fit(kind, body, leaf)
            if log.mode == "ledger": log.people_fit(kind, Things(**body), signers, leaf)
            log.code = "V10"; log.check_blobs(kind, body); log.code = "L10"
            must(micros(body["time"]) >= stamp - 600 * 10**6, "it is dated long before a time stamp that precedes it")
    def check_signatures(log, kind, body, type_, sigs):  # "Signatures": return who signed, and keys that it brings
        ids, root = [one["key"] for one in sigs], log.mode == "ledger" and kind == "genesis"
        keys = [(one["key"], one["role"]) for one in body["keys"]] if kind in ("genesis", "keys.declared") else []
        keys += [(body["key"], "person")] if kind == "account.activated" else []
        keys = [Things(public=bytes.fromhex(key), role=role, since=body["seq"], until=None) for key, role in keys]
        brought = {sha256(key.public).hex(): key for key in keys}; ids, once = {*ids}, ids == sorted({*ids})
        good = len(brought) == len(keys) and (root or all(key.role != "root" for key in keys)) and once
        must(good and {*brought} <= ids, "keys or signatures are missing, twice there or out of order")
        for key, value in [(one["key"], read_base64(one["sig"])) for one in sigs]:
            must(one := brought.get(key) or log.keys.get(key), "it is signed by a key that was not declared by then")
            text = b"DSSEv1 %d %s %d %s" % (len(type_), type_, len(data := canonical(body)), data)
            must(signature_holds(one.public, value, text), "a signature does not hold")
        return ids, brought
    def active(log, key, *roles): return key in log.keys and (one := log.keys[key]).role in roles and one.until is None
    def bosses(log): return [one for one in log.accounts.values() if one.state == "active" and BOSS in one.roles]
    def check_signers(log, who, kind, body, signers, rest):  # "Who signs"; rest is without the keys that it brings
        actor, roots = log.accounts.get(body["actor"]), {key for key in rest if log.active(key, "root")}
        own, enough = actor and actor.state == "active" and {actor.key}, len(roots) >= log.genesis.get("threshold", 1)
        if log.mode != "ledger":
            good = who == "nobody" or any(log.active(key, "recorder") for key in signers)
        elif who == "nobody" or kind in ("genesis", "account.activated"): good = not rest
        elif who == "recorder": good = len(rest) == 1 and log.active(*rest, "recorder")
        elif who == "person": good = rest == own
        elif body["actor"] == "root": good = rest == roots and enough and (who != BOSS or not log.bosses())
        else:  # the root may stand beside an administrator in place of the one who proposes
            good = actor in log.bosses() and rest - roots == own and (not roots or (enough and body["proposal"] == -1))
        must(good, "it is not signed by just those who must sign it, with keys that count at this place")
    def begin(log, body):
        log.genesis, roles = body, [one["role"] for one in body["keys"]]
        must(body["format"] == 1 and re.fullmatch(ORIGIN, log.origin), "cannot be verified: unknown format or origin")
        if log.mode != "ledger": return
        good = re.fullmatch("valgen:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.+", log.origin)
        good = good and roles.count("log") == roles.count("recorder") == 1 <= body["threshold"] <= roles.count("root")
        must(good and body["actor"] == "root", "origin, actor, keys or threshold are not right"); log.code = "L1"
        keys = sorted(one["key"] for one in body["keys"] if one["role"] == "root")
        line = canonical({"keys": keys, "origin": log.origin, "threshold": body["threshold"]})
        log.fingerprint, said = sha256(line).hex(), read(log.files, "root.json", MAX_LINE)
        must(said == line + b"\n", "root.json does not say what the genesis record says")
    def runs_fit(log, kind, body, leaf):  # "Runs"
        name, due = body.get("run"), ("run", "formal") if log.mode == "ledger" else ("dry", "dry")
        if kind == "run.started":
            log.runs += 1; log.open_runs[name] = {}
            must((name, body["mode"]) == (f"{due[0]}-{log.runs:04d}", due[1]), "it is not the next run of this log")
        elif kind in ("case.started", "step.result", "case.result", "run.finished", "run.aborted"):
            must(name in log.open_runs, "it speaks of a run that was not started, or has ended")
            attempts, this = log.open_runs[name], (body.get("case"), body.get("attempt"))
            if kind[:3] == "run": del log.open_runs[name]; return
            must(attempts.setdefault(this, hashlib.sha256()), "this attempt has ended")
            if kind == "step.result": attempts[this].update(leaf)
            elif kind == "case.result":
                steps, attempts[this] = attempts[this].digest(), None
                must(steps == sha256(*map(bytes.fromhex, body["steps"])), "its steps are not those of its attempt")
    def two_people(log, b, signers):  # "Two people": b is the body
        actor, persons = log.accounts.get(b.actor), {one.person for one in log.bosses()}
        if b.proposal == -2: return log.genesis["single_administrator"] and actor
        if b.proposal == -1: return not actor or (len(persons) == 1 and any(log.active(key, "root") for key in signers))
        one = log.proposals.pop(b.proposal); by, whom = log.accounts.get(one.actor), getattr(b, "account", "")
        good = by in log.bosses() and by.person != actor.person and (one.act, one.account) == (b.kind, whom)
        return good and micros(b.time) - micros(one.time) <= 7 * 86400 * 10**6
    def people_fit(log, kind, b, signers, leaf):  # what the other page says of each kind; good is whether b fits
        log.code, good, get = "L3", True, lambda key, other="": getattr(b, key, other)
        actor, one, session = (*map(log.accounts.get, (b.actor, get("account"))), log.sessions.get(get("session")))
        must(one or kind == "account.created" or not get("account"), "it is about an account that does not exist")
        own, mine = actor and one and actor.person == one.person, session and session.account == b.actor
        plain = {  # where one condition says all
            "account.disabled": lambda: one.state != "disabled", "audit.reviewed": lambda: b.first <= b.last < b.seq,
            "account.reset": lambda: not own and log.two_people(b, signers), "account.unlocked": lambda: not own,
            "restored": lambda: b.kept <= b.seq and log.two_people(b, signers), "keys.declared": lambda: b.keys,
            "session.closed": lambda: log.sessions.pop(b.session, None), "credentials.changed": lambda: one is actor}
        if kind in plain: good = plain[kind]()
        elif kind == "account.created":
            first, look, b.roles = log.accounts.get(b.person), look_of(b.user), sorted(b.roles)
            good, due = look not in log.used and b.roles == sorted({*b.roles}), f"u-{len(log.accounts) + 1:04d}"
            same = b.person == b.account or (first and (first.account, first.service) == (first.person, b.service))
            good = good and same and b.account == due and (BOSS not in b.roles or (b.actor == "root" and not b.service))
            b.state, b.key, b.totp, b.reset, log.accounts[b.account] = "waiting", "", False, "", b; log.used.add(look)
        elif kind == "account.activated":
            good = sha256(bytes.fromhex(one.code["salt"]), b.code.encode()).hex() == one.code["sha256"] and one is actor
            good = good and micros(b.time) <= micros(one.code["expires"]) and one.state == "waiting"
            one.state, one.key, one.totp = "active", sha256(bytes.fromhex(b.key)).hex(), b.totp
        elif kind == "account.changed": one.name, one.function = get("name", one.name), get("function", one.function)
        elif kind == "role.granted":
            top = b.role == BOSS; good = b.role not in one.roles and top == hasattr(b, "proposal")
            good = good and (not top or (not one.service and log.two_people(b, signers))); one.roles.append(b.role)
        elif kind == "role.revoked": one.roles.remove(b.role)
        elif kind == "document.issued":
            good = not actor.service; log.issued += [(b, one["name"].split("/")[-1], one["sha256"]) for one in b.files]
        elif kind == "proposal": log.proposals[b.seq] = b; good = bool(b.account) == (b.act != "restored")
        elif kind == "keys.retired":
            good = len({*b.keys}) == len(b.keys) > 0 and all(log.active(key, "log", "recorder") for key in b.keys)
            for key in b.keys: log.keys[key].until = b.seq
        elif kind == "accounts.checked":
            told = sorted([known["account"], known["state"], *sorted(known["roles"])] for known in b.accounts)
            good = told == sorted([one.account, one.state, *sorted(one.roles)] for one in log.accounts.values())
            good = good and not actor.service and {"administrator", "qa"} & {*actor.roles}
        elif kind == "session.opened":
            good = not actor.service and b.session not in log.used and actor.totp == (b.method != "password")
            log.sessions[b.session] = Things(account=b.actor, signed=False); log.used.add(b.session)
        elif kind == "refused": log.pending = b.time if b.act == "anchor" else log.pending
        elif kind in ("anchor", "verified"):
            name = f"anchors/{b.size:09d}." + get("medium").replace("rfc3161", "tsr"); tsr = name[-3:] == "tsr"
            good, log.pending = b.size <= b.seq and log.root_at(b.size) == b.root, "" if tsr else log.pending
            log.anchors += [(name, get("file"))] * (kind == "anchor")
            if tsr and name in log.files: log.stamp = max(log.stamp, micros(stamped(read(log.files, name, MAX_ANCHOR))))
        elif kind == "execution.opened":
            good = mine and b.execution == f"exec-{len(log.executions) + 1:04d}"
            log.executions[b.execution] = Things(of=(b.stage, b.environment), persons=set())
        elif kind == "run.started":
            who, held, log.run_of[b.run] = log.accounts[b.tester], log.executions[b.execution], b.execution
            good = (session and session.account == b.tester) or (who.service and not b.session)
            good = good and who.state == "active" and held.of == (b.stage, b.environment); held.persons.add(who.person)
        elif kind == "case.result": log.results[leaf.hex()] = log.run_of[b.run], b.seq
        elif kind == "review":
            good = b.upto < b.seq and len({*b.results}) == len(b.results)
            good = good and all(of == b.execution and seq <= b.upto for of, seq in map(log.results.get, b.results))
            good = good and actor.person not in log.executions[b.execution].persons
        must(good, f"it breaks a rule of {kind}, or does not fit what stands before it")
        if kind in ("account.reset", "account.disabled", "credentials.changed"):
            one.state = {"account.disabled": "disabled", "account.reset": "waiting"}.get(kind, one.state)
            if kind == "account.reset": one.code, one.reset = b.code, b.time
            log.sessions = {name: now for name, now in log.sessions.items() if now.account != b.account}
            one.totp = getattr(b, "totp", one.totp)
        if kind in ("signature", "rejection", "review", "audit.reviewed"):
            log.code, size, who = "L4", b.head["size"], (b.name, b.function)
            good = mine and not actor.service and b.role in actor.roles and who == (actor.name, actor.function)
            must(good and (session.signed or b.components == "all"), "role, name, session or components misfit")
            session.signed, log.code = True, "L5"; late = (micros(b.time) - micros(actor.reset or b.time)) // 10**6
            must(size <= b.seq and log.root_at(size) == b.head["root"], "it was signed over another log than this one")
            log.anchored = max(log.anchored, (size, f"{b.name} in record {b.seq}"))
            log.notes += [f"record {b.seq}: {b.name} signed with a key of a reset {late} s before"] * bool(actor.reset)
    def check_blobs(log, kind, body):  # "Blobs", "Long values"
        for key, many, due, within in NAMING[kind]:
            for blob in (body.get(key, []) if many else [body.get(key)]):
                if not isinstance(blob, dict) or (not due and blob_name(blob) not in log.files): continue
                log.check_blob(blob)
                if within: log.check_content(within, read(log.files, blob_name(blob), MAX_BLOB), blob, body)
    def check_blob(log, blob):
        name, fact = blob_name(blob), {"sha256": blob["sha256"], "size": blob["size"]}; log.named.add(name)
        known = (name, blob["size"]) in log.checked or read(log.files, name, blob["size"], keep=False) == fact
        must(known, f"{name} is not of its digest and size"); log.checked.add((name, blob["size"]))
    def check_content(log, within, data, blob, body):
        plain = within in ("any", "any|null"); value = data.decode() if plain else read_json(data, MAX_BLOB)
        good = "head" not in blob or (blob["head"], blob["media_type"] == "text/plain") == (data.decode()[:HEAD], plain)
        must(good and tester(within)(value), f"{blob_name(blob)} does not hold what the record says, or what it must")
        if within != "MANIFEST": return
        log.code, paths, of = "L6", [part["path"] for part in value["snapshot"]], value["document"]
        told = {"document": of["key"], "number": of["number"], "version": of["version"], "title": of["title"]}
        good = {**body, **told, "content": value["content"]} == body and paths == sorted({*paths})
        must(good, "its manifest is of another document, or out of order")
        for part in value["snapshot"]: log.check_blob(part)
    def check_note(log, note):
        must(note.origin == log.origin and 0 < note.size <= log.records, "it is of another log, or more records")
        must(note.root.hex() == log.root_at(note.size), f"the first {note.size} lines do not give its root: altered")
        held = [key for key in log.keys.values() if key.role == "log" and key.since < note.size]
        held = {key.public for key in held if key.until is None or key.until >= note.size}
        found = [(key, value[4:]) for key in held for name, value in note.signatures
                 if (name, value[:4]) == (note.origin, sha256(f"{name}\n\x01".encode(), key)[:4])]
        good = found and all(signature_holds(key, value, note.text.encode()) for key, value in found)
        must(good, "a signature does not hold, or is by no key of the log that counts at this size")
    def read_checkpoints(log, held):  # Compare all with the log and each other; collect those of wanted sizes
        digest, count, size, before, last = hashlib.sha256(), 0, 0, "", b""
        for line in log.lines("V2", "checkpoints.jsonl"):
            before = digest.hexdigest(); digest.update(line + b"\n"); count += 1
            with log.rule("V2", f"checkpoints.jsonl line {count}"):
                must(not misfits(value := read_json(line), "KEPT"), "it is no kept checkpoint")
                note = read_note(value["checkpoint"].encode())
                good = (note.way, note.count, note.digest) == ("kept", count - 1, before) and note.size >= size
                must(good, "it does not name the lines before it, or covers fewer records than they do")
                size, last, log.code = note.size, note.data, "V8"; held.get(size, []).append(last); log.check_note(note)
        with log.rule("V2", "checkpoint"):
            note = read_note(read(log.files, "checkpoint", MAX_NOTE)); log.sealed = note.size
            due = ("kept", count - 1, before, last), ("after", count, digest.hexdigest(), note.data)
            must((note.way, note.count, note.digest, note.data) in due, "it does not fit the list, or is unfinished")
            log.code = "V8"; held.get(note.size, []).append(note.data); log.check_note(note)
        with log.rule("V11", "log"): must(log.records <= log.sealed, "records lie beyond the newest checkpoint")
    def read_anchors(log):
        names = [name for name in log.files if name.startswith("anchors/") and log.mode == "ledger"]
        notes = {int(name[8:17]): [] for name in names if name[8:17].isdigit()}; log.read_checkpoints(notes)
        for name, blob in log.anchors:
            with log.rule("L8", name): must(read(log.files, name, MAX_ANCHOR, False) == blob, "altered")
        for name in names:
            with log.rule("L8", name):
                must(re.fullmatch(r"anchors/[0-9]{9}\.(tsr|git|head)", name), "only anchors may lie here")
                size, kind, data, detail = int(name[8:17]), name[18:], read(log.files, name, MAX_ANCHOR), name
                note = read_note(data) if kind == "head" else None; log.named.add(name)
                must(note.size == size if note else notes[size], "there is no kept checkpoint of this size")
                if note: log.check_note(note)
                elif kind == "git": must(not misfits(read_json(data), "PLACE"), "it does not say which commit")
                else: detail += " of " + stamped(data, b"|".join(re.escape(sha256(one)) for one in notes[size]))
                log.notes.append(f"{detail} counts if its source agrees: openssl ts -verify, git show, or who kept it")
                log.anchored = max(log.anchored, (size, detail))
    def verify(log, strict):
        log.read_records(); log.read_anchors(); alone = log.genesis.get("single_administrator") is True
        ignored = b"/cache/\n/dry/\n/index.*\n/lock/\n/tmp/\n" if log.mode == "ledger" else b"*\n"
        for name, text in ((".gitattributes", b"* -text\n"), (".gitignore", ignored)):
            with log.rule("V1", name): must(name not in log.files or read(log.files, name, 99) == text, "altered")
        for name in sorted(name for name in {*log.files} - log.named if name[-1] != "/" and name[:4] != "log/"):
            why = ("V12", name, "no record names this file") if log.files[name] else ("V1", name, "no ordinary file")
            log.problem(*why) if strict or why[0] == "V1" else log.notes.append(f"{name}: {why[2]}")
        log.notes += [f"A time stamp is pending since {log.pending}"] * bool(log.pending)
        log.notes += ["single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"] * alone
def check_pack(log, files, top):  # "Packs": compare the files of a pack with its manifest
    with log.rule("P", "manifest.json"):
        text = read(files, top + "manifest.json", MAX_MANIFEST).decode(); listed = json.loads(text)
        must(not misfits(listed, "PACK") and listed["format"] == 1, "cannot be verified: it is not of a known shape")
        zeros = sha256(text.replace(said := listed.get("digest", text), "0" * 64).encode()).hex()
        must(said in (text, zeros), "it was altered")
        named = {top + one["path"]: {"sha256": one["sha256"], "size": one["size"]} for one in listed["files"]}
        shown = [(one.get("key"), one.get("version")) for one in listed.get("documents", [])]
        issued = [(name, digest) for b, name, digest in log.issued if (b.document, b.version) in shown]
        for name, fact in named.items():
            with log.rule("P", name):
                must(read(files, name, fact["size"], keep=False) == fact, "the file was altered")
                due = [digest for other, digest in issued if other == name.split("/")[-1]]
                must(not due or fact["sha256"] in due or name.startswith(top + "evidence/"), "another file was issued")
        for name in {name for name in files if name[-1] != "/"} - {*named, top + "manifest.json"}:
            log.problem("P", name, "the manifest does not name this file")
        now, said = {"origin": log.origin, "size": log.sealed, "root": log.root_at(log.sealed)}, listed.get("ledger")
        good = said is None or {**said, **now, "root_fingerprint": log.fingerprint} == said
        must(good and len(named) == len(listed["files"]), "it names a file twice, or another state of the ledger")
def look(path, root, strict):
    path, zipped, listed, log, top = os.path.abspath(path), os.path.isfile(path), "manifest.json", Log({}), None
    with log.rule("V1", path):
        if not zipped and not os.path.isfile(os.path.join(path, listed)):  # a log, or the project that holds it
            there = [one for one in ("", ".valgen", ".valgen/dry") if os.path.lexists(os.path.join(path, one, "log"))]
            path = os.path.normpath(os.path.join(path, *there[:1]))
        must(not os.path.islink(path), "it is a link"); files = survey(path)
        must("disclosure.json" not in files, "cannot be verified here, but by: valgen verify FILE.zip")
        tops = [one[:-13] for one in files if one == listed or (zipped and re.fullmatch("[^/]+/manifest.json", one))]
        top = min(tops, key=len, default=None); place = "" if top is None else top + "evidence/ledger/"
        log = Log({name[len(place):]: way for name, way in files.items() if name.startswith(place)})
        if top is None or any(name[:4] in ("log/", "root", "chec") for name in log.files): log.verify(strict)
        with log.rule("L9", "root.json"): must(root in ("", log.fingerprint), f"the root is not {root}")
        if top is not None: check_pack(log, files, top)
    said = f"root fingerprint {log.fingerprint or 'none'}, compared with {'the one given' if root else 'nothing'}"
    log.notes.append(said if log.mode == "ledger" else "never evidence: no key of a root signed it"); return log
def main():
    parser = argparse.ArgumentParser(description="Verify records of valgen without valgen.")
    parser.add_argument("path", help="log, project or pack"); parser.add_argument("--root", default="", help="printed")
    for name, text in (("--strict", "files that no record names are problems"), ("--json", "write the report as JSON")):
        parser.add_argument(name, action="store_true", help=text)
    root = re.sub(r"\s", "", (given := parser.parse_args()).root).lower()
    if not os.path.exists(given.path) or not re.fullmatch("([0-9a-f]{64})?", root):
        parser.error("no such file or folder, or the root fingerprint is not of 64 hex digits")
    log = look(given.path, root, given.strict); ok, shown = not log.problems, log.problems[:MAX_SHOWN]
    told = {"ok": ok, "records": log.records, "problems": shown, "untold": len(log.problems) - len(shown),
            "anchored_to": log.anchored[1] if log.anchored[0] else "", "unanchored": log.records - log.anchored[0]}
    told["notes"] = log.notes[:MAX_SHOWN] + [f"Signatures checked with {'cryptography' if FastKey else 'own code'}.",
        "Not checked here: certificates of time stamps (openssl ts -verify), and what the remote of a commit holds."]
    lines = [f"{one['code']} {one['where']}: {one['message']}" for one in shown] + told["notes"] + [
        f"{log.records} records, {told['unanchored']} unanchored (by {log.anchored[1]}); problems: {len(log.problems)}",
        "VERIFIED" if ok else "NOT VERIFIED: altered, incomplete, or of a type that cannot be verified"]
    lines = [json.dumps(told)] if given.json else [one.encode("unicode_escape").decode() for one in lines]
    try: print(*lines, sep="\n", flush=True)
    except OSError: os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whoever read it has gone
    return 0 if ok else 1
if __name__ == "__main__": sys.exit(main())
