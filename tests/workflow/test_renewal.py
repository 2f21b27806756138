# ruff: noqa: E501
"""A pack that was renewed is, byte for byte, the pack that would have been built afresh from the same sources."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from valgen.documents.blocks import Document
from valgen.documents.catalog import DocumentSpec
from valgen.documents.context import Context
from valgen.documents.shipped import Template
from valgen.errors import Finding, VerificationError
from valgen.model.outcome import Stage
from valgen.workflow import assembling, kept_pack, publish
from valgen.workflow.execute import RunRequest, execute

if TYPE_CHECKING:
    from signing_office import Office

ITEMS, CASES, URS = "requirements/items.yaml", "test_scripts/oq/add.feature", "documents/URS.md"
STEPS = """
from pytest_bdd import given, parsers, then, when

@given(parsers.re("(?P<text>.+)"))
@when(parsers.re("(?P<text>.+)"))
def _(text, evidence):
    evidence.actual("done")
    evidence.attach(b"log of the calculator", "log.txt")

@then(parsers.re("(?P<text>.+)"))
def _(text, evidence):
    evidence.actual("seen")
"""
MORE_ITEMS = """  - id: URS-003
    title: Keeps
    text: |
      The system shall keep sums, see URS-001.

      - for a *year*
      - and a day
    category: Sums
  - id: RSK-001
    title: Wrong sum
    text: A sum is wrong.
    assesses: [URS-001]
    failure_mode: wrong
    effect: bad
    severity: high
    probability: low
    detectability: low
    mitigated_by: [FS-001]
"""
MORE_CASES = """
  @OQ-002 @verifies:FS-002
  Scenario: Takes away
    Objective: it subtracts
    Given a calculator
    When 2 is taken from 5
    Then the difference is 3
"""


class World:
    """A project, the pack that its builds renew, and which of them built it as a whole."""

    def __init__(self, office: Office, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.office, self.root, self.folder = office, office.root, folder
        self.whole: list[Path] = []
        self.count = 0
        monkeypatch.setenv("VALGEN_CACHE", str(folder / "cache"))
        built = publish._built

        def noted(where: Path, *rest: object) -> publish.Pack:
            self.whole.append(where)
            return built(where, *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(publish, "_built", noted)
        items = self.read(ITEMS).replace("text: Subtracts.", "text: |\n      Subtracts.")
        self.write(ITEMS, items + MORE_ITEMS)
        self.write(CASES, self.read(CASES) + MORE_CASES)
        self.write(URS, "# Scope\n\nSums, as URS-001 says.\n")
        self.write("test_scripts/steps/all.py", STEPS)

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text, encoding="utf-8")

    def put(self, name: str, before: str, after: str) -> None:
        """Replace a text by one that is new each time."""
        self.count += 1
        text = self.read(name)
        assert before in text
        self.write(name, text.replace(before, after.replace("§", str(self.count)), 1))

    def build(self, *formats: str) -> tuple[dict[str, bytes], bool]:
        """Build the pack; return its files, and whether it was renewed."""
        self.whole.clear()
        pack = publish.build(self.root, formats=formats or ("html", "xlsx"), output=self.folder / "pack")
        files = content(self.folder / "pack")
        assert sorted(files) == sorted(pack.files)
        return files, not self.whole

    def cold(self, *formats: str) -> dict[str, bytes]:
        shutil.rmtree(self.folder / "cold", ignore_errors=True)
        publish.build(self.root, formats=formats or ("html", "xlsx"), output=self.folder / "cold", fresh=True)
        return content(self.folder / "cold")


def content(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def different(first: dict[str, bytes], second: dict[str, bytes]) -> set[str]:
    return {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}


@pytest.fixture
def world(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(office, tmp_path, monkeypatch)


def run(world: World) -> None:
    execute(RunRequest(root=world.root, stage=Stage.OQ))


def dry_results(world: World) -> None:
    if not (world.root / ".valgen/dry").exists():
        run(world)


EDITS: dict[str, Callable[[World], object]] = {
    "a text": lambda w: w.put(ITEMS, "add two numbers", "add two numbers § times, add two numbers"),
    "a text that becomes longer": lambda w: w.put(ITEMS, "shall keep sums", "shall keep\n\n      FS-002 § sums, shall keep sums"),
    "a text of a list": lambda w: w.put(ITEMS, "- and a day", "- and § weeks\n      - and a day"),
    "a text with markup": lambda w: w.put(
        ITEMS, "      Subtracts.", "      **§** `=cmd` <b>URS-002</b> \\x\n\n      Subtracts."
    ),
    "a title": lambda w: w.put(ITEMS, "title: Addition", "title: Addition §"),
    "a field": lambda w: w.put(ITEMS, "category: Sums", "category: Sums §"),
    "a score": lambda w: w.put(ITEMS, "probability: low", "probability: high") if "probability: low" in w.read(ITEMS) else None,
    "a link": lambda w: w.put(ITEMS, "satisfies: [URS-002]", "satisfies: [URS-001, URS-002]")
    if "satisfies: [URS-002]" in w.read(ITEMS) else None,
    "an item": lambda w: w.put(ITEMS, "  - id: URS-003", "  - {id: URS-10§, title: New, text: It shall be new.}\n  - id: URS-003"),
    "a step": lambda w: w.put(CASES, "2 and 3 are added", "2 and 3 are added § times, 2 and 3 are added"),
    "a step more": lambda w: w.put(CASES, "    Then the sum is 5", "    And button § is pressed\n    Then the sum is 5"),
    "an objective": lambda w: w.put(CASES, "Objective: it", "Objective: it, § times,"),
    "a comment that moves lines": lambda w: w.put(CASES, "  @OQ-001", "  # comment §\n  @OQ-001"),
    "a name of a scenario": lambda w: w.put(CASES, "Scenario: Works", "Scenario: Works § times"),
    "prose": lambda w: w.put(URS, "Sums, as", "Sums, § of them. Sums, as"),
    "prose of another document": lambda w: w.put(URS, "", "") or w.write("documents/FS.md", f"# Scope\n\nText {w.count}.\n"),
    "the version of the system": lambda w: w.put("valgen.toml", 'name = "Tiny"', 'name = "Tiny §"'),
    "a template": lambda w: w.write("templates/CS.rst", f"Configuration\n=============\n\nText {w.count}.\n"),
    "a signature": lambda w: w.office.sign("FS", "authored", "anna"),
    "results of dry runs": dry_results,
    "nothing": lambda w: None,
    "a file of the pack": lambda w: (w.folder / "pack/html/URS.html").write_text("somebody's own", encoding="utf-8"),
    "a file that is gone": lambda w: (w.folder / "pack/data/trace.json").unlink(),
}  # fmt: skip
RENEWED = {
    "a text", "a text that becomes longer", "a text with markup", "a step", "a step more", "an objective",
    "a comment that moves lines", "a text of a list", "prose", "nothing",
}  # fmt: skip


OFTEN = ("a text", "a step more", "prose", "nothing")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.real) for seed in (1, 2, 3))])
def test_whatever_is_edited_the_renewed_pack_is_that_of_a_build_afresh(world: World, seed: int) -> None:
    chance = random.Random(seed)
    world.build()
    left = list(EDITS)
    chance.shuffle(left)
    for start in range(0, len(left), 4):
        names = left[start : start + 4]
        for name in names:
            EDITS[name](world)
        files, _ = world.build()
        assert different(files, world.cold()) == set(), names
        chosen = chance.choice(sorted(RENEWED))
        EDITS[chosen](world)
        files, _ = world.build()
        assert different(files, world.cold()) == set(), (names, chosen)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.real) for name in sorted(RENEWED)]
)
def test_a_changed_text_renews_the_pack_in_every_format(world: World, name: str) -> None:
    formats = ("docx", "pdf", "html", "xlsx")
    world.build(*formats)
    EDITS[name](world)
    files, renewed = world.build(*formats)
    assert renewed
    assert different(files, world.cold(*formats)) == set()


def test_only_documents_that_read_a_changed_text_are_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    assemble = assembling.assemble

    def noted(template: Template, spec: DocumentSpec, context: Context) -> tuple[Document, tuple[Finding, ...]]:
        made.append(spec.key)
        return assemble(template, spec, context)

    world.build("html")
    monkeypatch.setattr(assembling, "assemble", noted)
    EDITS["a text"](world)
    world.build("html")
    assert made == ["URS"]
    made.clear()
    EDITS["a step"](world)
    world.build("html")
    assert set(made) == {"OQ-protocol", "OQ-report"}


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:], id="one bit"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut off"),
        pytest.param(lambda data: b"", id="empty"),
    ],
)
def test_what_is_kept_and_damaged_is_not_used_and_nobody_is_troubled(
    world: World, spoil: Callable[[bytes], bytes]
) -> None:
    first, _ = world.build("xlsx")
    (kept,) = (world.folder / "cache").glob("pack-*.cache")
    kept.write_bytes(spoil(kept.read_bytes()))
    files, renewed = world.build("xlsx")
    assert not renewed
    assert files == first
    assert world.build("xlsx") == (first, True)


def test_another_valgen_renews_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = world.build("xlsx")
    monkeypatch.setattr(kept_pack, "_around", lambda: iter(["another version"]))
    assert world.build("xlsx") == (first, False)


@pytest.mark.parametrize("name", ["a file of the pack", "a file that is gone"])
def test_a_file_that_is_not_as_it_was_left_is_written_anew(world: World, name: str) -> None:
    first, _ = world.build()
    EDITS[name](world)
    assert world.build() == (first, False)


def test_a_renewed_pack_shares_no_file_with_the_one_before_that_it_changes(world: World) -> None:
    world.build()
    before = world.folder / "before"
    shutil.copytree(world.folder / "pack", before, copy_function=os.link)  # as a backup by links does
    held = content(before)
    EDITS["a text"](world)
    world.build()
    assert content(before) == held


def test_evidence_that_was_altered_stops_a_build_that_would_be_renewed(world: World) -> None:
    run(world)
    world.build()
    blob = next(path for path in (world.root / ".valgen/dry/blobs").rglob("*") if path.is_file())
    blob.chmod(0o644)
    blob.write_bytes(b"something else")
    with pytest.raises(VerificationError):
        world.build()
