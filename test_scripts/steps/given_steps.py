"""Set-up: projects and files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from pytest_bdd import given, parsers

from .projects import small_project
from .workbench import Workbench


@given("a small project without errors")
def _(bench: Workbench, evidence: Any) -> None:
    assert "run" not in bench.facts, "the sample project is shared and must not be changed"
    small_project(bench)
    evidence.actual(
        "files: " + ", ".join(sorted(p.relative_to(bench.root).as_posix() for p in bench.root.rglob("*.*")))
    )


@given("the executed sample project", target_fixture="bench")
def _(executed_sample: Workbench, evidence: Any) -> Workbench:
    """The bench of the case is that of the sample; the case must change nothing in it."""
    run, build = executed_sample.facts["run"], executed_sample.facts["build"]
    evidence.actual(f"{run.command}: exit status {run.status}; {build.command}: exit status {build.status}")
    executed_sample.answers = [run, build]
    for name in ("requirements/urs/scale.yaml", "requirements/urs/hostile.yaml", "test_scripts/oq/scale.feature"):
        evidence.attach(executed_sample.root / name)
    assert (run.status, build.status) == (1, 0), f"run: {run.status} {run.err}; build: {build.status} {build.text}"
    return executed_sample


@given("a copy of the executed sample project")
def _(bench: Workbench, executed_sample: Workbench, evidence: Any) -> None:
    bench.copy_of(executed_sample)
    bench.variables.update(executed_sample.variables)
    evidence.actual(f"{sum(1 for path in bench.root.rglob('*') if path.is_file())} files copied")


@given("an empty folder")
def _(bench: Workbench, evidence: Any) -> None:
    evidence.actual(f"entries: {sum(1 for _ in bench.root.iterdir())}")
    assert not any(bench.root.iterdir())


@given(parsers.parse('the file "{name}" holds'))
def _(bench: Workbench, name: str, docstring: str, evidence: Any) -> None:
    written(evidence, bench.write(name, docstring + "\n"))


@given(parsers.parse('the file "{name}" holds the bytes {data}'))
def _(bench: Workbench, name: str, data: str, evidence: Any) -> None:
    written(evidence, bench.write_bytes(name, bytes.fromhex(data)))


@given("these files")
def _(bench: Workbench, datatable: list[list[str]], evidence: Any) -> None:
    for name, text in datatable[1:]:
        written(evidence, bench.write(name, text.replace("<TAB>", "\t") + "\n"))


@given(parsers.parse('in "{name}" the text "{old}" is replaced by "{new}"'))
def _(bench: Workbench, name: str, old: str, new: str, evidence: Any) -> None:
    bench.replace(name, old, new.replace("\\n", "\n"))
    written(evidence, bench.root / name)


@given(parsers.parse('in "{name}" the text "{old}" is replaced by'))
def _(bench: Workbench, name: str, old: str, docstring: str, evidence: Any) -> None:
    bench.replace(name, old, docstring)
    written(evidence, bench.root / name)


@given(parsers.parse('the file "{name}" is removed'))
def _(bench: Workbench, name: str, evidence: Any) -> None:
    (bench.root / name).unlink()
    evidence.actual(f"{name} exists: {(bench.root / name).exists()}")


def written(evidence: Any, path: Path) -> None:
    """Record what was written, so that the set-up can be repeated byte for byte."""
    data = path.read_bytes()
    evidence.actual(f"{path.name}: {len(data)} bytes, SHA-256 {hashlib.sha256(data).hexdigest()}")
