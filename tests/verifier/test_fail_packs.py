"""Every pack of tests/vectors/fail is refused by `valgen verify` and by the stand-alone verifier.

Rows of integrity.md: those that the names of the packs begin with. What the packs were made from verifies in both, so
that each is refused for what was done to it and for nothing else.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from valgen.cli import main
from valgen.verifier import verifier_path

ROOT = Path(__file__).parents[2]
FAIL = ROOT / "tests/vectors/fail"
INDEX = json.loads((FAIL / "index.json").read_text(encoding="utf-8"))


def load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


program: Any = load("verifier_of_fail_packs", verifier_path())
maker: Any = load("write_fail_packs", ROOT / "tools/write_fail_packs.py")


def answers(path: Path, project: Path, root: str = "", strict: bool = False) -> tuple[int, int]:
    """Return the exit status of both verifiers."""
    options = [*(["--strict"] if strict else []), *([f"--root={root}"] if root else [])]
    with pytest.raises(SystemExit) as own:
        main(["verify", str(path), "-C", str(project), "--no-memory", *options])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["valgen_verify.py", str(path), *options])
        return own.value.code, program.main()  # type: ignore[return-value]


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["name"])
def test_pack_is_refused_by_both_verifiers(entry: dict[str, Any], tmp_path: Path) -> None:
    path = FAIL / entry["name"] / ("pack.zip" if entry.get("zip") else "")
    assert answers(path, tmp_path, entry.get("root", ""), entry.get("strict", False)) == (1, 1)


def test_what_the_packs_were_made_from_verifies_in_both(tmp_path: Path) -> None:
    ledger = dict(maker.small().files())
    insiders = dict(maker.people.enrolled().files())
    for name, files in (("ledger", ledger), ("insiders", insiders), ("pack", maker.pack(ledger))):
        for path, data in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(data)
        assert answers(tmp_path / name, tmp_path) == (0, 0), name


def test_the_packs_are_those_that_their_script_writes() -> None:
    assert maker.main(["--check"]) == 0
