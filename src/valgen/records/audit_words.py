"""Each kind of record as one sentence that a person without knowledge of the format understands.

Names come from the caller, because they are those that held at the record. What a kind says and this table does not
tell is in the record itself (``valgen disclose`` gives it).

Source: 21 CFR 11.10(b), 11.10(e). Format: docs/format.md and docs/format-ledger.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Name = Callable[[str], str]
"""How an account is printed."""

_METHODS = {"all": "with user id, password and every further factor", "password": "with the password"}
_CLOSED = {
    "left": "left",
    "idle": "was not used for too long",
    "credentials": "changed their credentials",
    "taken over": "somebody else signed in at the terminal",
}
_MEDIA = {"rfc3161": "a time stamp", "git": "a commit", "head": "a copy"}
_FAILED = {
    "credentials": "user id or password was not right",
    "second factor": "the code of the second factor was not right",
    "locked": "the account is locked",
    "not active": "the account is not active",
    "too soon": "it came too soon after failed attempts",
}


def said(body: Mapping[str, Any], name: Name) -> str:
    """Return what a record says, one sentence without full stop.

    Args:
        body: well-formed; long values may be expanded or not.
        name: how an account is printed.
    """
    tell = _WORDS.get(body["kind"])
    return tell(body, name) if tell is not None else f"recorded {body['kind']}"


def _paper(body: Mapping[str, Any]) -> str:
    number = f" ({body['number']})" if body.get("number") else ""
    return f"{body['document']} {body['version']}{number}"


def _signature(body: Mapping[str, Any], name: Name) -> str:
    return (
        f"signed {_paper(body)} “{body['title']}” as {body['role']}, meaning “{body['meaning']}”, as "
        f"{body['name']}{_function(body)}, {_METHODS[body['components']]}; shown was {body['rendition']['name']}, "
        f"SHA-256 {body['rendition']['sha256']}"
    )


def _rejection(body: Mapping[str, Any], name: Name) -> str:
    return (
        f"rejected {_paper(body)} “{body['title']}” as {body['role']}, as {body['name']}{_function(body)}; signatures "
        "on it so far no longer count"
    )


def _changed(body: Mapping[str, Any], name: Name) -> str:
    before = f"since {body['previous']}" if body["previous"] else "as the first approved version"
    changes = body["changes"]
    count = (
        f"{len(changes)} changed value{'s' if len(changes) != 1 else ''}" if isinstance(changes, list) else "changes"
    )
    reference = f", change {body['change_ref']}" if body["change_ref"] else ""
    return f"{body['document']} {body['version']} was approved {before}: {count}{reference}, author {body['author']}"


def _issued(body: Mapping[str, Any], name: Name) -> str:
    files = ", ".join(f"{one['name']} (SHA-256 {one['sha256']})" for one in body["files"])
    return f"issued {body['document']} {body['version']}: {files}"


def _created(body: Mapping[str, Any], name: Name) -> str:
    identity = body["identity"]
    checked = f"identity checked by {identity['by'] or 'somebody not named'} on {identity['on']}: {identity['how']}"
    what = "the service account" if body["service"] else "the account"
    roles = ", ".join(body["roles"]) or "none"
    same = f", the same person as {name(body['person'])}" if body["person"] != body["account"] else ""
    text = f"created {what} {body['user']} of {body['name']} ({body['account']}{same}) with the roles {roles}"
    return f"{text}; {checked if identity['how'] else 'no check of the identity is recorded'}"


def _account_changed(body: Mapping[str, Any], name: Name) -> str:
    fields = ", ".join(key for key in ("name", "function", "email") if key in body)
    return f"changed {fields} of {name(body['account'])}"


def _two(body: Mapping[str, Any]) -> str:
    proposal = body.get("proposal")
    if proposal is None:
        return ""
    if proposal == -1:
        return ", together with the root key"
    return ", alone (single-administrator mode)" if proposal == -2 else f", as proposed in record {proposal}"


def _proposal(body: Mapping[str, Any], name: Name) -> str:
    what = {"role.granted": "to make administrator", "account.reset": "to reset the account of"}.get(body["act"])
    return f"proposed {what} {name(body['account'])}" if what else "proposed to put a copy of the ledger in place"


def _login_failed(body: Mapping[str, Any], name: Name) -> str:
    who = f"as {name(body['account'])}" if body["account"] else "with a user id that does not exist"
    return f"an attempt to sign in {who} at {body['source']} failed: {_FAILED[body['reason']]}"


def _refused(body: Mapping[str, Any], name: Name) -> str:
    if body["act"] == "anchor":
        return f"a time stamp could not be had ({body['code']}): {_long(body['reason'])}"
    who = f" by {name(body['account'])}" if body["account"] else ""
    about = f" about {body['subject']}" if body["subject"] else ""
    return f"refused the act {body['act']}{who}{about} ({body['code']})"


def _run(body: Mapping[str, Any], name: Name) -> str:
    tester = f" by {name(body['tester'])}" if body.get("tester") else ""
    execution = f" of {body['execution']}" if body.get("execution") else ""
    return f"started {body['run']}{execution}: {body['stage']} in {body['environment']}{tester}, with {body['tool']}"


def _step(body: Mapping[str, Any], name: Name) -> str:
    text = body["text"]["head"] if isinstance(body["text"], dict) else body["text"]
    return f"{_attempt(body)}, step {body['step']}: {body['keyword'].strip()} {text}: {body['outcome']}"


def _finished(body: Mapping[str, Any], name: Name) -> str:
    counts = ", ".join(f"{number} {outcome}" for outcome, number in sorted(body["summary"].items())) or "no result"
    return f"{body['run']} ended: {body['planned']} planned, {body['executed']} executed; {counts}"


def _opened(body: Mapping[str, Any], name: Name) -> str:
    protocol, system = body["protocol"], body["system"]
    return (
        f"opened {body['execution']}: {body['stage']} in {body['environment']} by {protocol['document']} "
        f"{protocol['version']} for {system['name']} {system['version']}, {_count(len(body['cases']), 'case')} planned"
    )


def _review(body: Mapping[str, Any], name: Name) -> str:
    return (
        f"reviewed {body['execution']} up to record {body['upto']} as {body['role']}, as {body['name']}"
        f"{_function(body)}: {_count(len(body['results']), 'case result')}, {body['conclusion']}"
    )


def _audit(body: Mapping[str, Any], name: Name) -> str:
    due = f"; the next review is due on {body['next']}" if body["next"] else ""
    findings = _long(body["findings"]) or "none"
    return (
        f"reviewed the audit trail, records {body['first']} to {body['last']}, as {body['role']}, as {body['name']}"
        f"{_function(body)}. Scope: {body['scope']}. Findings: {findings}. Conclusion: {body['conclusion']}{due}"
    )


def _accounts_checked(body: Mapping[str, Any], name: Name) -> str:
    findings = _long(body["findings"]) or "none"
    return f"checked {_count(len(body['accounts']), 'account')}. Findings: {findings}. Conclusion: {body['conclusion']}"


def _verified(body: Mapping[str, Any], name: Name) -> str:
    read = "every attachment read" if body["data"] else "attachments not read"
    found = f"{_count(body['problems'], 'problem')}: {_long(body['findings'])}" if body["problems"] else "no problem"
    return f"the ledger was verified up to {_count(body['size'], 'record')} by {body['tool']}, {read}: {found}"


def _restored(body: Mapping[str, Any], name: Name) -> str:
    return (
        f"put a copy of {body['kept']} records in place, where {body['known']['size']} records were known{_two(body)}"
    )


def _keys(body: Mapping[str, Any], name: Name) -> str:
    stolen = ", because somebody else may have had them" if body.get("stolen") else ""
    if body["kind"] == "keys.retired":
        return f"retired {_count(len(body['keys']), 'key')} of machines{stolen}"
    return f"declared keys of a machine: {', '.join(one['role'] for one in body['keys'])}"


def _genesis(body: Mapping[str, Any], name: Name) -> str:
    mode = ", in single-administrator mode" if body.get("single_administrator") else ""
    return f"made this {body['mode']} with {body['tool']}{mode}"


def _clock(body: Mapping[str, Any], name: Name) -> str:
    way = "forward" if body["jump_ms"] > 0 else "back"
    return f"the clock of the computer went {way} by {abs(body['jump_ms']) / 1000:g} s against its own run"


def _attempt(body: Mapping[str, Any]) -> str:
    return f"{body['run']}, {body['case']}, attempt {body['attempt']}"


def _function(body: Mapping[str, Any]) -> str:
    return f", {body['function']}" if body.get("function") else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _long(value: Any) -> str:
    return str(value["head"]) if isinstance(value, dict) else str(value)


_WORDS: dict[str, Callable[[Mapping[str, Any], Name], str]] = {
    "genesis": _genesis,
    "keys.declared": _keys,
    "keys.retired": _keys,
    "account.created": _created,
    "account.activated": lambda body, name: (
        f"{name(body['account'])} activated the account and made their own password and key"
        f"{', with a second factor' if body['totp'] else ''}"
    ),
    "account.changed": _account_changed,
    "role.granted": lambda body, name: f"gave {name(body['account'])} the role {body['role']}{_two(body)}",
    "role.revoked": lambda body, name: f"took the role {body['role']} from {name(body['account'])}",
    "proposal": _proposal,
    "account.reset": lambda body, name: (
        f"reset the account of {name(body['account'])}: the old key no longer counts{_two(body)}; identity checked by "
        f"{body['identity']['by']}: {body['identity']['how']}"
    ),
    "account.disabled": lambda body, name: f"disabled the account of {name(body['account'])}",
    "account.unlocked": lambda body, name: f"unlocked the account of {name(body['account'])}",
    "credentials.changed": lambda body, name: (
        f"changed their own {'password' if body['password'] else 'second factor'}"
    ),
    "accounts.checked": _accounts_checked,
    "login.failed": _login_failed,
    "session.opened": lambda body, name: f"signed in at {body['source']} with {body['method']}",
    "session.closed": lambda body, name: (
        f"a session ended: its owner {_CLOSED[body['reason']]}"
        if body["reason"] != "taken over"
        else f"a session ended: {_CLOSED[body['reason']]}"
    ),
    "refused": _refused,
    "signature": _signature,
    "rejection": _rejection,
    "document.changed": _changed,
    "document.issued": _issued,
    "execution.opened": _opened,
    "run.started": _run,
    "case.started": lambda body, name: f"{_attempt(body)} was started",
    "step.result": _step,
    "case.result": lambda body, name: (
        f"{_attempt(body)}: {body['outcome']}, executed by {body['executor']}, {_count(len(body['steps']), 'step')}"
    ),
    "run.finished": _finished,
    "run.aborted": lambda body, name: f"{body['run']} was aborted: {_long(body['reason'])}",
    "review": _review,
    "audit.reviewed": _audit,
    "anchor": lambda body, name: (
        f"the head of {_count(body['size'], 'record')} was kept outside the ledger, by {_MEDIA[body['medium']]}"
        + (f": {body['detail']}" if body["detail"] else "")
    ),
    "verified": _verified,
    "restored": _restored,
    "recovery": lambda body, name: (
        f"after a crash {body['adopted']} complete records were taken over and {len(body['quarantined'])} torn parts "
        "were set aside"
    ),
    "clock.anomaly": _clock,
}
