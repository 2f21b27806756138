# ruff: noqa: E501
"""Equal input gives equal bytes in every file of a full pack: figures, logo, company template, runs, frozen versions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "writers"))

from company_template import company_template, logo

from command_line import typed

SETTINGS = """
[project]
id = "T1"
name = "Tiny"
gamp_category = 5
regulations = ["21-cfr-part-11"]
[system]
name = "Tiny"
version = "1.0"
[environments.VAL]
title = "Validation"
"""
ITEMS = """
items:
  - {id: URS-001, title: Adds, text: The system shall add two numbers., figures: [sum.png], category: Sums}
  - {id: URS-002, title: Keeps, text: "The system shall **keep** sums, é ü 漢.", category: Sums}
  - {id: FS-001, title: Addition, text: Adds., satisfies: [URS-001]}
  - {id: FS-002, title: Storage, text: Stores., satisfies: [URS-002]}
  - {id: RSK-001, title: Wrong sum, assesses: [URS-001], failure_mode: wrong, effect: bad, severity: high, probability: low, detectability: low, mitigated_by: [FS-001]}
  - {id: SOP-001, title: Backup, number: SOP-7, version: "1", satisfies: [URS-002]}
"""
REGISTER = """
documents:
  - type: URS
    number: T1-URS-001
    history: [{version: "1.0", date: "2026-01-01", author: A. Author, summary: First}]
  - type: FS
    number: T1-FS-001
    history: [{version: "1.0", date: "2026-01-01", author: A. Author, summary: First}]
"""
CASES = """
Feature: Addition
  @OQ-001 @verifies:FS-001 @risk:RSK-001
  Scenario: Works
    Given a calculator
    Then the sum is 5
  @OQ-002 @verifies:FS-002
  Scenario: Fails
    Given a calculator
    Then the sum is 6
"""
STEPS = """
from pytest_bdd import given, parsers, then

@given("a calculator")
def _(evidence):
    evidence.actual("ready")
    evidence.attach(b"log", "log.txt")

@then(parsers.parse("the sum is {n:d}"))
def _(n, evidence):
    evidence.actual("5")
    assert n == 5
"""
WORLD = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "COLUMNS": "37"}


class Pack:
    """A project and its pack."""

    def __init__(self, root: Path, user: Path) -> None:
        self.root = root
        self.env = {"VALGEN_CACHE": str(user / "cache"), "VALGEN_KEYSTORE": str(user / "keys")}

    def valgen(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return typed(*arguments, folder=self.root, environment=self.env)

    def build(self, *arguments: str) -> dict[str, str]:
        done = self.valgen("build", "-q", *arguments)
        assert done.returncode == 0, done.stderr
        return digests(self.root / "build/pack")

    def build_elsewhere(
        self, *arguments: str, umask: int, within: tuple[str, ...] = (), **variables: str
    ) -> dict[str, str]:
        """Build in a process of its own with everything around it set otherwise."""
        done = subprocess.run(
            [*within, sys.executable, "-m", "valgen", "build", "-q", *arguments], cwd=self.root,
            env={**os.environ, **self.env, **WORLD, **variables},
            capture_output=True, text=True, encoding="utf-8", umask=umask, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return digests(self.root / "build/pack")

    def copy(self, target: Path) -> Pack:
        """Copy what people wrote and recorded, the last file first and with other times, so that nothing else is equal."""
        for number, path in enumerate(sorted((one for one in self.root.rglob("*") if one.is_file()), reverse=True)):
            name = path.relative_to(self.root)
            if name.parts[0] != "build" and "__pycache__" not in name.parts:
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / name)
                os.utime(target / name, (10**9 + number, 10**9 + number))
        return Pack(target, target.parent / "another user")

    def change(self) -> None:
        path = self.root / "requirements/items.yaml"
        path.write_text(
            path.read_text("utf-8").replace("title: Storage, text: Stores.", "title: Storage, text: Stores sums."),
            "utf-8",
        )


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def different(first: dict[str, str], second: dict[str, str]) -> set[str]:
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, dict[str, str]]:
    base = tmp_path_factory.mktemp("same")
    pack = Pack(base / "project", base / "user")
    for name, text in {
        "valgen.toml": SETTINGS, "requirements/items.yaml": ITEMS, "requirements/documents.yaml": REGISTER,
        "test_scripts/oq/a.feature": CASES, "test_scripts/steps/s.py": STEPS, "documents/URS.md": "# Scope\n\nSums.\n",
    }.items():  # fmt: skip
        (pack.root / name).parent.mkdir(parents=True, exist_ok=True)
        (pack.root / name).write_text(text.lstrip("\n"), "utf-8")
    (pack.root / "requirements/sum.png").write_bytes(logo(40, 20))
    (pack.root / "templates").mkdir()
    (pack.root / "templates/logo.png").write_bytes(logo())
    company_template(pack.root / "templates/word.docx")
    assert pack.valgen("run", "oq").returncode == 1
    done = pack.valgen("freeze", "URS", "FS")
    assert done.returncode == 0, done.stderr
    return pack, pack.build()


def test_another_folder_user_zone_locale_seed_width_umask_and_times_give_the_same_bytes(
    first: tuple[Pack, dict[str, str]], tmp_path: Path
) -> None:
    pack, made = first
    other = pack.copy(tmp_path / "a deeper/plãce")
    assert different(made, other.build_elsewhere(umask=0o077)) == set()
    assert len(made) > 60
    folders = {name.split("/")[0] for name in made}
    assert folders >= {"word", "pdf", "html", "excel", "data", "evidence", "README.html", "manifest.json"}


ANOTHER_MACHINE = """
import os, platform, socket, time, uuid

AHEAD = 400 * 86_400 * 10**9
real, named = time.time_ns, os.uname()
time.time_ns = lambda: real() + AHEAD
time.time = lambda: (real() + AHEAD) / 1e9
os.cpu_count = lambda: 1
socket.gethostname = socket.getfqdn = lambda *_: "elsewhere"
uuid.getnode = lambda: 0x0123456789AB
os.uname = lambda: os.uname_result((named.sysname, "elsewhere", "9.9.9", "#1 elsewhere", named.machine))
platform.node = lambda: "elsewhere"
platform.platform = lambda *_, **__: "Linux-9.9.9-elsewhere"
platform.release = lambda: "9.9.9"
with open(os.environ["MACHINE_TOLD"], "a") as told:
    print("elsewhere", file=told)
"""


@pytest.mark.attack("D-5")
def test_another_name_kernel_number_of_processors_and_date_of_the_machine_give_the_same_bytes(
    first: tuple[Pack, dict[str, str]], tmp_path: Path
) -> None:
    """What a second machine would say of itself, said by this one; the system says it as well where it can."""
    pack, made = first
    other = pack.copy(tmp_path / "elsewhere/project")
    (tmp_path / "machine").mkdir()
    (tmp_path / "machine/sitecustomize.py").write_text(ANOTHER_MACHINE, "utf-8")
    path = os.pathsep.join([str(tmp_path / "machine"), *(entry for entry in sys.path if entry)])
    within = ("unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*within, "true"], capture_output=True, check=False).returncode
    ):
        within = ()
    if shutil.which("taskset"):
        within = ("taskset", "-c", str(min(os.sched_getaffinity(0))), *within)
    told = tmp_path / "told"
    found = other.build_elsewhere("--fresh", umask=0o022, within=within, PYTHONPATH=path, MACHINE_TOLD=str(told))
    assert told.read_text("utf-8").startswith("elsewhere")
    assert different(made, found) == set()


def test_building_again_from_kept_files_or_afresh_gives_the_same_bytes(first: tuple[Pack, dict[str, str]]) -> None:
    pack, made = first
    assert different(made, pack.build()) == set()
    assert different(made, pack.build("--fresh")) == set()


@pytest.mark.real
def test_one_changed_item_changes_only_files_that_depend_on_it_and_as_a_build_afresh_would(
    first: tuple[Pack, dict[str, str]], tmp_path: Path
) -> None:
    pack, made = first
    own = pack.copy(tmp_path / "own/project")
    assert different(made, own.build()) == set()
    own.change()
    after = own.build()
    changed = different(made, after)
    other = own.copy(tmp_path / "elsewhere/project")
    assert different(after, other.build_elsewhere("--fresh", umask=0o022)) == set()
    documents = {Path(name).name.split(".")[0] for name in changed if name.startswith(("word/", "pdf/"))}
    # FS holds the item; the others say that its result is stale, or count it.
    assert documents >= {"FS", "OQ-report"}
    assert not documents & {"URS", "RA", "GXPA", "IQ-protocol", "PQ-protocol", "SOP", "TRAINING"}
    assert not [name for name in changed if name.startswith(("evidence/", "html/_static/", "html/_images/"))]
    assert {f"html/{key}.html" for key in ("URS", "RA", "GXPA", "SOP")}.isdisjoint(changed)
    listed = json.loads((own.root / "build/pack/manifest.json").read_text("utf-8"))["files"]
    assert {one["path"]: one["sha256"] for one in listed} == {
        name: digest for name, digest in after.items() if name != "manifest.json"
    }
