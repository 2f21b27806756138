"""Fixtures of the ledger tests. Helper modules are loaded by path, because tests are no package."""

from __future__ import annotations

import functools
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from valgen.ledger import heads, keys, record

HERE = Path(__file__).parent


def _load(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_load("ledger_sample", HERE / "sample.py")
_load("ledger_people", HERE / "people.py")
_load("tamper", HERE.parent / "tamper.py")


@pytest.fixture(scope="session")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key store with the two known keys."""
    return sys.modules["ledger_sample"].make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory, keystore: Path) -> Path:
    """The sample log; nobody may change it."""
    folder = tmp_path_factory.mktemp("sealed") / "dry"
    sys.modules["ledger_sample"].build_sample(folder, keystore, sys.modules["ledger_sample"].QUICK)
    return folder


@pytest.fixture
def quick_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remember which signatures held and how lines read, for tests that verify one log thousands of times.

    Both depend on nothing but their bytes, so that remembering them changes no answer.
    """
    remembered = functools.lru_cache(maxsize=None)(keys.verify_signature)
    monkeypatch.setattr(record, "verify_signature", remembered)
    monkeypatch.setattr(heads, "verify_signature", remembered)
    monkeypatch.setattr(record, "read_line", functools.lru_cache(maxsize=1000)(record.read_line))
