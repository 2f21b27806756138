"""Set-up: projects and files."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, parsers

from .projects import small_project
from .workbench import Workbench


@given("a small project without errors")
def _(bench: Workbench, evidence: Any) -> None:
    small_project(bench)
    evidence.actual("files: " + ", ".join(sorted(p.relative_to(bench.root).as_posix() for p in bench.root.rglob("*.*"))))


@given("an empty folder")
def _(bench: Workbench) -> None:
    assert not any(bench.root.iterdir())


@given(parsers.parse('the file "{name}" holds'))
def _(bench: Workbench, name: str, docstring: str) -> None:
    bench.write(name, docstring + "\n")


@given(parsers.parse('the file "{name}" holds the bytes {data}'))
def _(bench: Workbench, name: str, data: str) -> None:
    bench.write_bytes(name, bytes.fromhex(data))


@given("these files")
def _(bench: Workbench, datatable: list[list[str]]) -> None:
    for name, text in datatable[1:]:
        bench.write(name, text.replace("<TAB>", "\t") + "\n")


@given(parsers.parse('in "{name}" the text "{old}" is replaced by "{new}"'))
def _(bench: Workbench, name: str, old: str, new: str) -> None:
    bench.replace(name, old, new.replace("\\n", "\n"))


@given(parsers.parse('in "{name}" the text "{old}" is replaced by'))
def _(bench: Workbench, name: str, old: str, docstring: str) -> None:
    bench.replace(name, old, docstring)


@given(parsers.parse('the file "{name}" is removed'))
def _(bench: Workbench, name: str) -> None:
    (bench.root / name).unlink()
