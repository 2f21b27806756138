"""What somebody who holds keys could write into a ledger against its rules: well signed and sealed, and wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from people_ledger import Key, Ledger


def retired_recorder(ledger: Ledger) -> None:
    ledger.person("u-0001", "keys.retired", keys=[ledger.recorder.id], stolen=True, reason="stolen")
    ledger.machine("login.failed", account="u-0001", source="tty1", reason="credentials")


def retired_log_key(ledger: Ledger) -> None:
    ledger.person("u-0001", "keys.retired", keys=[ledger.log.id], stolen=True, reason="stolen")


def log_key_declared_by_nobody(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author")
    ledger.keep(Key("foreign"))


def with_other_key(ledger: Ledger) -> None:
    ledger.accounts["u-0003"]["key"] = ledger.accounts["u-0004"]["key"]
    ledger.sign("u-0003", "URS", "authored", "author")


def with_recorder_key(ledger: Ledger) -> None:
    fields = {**ledger.paper("URS"), **ledger.statement("u-0003", "author"), "meaning": "authored", "reason": "mine"}
    ledger.add("signature", fields, "u-0003", [ledger.recorder])


def further_signature(ledger: Ledger) -> None:
    fields = {**ledger.paper("URS"), **ledger.statement("u-0003", "author"), "meaning": "authored", "reason": "mine"}
    keys = [Key(ledger.accounts[one]["key"]) for one in ("u-0003", "u-0004")]
    ledger.add("signature", fields, "u-0003", keys)


def root_beside(ledger: Ledger) -> None:
    fields = {"account": "u-0003", "role": "qa", "reason": "why"}
    ledger.add("role.granted", fields, "u-0001", [Key(ledger.accounts["u-0001"]["key"]), ledger.root])


def root_alone(ledger: Ledger) -> None:
    ledger.add("role.granted", {"account": "u-0003", "role": "qa", "reason": "why"}, "root", [ledger.root])


def unsigned(ledger: Ledger) -> None:
    ledger.add("login.failed", {"account": "u-0003", "source": "tty1", "reason": "credentials"}, "recorder", [])


def key_used_twice(ledger: Ledger) -> None:
    account = ledger.create("eve", "Eve", "author", by="u-0001")
    ledger.accounts[account]["key"] = ledger.accounts["u-0003"]["key"]
    ledger.activate(account)


def key_of_low_order(ledger: Ledger) -> None:
    account = ledger.create("eve", "Eve", "author", by="u-0001")
    key = Key(ledger.accounts[account]["key"])
    key.raw, key.id = bytes(32), hashlib.sha256(bytes(32)).hexdigest()
    fields = {"account": account, "key": "00" * 32, "code": ledger.codes[account], "totp": False}
    ledger.add("account.activated", fields, account, [key])


def wrong_code(ledger: Ledger) -> None:
    ledger.activate(ledger.create("eve", "Eve", by="u-0001"), code="0" * 32)


def late_code(ledger: Ledger) -> None:
    account = ledger.create("eve", "Eve", by="u-0001")
    ledger.clock += 19 * 86400
    ledger.activate(account)


def before_activation(ledger: Ledger) -> None:
    ledger.open(ledger.create("eve", "Eve", "author", by="u-0001"))


def after_disabling(ledger: Ledger) -> None:
    ledger.person("u-0001", "account.disabled", account="u-0003", reason="left")
    ledger.sign("u-0003", "URS", "authored", "author")


def with_the_key_before_a_reset(ledger: Ledger) -> None:
    old = ledger.accounts["u-0003"]["key"]
    proposal = ledger.person("u-0001", "proposal", act="account.reset", account="u-0003", reason="lost")
    ledger.reset("u-0003", "u-0002", proposal)
    ledger.activate("u-0003")
    ledger.open("u-0003", 2)
    ledger.accounts["u-0003"]["key"] = old
    ledger.sign("u-0003", "URS", "authored", "author")


def reset_by_one(ledger: Ledger) -> None:
    proposal = ledger.person("u-0001", "proposal", act="account.reset", account="u-0003", reason="lost")
    ledger.reset("u-0003", "u-0001", proposal)


def reset_alone(ledger: Ledger) -> None:
    ledger.reset("u-0003", "u-0001", -2)


def reset_of_somebody_else_proposed(ledger: Ledger) -> None:
    proposal = ledger.person("u-0001", "proposal", act="account.reset", account="u-0004", reason="lost")
    ledger.reset("u-0003", "u-0002", proposal)


def reset_by_an_old_proposal(ledger: Ledger) -> None:
    proposal = ledger.person("u-0001", "proposal", act="account.reset", account="u-0003", reason="lost")
    ledger.clock += 8 * 86400
    ledger.reset("u-0003", "u-0002", proposal)


def proposal_used_twice(ledger: Ledger) -> None:
    proposal = ledger.person("u-0001", "proposal", act="account.reset", account="u-0003", reason="lost")
    ledger.reset("u-0003", "u-0002", proposal)
    ledger.reset("u-0003", "u-0002", proposal)


def administrator_by_one(ledger: Ledger) -> None:
    ledger.person("u-0001", "role.granted", account="u-0003", role="administrator", reason="quick")


def second_account_proposes(ledger: Ledger) -> None:
    """One person with two administrator accounts is one person (S-12)."""
    twin = ledger.create("ada.two", "Ada Admin", "administrator", person="u-0001")
    ledger.activate(twin)
    proposal = ledger.person(twin, "proposal", act="account.reset", account="u-0003", reason="lost")
    ledger.reset("u-0003", "u-0001", proposal)


def by_no_administrator(ledger: Ledger) -> None:
    ledger.person("u-0003", "role.granted", account="u-0003", role="qa", reason="I want to")


def user_id_twice(ledger: Ledger) -> None:
    ledger.create("ann", "Another Ann", by="u-0001")


def session_of_another(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author", session=ledger.sessions["u-0004"])


def session_closed(ledger: Ledger) -> None:
    ledger.machine("session.closed", session=ledger.sessions["u-0003"], reason="idle")
    ledger.sign("u-0003", "URS", "authored", "author")


def session_before_a_new_password(ledger: Ledger) -> None:
    ledger.person("u-0003", "credentials.changed", account="u-0003", password=True, totp=False)
    ledger.sign("u-0003", "URS", "authored", "author")


def first_with_password_only(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author", components="password")


def name_of_another(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "approved", "author", name="Quinn Quality")


def role_not_held(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "approved", "qa")


def other_log_seen(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author", head={"size": 5, "root": "ab" * 32})


def future_log_seen(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author", head={"size": 99, "root": "ab" * 32})


def manifest_of_another(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author", manifest=ledger.paper("FS")["manifest"])


def manifest_of_no_shape(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author", manifest=ledger.blob(b'{"content":1}'))


def meaning_of_ones_own(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "liked", "author")


def snapshot_missing(ledger: Ledger) -> None:
    ledger.sign("u-0003", "URS", "authored", "author")
    del ledger.blobs[hashlib.sha256(b"items of URS").hexdigest()]


def run_without_execution(ledger: Ledger) -> None:
    ledger.run("u-0005")


def run_in_another_environment(ledger: Ledger) -> None:
    ledger.execution("u-0005")
    ledger.run("u-0005", environment="PROD")


def run_without_a_session(ledger: Ledger) -> None:
    ledger.execution("u-0005")
    ledger.run("u-0005", session="")


def review_by_the_tester(ledger: Ledger) -> None:
    ledger.person("u-0001", "role.granted", account="u-0005", role="qa", reason="deputy")
    ledger.execution("u-0005")
    ledger.review("u-0005", [ledger.run("u-0005")], components="all")


def review_of_something_else(ledger: Ledger) -> None:
    ledger.execution("u-0005")
    ledger.run("u-0005")
    ledger.review("u-0004", [ledger.leaf(3)], components="all")


def anchor_of_another_head(ledger: Ledger) -> None:
    ledger.keep()
    ledger.anchors[f"{len(ledger.lines):09d}.head"] = ledger.kept[0]


def anchor_without_its_file(ledger: Ledger) -> None:
    ledger.keep()
    size = len(ledger.lines)
    ledger.machine("anchor", size=size, root=ledger.head()["root"], medium="git", file=ledger.blob(b"{}"), detail="")


def verification_of_something_else(ledger: Ledger) -> None:
    ledger.machine(
        "verified",
        size=len(ledger.lines),
        root="ab" * 32,
        data=True,
        compared="",
        problems=0,
        findings="",
        tool="valgen",
    )


def time_stamp_over_something_else(ledger: Ledger) -> None:
    ledger.keep()
    sha256_of_zeros = bytes.fromhex("06096086480165030402010500" + "0420") + bytes(32)
    ledger.anchors[f"{len(ledger.lines):09d}.tsr"] = sha256_of_zeros


def user_id_that_looks_alike(ledger: Ledger) -> None:
    ledger.create("a.n-n", "Another Ann", by="u-0001")


def service_of_a_person(ledger: Ledger) -> None:
    ledger.create("runner", "Runner", "tester", by="u-0001", person="u-0003", service=True)


def role_twice(ledger: Ledger) -> None:
    ledger.create("eve", "Eve", "author", "author", by="u-0001")


def proposer_is_gone(ledger: Ledger) -> None:
    third = ledger.create("cara", "Cara", "administrator")
    ledger.activate(third)
    proposal = ledger.person(third, "proposal", act="account.reset", account="u-0003", reason="lost")
    ledger.person("u-0001", "account.disabled", account=third, reason="left")
    ledger.reset("u-0003", "u-0002", proposal)


def proposal_for_another_role(ledger: Ledger) -> None:
    ledger.person("u-0001", "role.granted", account="u-0003", role="qa", reason="deputy", proposal=-2)


def no_key_retired(ledger: Ledger) -> None:
    ledger.person("u-0001", "keys.retired", keys=[], stolen=False, reason="none")


def no_key_declared(ledger: Ledger) -> None:
    ledger.add("keys.declared", {"keys": [], "reason": "none"}, "root", [ledger.root])


def key_declared_again(ledger: Ledger) -> None:
    fields = {"keys": [{"role": "log", "key": ledger.recorder.raw.hex()}], "reason": "again"}
    ledger.add("keys.declared", fields, "root", [ledger.root, ledger.recorder])


def key_declared_by_itself(ledger: Ledger) -> None:
    key = Key("second")
    fields = {"keys": [{"role": "recorder", "key": key.raw.hex()}], "reason": "mine"}
    ledger.add("keys.declared", fields, "u-0003", [key, Key(ledger.accounts["u-0003"]["key"])])


def two_factors_that_are_none(ledger: Ledger) -> None:
    ledger.person(
        "u-0003", "session.opened", session="ab" * 16, method="password and one-time code", source="tty1", zone=""
    )


def snapshot_out_of_order(ledger: Ledger) -> None:
    fields = ledger.paper("URS")
    manifest = json.loads(ledger.blobs[fields["manifest"]["sha256"]])
    first = manifest["snapshot"][0]
    manifest["snapshot"] = [{**first, "path": "\U0001f600"}, {**first, "path": "\uff5e"}]
    data = json.dumps(manifest, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ledger.sign("u-0003", "URS", "authored", "author", manifest=ledger.blob(data))


def review_of_the_future(ledger: Ledger) -> None:
    ledger.execution("u-0005")
    ledger.review("u-0004", [ledger.run("u-0005")], components="all", upto=99)


def audit_review_of_the_future(ledger: Ledger) -> None:
    ledger.person(
        "u-0004", "audit.reviewed", first=0, last=99, scope="all", findings="", conclusion="well", next="",
        **ledger.statement("u-0004", "qa"),
    )  # fmt: skip


def accounts_that_are_not_so(ledger: Ledger) -> None:
    listed = [{"account": f"u-{number:04d}", "state": "active", "roles": []} for number in range(1, 6)]
    ledger.person("u-0004", "accounts.checked", accounts=listed, findings="", conclusion="well")


def restored_by_one(ledger: Ledger) -> None:
    ledger.person("u-0001", "restored", known=ledger.head(), kept=3, reason="disk", proposal=-1)


def dry_run_in_a_ledger(ledger: Ledger) -> None:
    ledger.execution("u-0005")
    ledger.run("u-0005", mode="dry")


def other_rendition_in_the_blobs(ledger: Ledger) -> None:
    number = ledger.sign("u-0003", "URS", "authored", "author")
    ledger.blobs[json.loads(ledger.lines[number])["body"]["rendition"]["sha256"]] = b"%PDF other"


def head_that_nobody_signed(ledger: Ledger) -> None:
    ledger.keep()
    foreign = Key("foreign")
    ledger.anchors[f"{len(ledger.lines):09d}.head"] = ledger.note("kept", foreign)


ACTS: tuple[Callable[[Ledger], None], ...] = (
    retired_recorder, retired_log_key, log_key_declared_by_nobody, with_other_key, with_recorder_key, further_signature,
    root_beside, root_alone, unsigned, key_used_twice, key_of_low_order, wrong_code, late_code, before_activation,
    after_disabling, with_the_key_before_a_reset, reset_by_one, reset_alone, reset_of_somebody_else_proposed,
    reset_by_an_old_proposal, proposal_used_twice, administrator_by_one, second_account_proposes, by_no_administrator,
    user_id_twice, session_of_another, session_closed, session_before_a_new_password, first_with_password_only,
    name_of_another, role_not_held, other_log_seen, future_log_seen, manifest_of_another, manifest_of_no_shape,
    meaning_of_ones_own, snapshot_missing, run_without_execution, run_in_another_environment, run_without_a_session,
    review_by_the_tester, review_of_something_else, anchor_of_another_head, anchor_without_its_file,
    verification_of_something_else,
    time_stamp_over_something_else, user_id_that_looks_alike, service_of_a_person, role_twice, proposer_is_gone,
    proposal_for_another_role, no_key_retired, no_key_declared, key_declared_again, key_declared_by_itself,
    two_factors_that_are_none, snapshot_out_of_order, review_of_the_future, audit_review_of_the_future,
    accounts_that_are_not_so, restored_by_one, dry_run_in_a_ledger, other_rendition_in_the_blobs,
    head_that_nobody_signed,
)  # fmt: skip
"""Each breaks one rule of the format in a ledger that is otherwise as it must be."""
