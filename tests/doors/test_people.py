"""People through the command line: one whole story with secrets from file descriptors, and no secret left anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from command_line import program, typed

SETTINGS = '[project]\nid = "T1"\nname = "Tiny"\n[system]\nname = "Tiny"\nversion = "1.0"\n'
PASSPHRASE = "violet harbour cactus 17 lamps"
WRONG = "quite another sentence 99"
CONSTANT = "error[VG576] user id, password or code is not right"


def password(user: str) -> str:
    return f"orange stapler meadow {user[::-1]} 31"


class Shell:
    """Types commands at one terminal and remembers every secret and everything that was printed."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        (self.root / "valgen.toml").write_text(SETTINGS, encoding="utf-8")
        self.keystore = folder / "keys"
        self.root_key = folder / "safe" / "root.json"
        self.root_key.parent.mkdir()
        self.secrets: set[str] = {PASSPHRASE, WRONG}
        self.printed: list[str] = []
        self.codes: dict[str, str] = {}
        self.typed = typed

    def __call__(self, *arguments: str, status: int = 0, **secrets: str) -> CompletedProcess[str]:
        """Run a command; ``password="..."`` becomes ``--password-fd N`` with the text in a pipe."""
        self.secrets |= set(secrets.values())
        words = {f"--{name.replace('_', '-')}-fd": text for name, text in secrets.items()}
        done = self.typed(
            *arguments, folder=self.root, secrets=words, environment={"VALGEN_KEYSTORE": str(self.keystore)}
        )
        self.printed.append(done.stdout + done.stderr)
        assert done.returncode == status, done.stdout + done.stderr
        return done

    def as_(self, user: str, *arguments: str, status: int = 0, **secrets: str) -> CompletedProcess[str]:
        return self(*arguments, "--as", user, status=status, **{"password": password(user), **secrets})

    def code(self, done: CompletedProcess[str], user: str) -> None:
        (line,) = done.stdout.splitlines()
        self.codes[user] = line
        self.secrets.add(line)

    def begin(self) -> None:
        """Begin a ledger with mara as its active administrator."""
        name = ["--name", "Mara Printed", "--identity", "passport seen"]
        self(
            *("records", "init", "--admin", "mara", *name, "--root-key", str(self.root_key)),
            root_passphrase=PASSPHRASE,
            password=password("mara"),
        )

    def hire(self, user: str, *roles: str, by: str = "mara") -> None:
        options = [word for role in roles for word in ("--role", role)]
        name = ["--name", f"{user.title()} Printed", "--identity", "passport seen"]
        self.code(self.as_(by, "user", "add", user, *name, *options), user)
        self("user", "activate", user, code=self.codes[user], password=password(user))

    def people(self) -> dict[str, Any]:
        found = json.loads(self("user", "list", "--json").stdout)
        return {one["user"]: one for one in found["accounts"]}

    def records(self, kind: str) -> list[dict[str, Any]]:
        lines = b"".join(path.read_bytes() for path in sorted((self.root / ".valgen" / "log").iterdir())).splitlines()
        return [body for body in (json.loads(line)["body"] for line in lines) if body["kind"] == kind]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A ledger with two administrators, an author, a qa and a tester; made once, only added to."""
    shell = Shell(tmp_path_factory.mktemp("office"))
    done = shell(
        *("records", "init", "--admin", "mara", "--name", "Mara Printed", "--identity", "passport seen"),
        *("--root-key", str(shell.root_key)),
        root_passphrase=PASSPHRASE,
    )
    shell.code(done, "mara")
    assert "valgen user activate mara" in done.stderr and "fingerprint" in done.stderr
    shell("user", "activate", "mara", code=shell.codes["mara"], password=password("mara"))
    shell.hire("paul")
    shell.as_(
        *("mara", "user", "grant", "paul", "administrator", "--root-key", str(shell.root_key)),
        root_passphrase=PASSPHRASE,
    )
    shell.hire("anna", "author")
    shell.hire("quentin", "qa")
    shell.hire("theo", "tester")
    return shell


def test_the_whole_story_gives_everybody_their_roles_and_a_ledger_that_verifies(office: Shell) -> None:
    people = office.people()
    first = ["mara", "paul", "anna", "quentin", "theo"]
    assert {user: people[user]["state"] for user in first} == dict.fromkeys(first, "active")
    assert people["paul"]["roles"] == ["administrator"]
    assert people["theo"]["roles"] == ["tester"]
    assert people["anna"]["identity"]["how"] == "passport seen"
    assert "all hold" in office("records", "fsck").stdout
    text = office("user", "list").stdout
    assert "Quentin Printed" in text and "administrator" in text


@pytest.mark.attack("S-5")
def test_a_reset_takes_two_administrators_and_says_what_the_second_one_types(office: Shell) -> None:
    office.hire("rosa", "author")
    before = office.people()["rosa"]
    first = office.as_("mara", "user", "reset", "rosa", "--reason", "forgotten")
    assert "valgen user reset rosa --as paul" in first.stdout and "not done" in first.stdout
    assert office.people()["rosa"] == before
    alone = office.as_("mara", "user", "reset", "rosa", "--reason", "forgotten")
    assert "proposed before" in alone.stdout and office.people()["rosa"] == before
    office.code(office.as_("paul", "user", "reset", "rosa", "--reason", "forgotten"), "rosa")
    assert office.people()["rosa"]["state"] == "waiting"
    old = office.as_("rosa", "user", "check", "--conclusion", "x", status=2)
    assert old.stderr.startswith(CONSTANT)
    office("user", "activate", "rosa", code=office.codes["rosa"], password="purple anvil orchard 4 seven")
    after = office.people()["rosa"]
    assert after["key_from_reset"] and after["key_since"] > before["key_since"]


@pytest.mark.attack("S-5", "S-12")
def test_administrator_takes_two_people(office: Shell) -> None:
    office.hire("vera")
    first = office.as_("mara", "user", "grant", "vera", "administrator")
    assert "valgen user grant vera administrator --as paul" in first.stdout
    assert office.people()["vera"]["roles"] == []
    assert "waits for a second administrator" in office("user", "list").stdout
    own = office.as_("vera", "user", "grant", "vera", "administrator", status=2)
    assert "error[VG578]" in own.stderr
    office.as_("paul", "user", "grant", "vera", "administrator")
    assert office.people()["vera"]["roles"] == ["administrator"]
    office.as_("mara", "user", "revoke", "vera", "administrator")


def test_a_refusal_of_authority_is_exit_2_and_a_record(office: Shell) -> None:
    before = len(office.records("refused"))
    refused = office.as_("anna", "user", "disable", "mara", status=2)
    assert "error[VG578] anna is no administrator" in refused.stderr and "fix:" in refused.stderr
    last = office.records("refused")[before:]
    assert [(one["act"], one["code"], one["subject"]) for one in last] == [("account.disabled", "VG578", "mara")]
    assert last[0]["account"] == office.people()["anna"]["account"]


@pytest.mark.attack("S-9")
def test_every_wrong_answer_looks_the_same_and_is_recorded(shell: Shell) -> None:
    shell.begin()
    shell.hire("lars", "author")
    name = ["--name", "Zoe Printed", "--identity", "passport seen"]
    shell.code(shell.as_("mara", "user", "add", "zoe", *name), "zoe")
    shell.hire("gone")
    shell.as_("mara", "user", "disable", "gone", "--reason", "left")
    wrong = "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    answers = [
        shell("user", "check", "--as", "lars", "--conclusion", "x", status=2, password=WRONG),
        shell("user", "check", "--as", "nobody", "--conclusion", "x", status=2, password=WRONG),
        shell("user", "check", "--as", "zoe", "--conclusion", "x", status=2, password=WRONG),
        shell("user", "check", "--as", "gone", "--conclusion", "x", status=2, password=password("gone")),
        shell("user", "activate", "zoe", status=2, code=wrong, password=password("zoe")),
    ]
    assert len({(one.stdout, one.stderr) for one in answers}) == 1
    assert answers[0].stderr.startswith(CONSTANT) and answers[0].stdout == ""
    assert len(shell.records("login.failed")) == 5
    assert WRONG not in "".join(shell.printed)


@pytest.mark.attack("S-9")
def test_guessing_has_to_wait(shell: Shell) -> None:
    shell.begin()
    shell.hire("nils")
    answers = []
    while len(answers) < 9 and "error[VG577]" not in "".join(answers):  # each wait is twice as long as the last one
        answers.append(shell("user", "check", "--as", "nils", "--conclusion", "x", status=2, password=WRONG).stderr)
    assert answers[0].startswith(CONSTANT) and "wait" in answers[-1]
    shell.as_("mara", "user", "unlock", "nils", "--reason", "wrong keyboard")
    assert "error[VG578]" in shell.as_("nils", "user", "unlock", "mara", status=2).stderr
    assert "error[VG582]" in shell.as_("mara", "user", "unlock", "mara", status=2).stderr


@pytest.mark.attack("S-11")
@pytest.mark.parametrize("user", ["anna", "an.na", "аnna", "Anna", "anna.", "the0"])
def test_look_alike_and_used_ids_are_refused(office: Shell, user: str) -> None:
    refused = office.as_("mara", "user", "add", user, "--name", "Somebody", status=2)
    assert "error[VG579]" in refused.stderr and refused.stdout == ""


def test_the_periodic_check_asks_and_can_be_signed(office: Shell) -> None:
    name = ["--name", "No Identity"]
    added = office.as_("mara", "user", "add", "unchecked", *name)
    office.code(added, "unchecked")
    assert "warning[VG590]" in added.stderr
    shown = office("user", "check", status=1)
    assert "how the identity was checked is not recorded" in shown.stdout and "Nothing was recorded" in shown.stdout
    signed = office.as_("quentin", "user", "check", "--findings", "one", "--conclusion", "asked HR", "--json")
    number = json.loads(signed.stdout)["record"]
    (body,) = [one for one in office.records("accounts.checked") if one["seq"] == number]
    assert len(body["accounts"]) == len(office.people()) and body["conclusion"] == "asked HR"
    assert "VG578" in office.as_("anna", "user", "check", "--conclusion", "x", status=2).stderr


def test_own_password_and_second_factor_are_changed(office: Shell) -> None:
    office.hire("dora", "author")
    new = "purple anvil orchard 4 seven"
    changed = office.as_("dora", "user", "password", new_password=new)
    assert "Password changed" in changed.stdout
    assert office.as_("dora", "user", "check", "--conclusion", "x", status=2).stderr.startswith(CONSTANT)
    wrong = office(
        *("user", "password", "--as", "dora", "--keep-password", "--second-factor"),
        status=2,
        password=new,
        new_totp="000000x",
    )
    assert "error[VG591]" in wrong.stderr and "▄" in wrong.stderr
    shown = wrong.stderr.split("type its secret there: ")[1].splitlines()[0]
    office.secrets.add(shown)


def test_a_second_factor_is_enrolled_with_one_code_and_then_asked_for(shell: Shell) -> None:
    from pyotp import TOTP

    shell.begin()
    shell.code(shell.as_("mara", "user", "add", "anna", "--name", "Anna", "--role", "qa"), "anna")
    reader, writer = os.pipe()
    other, answer = os.pipe()
    os.write(writer, f"{shell.codes['anna']}\n{password('anna')}\n".encode())
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "valgen", "user", "activate", "anna", "--second-factor"),
            *("--code-fd", str(reader), "--password-fd", str(reader), "--totp-fd", str(other)),
        ],
        cwd=shell.root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        pass_fds=(reader, other),
        env={**os.environ, "VALGEN_KEYSTORE": str(shell.keystore)},
    )
    assert process.stderr is not None
    secret = ""
    for line in process.stderr:
        if "type its secret there: " in line:
            secret = line.split("type its secret there: ")[1].replace(" ", "").strip()
            break
    totp = TOTP(secret)
    os.write(answer, f"{totp.now()}\n".encode())
    out, _ = process.communicate(timeout=60)
    for fd in (reader, writer, other, answer):
        os.close(fd)
    assert process.returncode == 0 and "anna is active" in out
    assert shell.people()["anna"]["second_factor"]
    missing = shell.as_("anna", "user", "check", "--conclusion", "x", status=2)
    assert missing.stderr.startswith(CONSTANT)
    import time

    later = totp.at(int(time.time()), 1)  # the code after the one that was taken, within what is accepted
    shell.as_("anna", "user", "check", "--conclusion", "x", totp=later)
    assert [one["method"] for one in shell.records("session.opened")][-1] == "password and one-time code"
    assert "all hold" in shell("records", "fsck").stdout


def test_an_administrator_can_begin_with_a_password_of_their_own(shell: Shell) -> None:
    shell.typed = program  # with the full work of guessing, which keys get that people make
    done = shell("records", "init", "--admin", "mara", "--name", "Mara Printed", password=password("mara"))
    assert done.stdout == "" and "mara is active and administrator" in done.stderr
    passphrase = done.stderr.split("shown this once: ")[1].splitlines()[0]
    root_key = done.stderr.split("Root key: ")[1].splitlines()[0]
    shell.hire("paul")
    refused = shell.as_("mara", "user", "grant", "paul", "administrator", status=2)
    assert "error[VG582]" in refused.stderr and "--root-key" in refused.stderr
    shell.as_("mara", "user", "grant", "paul", "administrator", "--root-key", root_key, root_passphrase=passphrase)
    assert shell.people()["paul"]["roles"] == ["administrator"]


def test_single_administrator_mode_is_said(shell: Shell) -> None:
    done = shell(
        *("records", "init", "--admin", "mara", "--name", "Mara Printed", "--single-administrator"),
        password=password("mara"),
    )
    text = "single-administrator mode: signatures do not meet 21 CFR 11.200(a)(3)"
    assert text in done.stderr
    assert text in shell("user", "list").stdout.replace("Single", "single")


@pytest.mark.parametrize(
    "arguments",
    [("user", "list"), ("user", "check"), ("user", "leave"), ("records", "fsck"), ("user", "activate", "anna")],
)
def test_without_a_ledger_the_way_to_one_is_named(shell: Shell, arguments: tuple[str, ...]) -> None:
    secrets = {"code": "x", "password": "y"} if "activate" in arguments else {}
    refused = shell(*arguments, status=2, **secrets)
    assert "error[VG570]" in refused.stderr and "valgen records init" in refused.stderr
    assert not (shell.root / ".valgen").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a terminal of POSIX")
def test_at_a_terminal_secrets_are_asked_for_and_never_shown(shell: Shell) -> None:
    import pty

    secret = password("mara")
    pid, fd = pty.fork()
    if not pid:  # pragma: no cover, the child becomes valgen
        os.chdir(shell.root)
        command = [sys.executable, "-m", "valgen", "records", "init", "--admin", "mara", "--name", "Mara Printed"]
        os.execve(sys.executable, command, {**os.environ, "VALGEN_KEYSTORE": str(shell.keystore)})
    seen = b""
    asked = 0
    while True:
        try:
            data = os.read(fd, 4096)
        except OSError:  # the other side has closed the terminal
            break
        if not data:
            break
        seen += data
        if seen.count(b"root key: ") + seen.count(b"confirmation: ") > asked:
            asked += 1
            os.write(fd, f"{secret} of the root\n".encode())
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    text = seen.decode()
    assert os.waitstatus_to_exitcode(status) == 0 and asked == 2, text
    assert secret not in text and "valgen user activate mara" in text


def test_without_terminal_and_descriptor_the_option_is_named(office: Shell) -> None:
    refused = office("user", "disable", "anna", "--as", "mara", status=2)
    assert "error[VG588]" in refused.stderr and "--password-fd" in refused.stderr


@pytest.mark.parametrize(("text", "words"), [("", "gives no secret"), ("x" * 5000, "gives no secret")])
def test_a_descriptor_without_a_secret_is_refused(office: Shell, text: str, words: str) -> None:
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "valgen", "user", "disable", "anna", "--as", "mara"),
            *("--password-fd", str(reader)),
        ],
        capture_output=True,
        text=True,
        cwd=office.root,
        pass_fds=(reader,),
        env={**os.environ, "VALGEN_KEYSTORE": str(office.keystore)},
    )
    os.close(reader)
    assert done.returncode == 2 and "error[VG588]" in done.stderr and words in done.stderr and "xxx" not in done.stderr


def test_a_key_store_in_the_project_and_a_foreign_ledger_are_refused(office: Shell, shell: Shell) -> None:
    shell.keystore = shell.root / "keys"
    refused = shell("records", "init", "--admin", "mara", "--name", "M", status=2, password=password("mara"))
    assert "error[VG573]" in refused.stderr
    assert not (shell.root / ".valgen").exists() and not shell.keystore.exists()
    import shutil

    shutil.copytree(office.root / ".valgen", shell.root / ".valgen")
    (shell.root / "valgen.toml").write_text(SETTINGS.replace("T1", "T2"), encoding="utf-8")
    shell.keystore = office.keystore
    assert "error[VG572]" in shell("user", "list", status=2).stderr
    assert "error[VG572]" in shell("user", "leave", status=2).stderr


def test_a_synchronised_folder_is_warned_of(tmp_path: Path) -> None:
    folder = tmp_path / "Dropbox"
    folder.mkdir()
    shell = Shell(folder)
    shell.keystore = tmp_path / "keys"
    done = shell("records", "init", "--admin", "mara", "--name", "Mara Printed", password=password("mara"))
    assert "warning[VG575]" in done.stderr
    assert "warning[VG575]" in shell("user", "list").stderr


@pytest.mark.attack("S-6", "W-11")
def test_no_secret_is_in_any_file_record_or_output(office: Shell) -> None:
    """Everything that was typed is looked for in everything that was written, whichever tests ran before this one."""
    office.hire("sven", "author")
    for admin in ("mara", "paul"):
        reset = office.as_(admin, "user", "reset", "sven", "--reason", "forgotten")
    office.code(reset, "sven")
    office("user", "activate", "sven", code=office.codes["sven"], password="purple anvil orchard 4 eight")
    office(
        "user",
        "password",
        "--as",
        "sven",
        new_password="purple anvil orchard 4 nine",
        password="purple anvil orchard 4 eight",
    )
    codes = {text for text in office.secrets if len(text) == 39 and text.count("-") == 7}
    factors = {text for text in office.secrets if len(text) == 39 and text.count(" ") == 7}  # shown for enrolling
    output = "".join(office.printed)
    for secret in office.secrets - codes - factors:
        assert len(secret) < 8 or secret not in output
    assert len(codes) >= 7 and all(output.count(code) == 1 for code in codes)
    forms = {form.encode() for text in office.secrets for form in (text, text.replace("-", "")) if len(text) >= 12}
    used = {one["code"].encode() for one in office.records("account.activated")}
    folder = office.root.parent
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            assert b"PRIVATE KEY" not in content or path.name in ("log.pem", "recorder.pem")
            for form in forms:
                allowed = (
                    form in used and path.parent.name == "log"
                )  # a used code is worth nothing; the record shows it
                assert form not in content or allowed, path
    sealed = [path for path in folder.rglob("u-*.json")] + [office.root_key]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in sealed)
    assert not any("keys" in path.parts or path.suffix == ".pem" for path in office.root.rglob("*"))
