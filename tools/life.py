"""The example through its whole life, as a company would live it: everything by the command line of valgen.

    python tools/life.py [--out build/demo] [--valgen .venv/bin/valgen]

Enrols people, has specifications and protocols approved, executes IQ, OQ and PQ formally, has the results reviewed,
signs reports and summary, issues the documents, builds the pack and verifies a copy of it with a Python that has
no valgen. Works on a copy of the example; an earlier one in the same place is replaced.

Each command is printed as somebody would type it. Passwords are drawn anew for every life and go through pipes; a
person would type them. Exit status 0 when everything went as told, also where cases fail honestly.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "s3-records-vault"
LEFT_OUT = (".valgen", "build", "__pycache__", "to-sign")

ADMINISTRATORS = (("emarsh", "E. Marsh", "Cloud operations"), ("ddoyle", "D. Doyle", "IT service desk"))
PEOPLE: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "mlindqvist": ("M. Lindqvist", "Head of records management", ("author", "process_owner")),
    "kbrandt": ("K. Brandt", "Deputy head of records management", ("process_owner",)),
    "aosei": ("A. Osei", "Lead of the data platform team", ("author", "system_owner")),
    "shaddad": ("S. Haddad", "Deputy lead of the data platform team", ("system_owner",)),
    "rsilva": ("R. Silva", "Engineer of the data platform team", ("technical_reviewer",)),
    "tokafor": ("T. Okafor", "Validation engineer", ("author", "tester", "test_lead", "validation_lead")),
    "plindgren": ("P. Lindgren", "Quality control laboratory", ("tester",)),
    "jnovak": ("J. Novak", "Quality assurance for computerised systems", ("author", "qa")),
    "lfischer": ("L. Fischer", "Quality assurance for computerised systems", ("qa",)),
}
# Who signs which document, in the order of the default workflow: "user meaning", the author first.
SPECIFICATIONS = {
    "GXPA": "mlindqvist authored, kbrandt approved, jnovak approved",
    "VP": "tokafor authored, mlindqvist approved, aosei approved, jnovak approved",
    "URS": "mlindqvist authored, kbrandt approved, jnovak approved",
    "SUP": "jnovak authored, aosei approved, lfischer approved",
    "FS": "aosei authored, rsilva reviewed, mlindqvist approved, jnovak approved",
    "CS": "aosei authored, rsilva reviewed, shaddad approved, jnovak approved",
    "DS": "aosei authored, rsilva reviewed, shaddad approved, jnovak approved",
    "RA": "jnovak authored, rsilva reviewed, mlindqvist approved, lfischer approved",
    "SOP": "mlindqvist authored, jnovak approved",
    "TRAINING": "mlindqvist authored, jnovak approved",
    "ERES": "jnovak authored, mlindqvist approved, lfischer approved",
    "CR": "aosei authored, mlindqvist approved, shaddad approved, jnovak approved",
    "RTM-initial": "jnovak authored, rsilva reviewed, lfischer approved",
    "IQ-protocol": "tokafor authored, rsilva reviewed, aosei approved, jnovak approved",
    "OQ-protocol": "tokafor authored, rsilva reviewed, aosei approved, jnovak approved",
    "PQ-protocol": "mlindqvist authored, kbrandt approved, jnovak approved",
}
REPORTS = {
    "IQ-report": "tokafor authored, rsilva reviewed, aosei approved, jnovak approved",
    "OQ-report": "tokafor authored, rsilva reviewed, aosei approved, jnovak approved",
    "PQ-report": "mlindqvist authored, kbrandt approved, jnovak approved",
}
SUMMARY = {
    "DEVLOG": "tokafor authored, jnovak approved",
    "RTM": "jnovak authored, rsilva reviewed, lfischer approved",
    "VSR": "jnovak authored, mlindqvist approved, aosei approved, lfischer approved",
}
REASONS = {
    "authored": "{} is complete and says what we agreed",
    "reviewed": "{} compared with the design and the code, no open point",
    "approved": "{} read in full; it fits its purpose and our procedures",
}
STAGES = (
    ("iq", "tokafor", "exec-0001", "IQ-004 is a manual case and stays open."),
    (
        "oq",
        "tokafor",
        "exec-0002",
        "OQ-018 and OQ-020 failed, because the simulator does not keep the promises of Amazon S3; they have to pass in "
        "AWSVAL. OQ-033 was skipped, there is no TLS in VAL. OQ-057 is a manual case. All four stay open.",
    ),
    ("pq", "plindgren", "exec-0003", "PQ-007 is a manual case and stays open."),
)
ISSUED_ROWS = {"VSR": "1.0", "DEVLOG": "1.0"}
"""Documents whose first version is written with the results: key to the version that is added to the register."""


def main(home: Path, program: Path) -> int:
    """Live the life of the example in a folder; return the exit status."""
    if home.exists():
        shutil.rmtree(home)
    company = Company(home, program)
    shutil.copytree(EXAMPLE, company.project, ignore=shutil.ignore_patterns(*LEFT_OUT))
    say("A copy of the example: requirements, prose and test scripts are checked")
    company.valgen("check")
    say("People get accounts; each makes password and key alone, with a one-time code")
    company.enrol()
    say("Specifications and protocols are approved, by everybody whom the workflow asks for")
    company.sign(SPECIFICATIONS)
    for stage, tester, execution, open_cases in STAGES:
        say(f"{stage.upper()} is executed formally, reviewed and reported")
        company.execute(stage, tester)
        if stage == "oq":
            say("The tester wants to review the own work; the refusal is a record", level=2)
            comment = f"Every step compared with the protocol. {open_cases}"
            company.review(execution, tester, comment, status=1)
        company.review(execution, "lfischer", f"Every step compared with the approved protocol. {open_cases}")
        company.sign({f"{stage.upper()}-report": REPORTS[f"{stage.upper()}-report"]})
    say("Deviation log, matrix and validation summary report are signed")
    company.register()
    company.sign(SUMMARY)
    say("The release certificate is not: the summary report names what speaks against a release")
    company.by("jnovak", "sign", "CERT", "--meaning", "authored", "--reason", "Go-live is due", "--yes", status=(1,))
    say("Where the project stands")
    company.valgen("status", status=(1,), show=lambda line: not line.startswith("    "))
    say("Approved documents are issued, sealed and recorded; the pack is built")
    company.by(
        "tokafor", "build", "--issue", show=lambda line: not line.startswith("  ") and not line.startswith("Open")
    )
    say("What was refused stands in the audit trail")
    company.valgen("audit", "--action", "refused")
    say("The ledger, and the pack on a machine without valgen")
    company.valgen("verify")
    company.verify_elsewhere()
    say("Done")
    print(f"The pack is in {shown(company.project / 'build' / 'pack')}. Open:")
    for name, what in (
        ("README.html", "where to start"),
        ("pdf/VSR.pdf", "the summary report, signed and sealed"),
        ("word/OQ-report.docx", "every executed step with its observed value"),
        ("excel/RTM.xlsx", "the traceability matrix"),
        ("html/index.html", "the same as a site, with search"),
        ("verify.html", "checks of the pack in a browser"),
    ):
        print(f"  {name:<21}{what}")
    print(f"Not everything passed, on purpose: {shown(EXAMPLE / 'README.md')} says what and why.")
    return 0


class Company:
    """A copy of the example, its people, and the command line."""

    def __init__(self, home: Path, program: Path) -> None:
        self.home = home
        self.project = home / EXAMPLE.name
        self.program = program
        self.root_key = home / "safe" / "root.json"
        self.passphrase = drawn()
        self.passwords = {user: drawn() for user in (*(one[0] for one in ADMINISTRATORS), *PEOPLE)}
        self.environment = {**os.environ, "VALGEN_KEYSTORE": str(home / "keys"), "COLUMNS": "120"}

    def valgen(
        self,
        *words: str,
        status: tuple[int, ...] = (0,),
        show: Callable[[str], bool] = bool,
        **secret: str,
    ) -> str:
        """Print a command, run it, print its answer, and return what stood on standard output.

        Args:
            words: the command without ``valgen``.
            status: exit statuses that belong to the story.
            show: which lines of the answer are printed.
            secret: option to text, such as ``password="..."`` for ``--password-fd``; goes through a pipe.
        """
        print(f"$ valgen {shlex.join(words)}", flush=True)
        readers: list[int] = []
        more: list[str] = []
        for name, text in secret.items():
            reader, writer = os.pipe()
            os.write(writer, text.encode() + b"\n")
            os.close(writer)
            readers.append(reader)
            more += [f"--{name.replace('_', '-')}-fd", str(reader)]
        done = subprocess.run(
            [str(self.program), *words, *more],
            cwd=self.project,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=self.environment,
            pass_fds=readers,
            check=False,
        )
        for reader in readers:
            os.close(reader)
        right = done.returncode in status
        for line in (done.stdout + done.stderr).splitlines():
            if show(line) or not right:
                print(f"  {line}", flush=True)
        if not right:
            raise SystemExit(f"life: valgen {words[0]} ended with {done.returncode}, which is not the story")
        return done.stdout

    def by(
        self, user: str, *words: str, status: tuple[int, ...] = (0,), show: Callable[[str], bool] = bool, **secret: str
    ) -> str:
        """Run a command as somebody."""
        return self.valgen(*words, "--as", user, status=status, show=show, password=self.passwords[user], **secret)

    def enrol(self) -> None:
        """Begin the ledger and give everybody an account; nobody ever sets another's password."""
        first, second = ADMINISTRATORS
        admin, name, function = first
        seen = ("--identity", "company badge seen")
        self.root_key.parent.mkdir(parents=True)
        self.valgen(
            *("records", "init", "--admin", admin, "--name", name, "--function", function, *seen),
            *("--root-key", str(self.root_key)),
            root_passphrase=self.passphrase,
            password=self.passwords[admin],
        )
        for user, printed, what, roles in (
            (*second, ()),
            *((user, *facts) for user, facts in PEOPLE.items()),
        ):
            held = [word for role in roles for word in ("--role", role)]
            words = ("user", "add", user, "--name", printed, "--function", what, *seen, *held)
            code = self.by(admin, *words, show=nothing).strip()  # the one-time code, for the eyes of this person alone
            self.valgen("user", "activate", user, code=code, password=self.passwords[user], show=nothing)
        grant = ("user", "grant", second[0], "administrator", "--root-key", str(self.root_key))
        self.by(admin, *grant, root_passphrase=self.passphrase)
        self.valgen("user", "list")

    def sign(self, documents: Mapping[str, str]) -> None:
        """Have documents signed, in their order and that of their signers."""
        for document, signers in documents.items():
            for signer in signers.split(", "):
                user, meaning = signer.split()
                reason = REASONS[meaning].format(document)
                self.by(
                    *(user, "sign", document, "--meaning", meaning, "--reason", reason, "--yes"),
                    show=lambda line: line.startswith("Signed") or "is approved with every signature" in line,
                )

    def execute(self, stage: str, tester: str) -> None:
        """Execute what can be executed here; cases that wait for a person or fail leave exit status 1."""
        self.by(
            tester, "run", stage, "--env", "VAL", "--formal", status=(0, 1), show=lambda line: "  Passed" not in line
        )

    def review(self, execution: str, user: str, comment: str, *, status: int = 0) -> None:
        """Review an execution."""
        self.by(user, "review", execution, "--conclusion", "accepted", "--comment", comment, status=(status,))

    def register(self) -> None:
        """Add the versions that tell results to the register of documents, as their authors do."""
        path = self.project / "requirements" / "documents.yaml"
        lines = path.read_text(encoding="utf-8").splitlines()
        for kind, version in ISSUED_ROWS.items():
            first = lines.index(f"  - type: {kind}")
            last = next((n for n, line in enumerate(lines) if n > first and line.startswith("  - type:")), len(lines))
            author = lines[last - 1].split("author: ")[1].split(",")[0]
            row = f'{{version: "{version}", date: "{date.today()}", author: {author}, change_ref: CR-2026-041, '
            lines.insert(last, f"      - {row}summary: With the results of the formal executions in VAL}}")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def verify_elsewhere(self) -> None:
        """Verify a copy of the pack with a Python that knows no valgen; then a copy in which one byte was changed."""
        bare = [str(getattr(sys, "_base_executable", sys.executable)), "-I", "-S"]
        with tempfile.TemporaryDirectory() as name:
            pack = Path(name) / "pack"
            shutil.copytree(self.project / "build" / "pack", pack)
            run(pack, [*bare, "-c", "import valgen"], 1, last=1)
            run(pack, [*bare, "evidence/valgen_verify.py", "."], 0)
            report = pack / "pdf" / "OQ-report.pdf"
            content = bytearray(report.read_bytes())
            content[len(content) // 2] ^= 1
            report.write_bytes(content)
            print("  # one bit of pdf/OQ-report.pdf is flipped")
            run(pack, [*bare, "evidence/valgen_verify.py", "."], 1)


def run(folder: Path, command: list[str], status: int, *, last: int = 0) -> None:
    """Print a command that is not valgen's, run it with an empty environment, print its answer or the last lines."""
    print(f"$ python3 {shlex.join(command[1:])}", flush=True)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", env={}, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    print("".join(f"  {line}\n" for line in lines[-last:]), end="", flush=True)
    if done.returncode != status:
        raise SystemExit(f"life: exit status {done.returncode}, and the story asks for {status}")


def say(what: str, *, level: int = 1) -> None:
    """Begin a chapter."""
    print(f"\n{'=' * (3 - level)} {what}", flush=True)


def drawn() -> str:
    """Return a password that nobody has used before."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


def nothing(_line: str) -> bool:
    """Show no line."""
    return False


def shown(path: Path) -> str:
    """Return a path as seen from here."""
    return os.path.relpath(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/demo"), help="folder of the life; replaced")
    parser.add_argument("--valgen", type=Path, default=Path(sys.executable).with_name("valgen"))
    given = parser.parse_args()
    sys.exit(main(given.out.resolve(), given.valgen.absolute()))
