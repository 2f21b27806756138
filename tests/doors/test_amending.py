"""Amendments of scripts and no-impact assessments through the real command line."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from html import unescape
from pathlib import Path
from types import ModuleType

import pytest


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("formal_site", Path(__file__).with_name("formal_site.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["formal_site"] = module
    spec.loader.exec_module(module)
    return module


formal_site = _load()
Site, good = formal_site.Site, formal_site.good
WHY = "the script named another number than the notes of the workshop"
CHECKED = "script compared with the notes of the workshop, the number is right now"
REVIEW = "every step and attachment compared with the protocol; OQ-002 failed as the adapter was forgotten"


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project with both cases executed and passed; nobody may change it."""
    site: Site = formal_site.found(tmp_path_factory.mktemp("amend"))
    site.plug_in()
    good(site.run("tess"))
    return site


@pytest.fixture
def site(executed: Site, tmp_path: Path) -> Site:
    """A copy of the project and its keys."""
    shutil.copytree(executed.root, tmp_path / "project")
    shutil.copytree(executed.keystore, tmp_path / "keys")
    copy = Site(tmp_path / "project", tmp_path / "keys")
    copy.plug_in()
    return copy


def words(site: Site, document: str) -> str:
    """Build a document and return its words."""
    good(site.valgen("build", document, "--format", "html"))
    text = (site.root / f"build/pack/html/{document}.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def verified(site: Site) -> None:
    """Verify the ledger alone."""
    shutil.rmtree(site.root / "build", ignore_errors=True)
    good(site.valgen("verify"))


def amended(site: Site, user: str, reason: str, *more: str) -> object:
    """Sign an amendment of OQ-002."""
    return site.by(user, "amend", "OQ-002", "--reason", reason, *more)


def test_an_amended_script_is_executed_once_owner_and_quality_unit_have_signed(site: Site) -> None:
    site.edit("test_scripts/oq/add.feature", "When 2 and 2 are added", "When 4 and 4 are added")
    assert "VG422" in site.run("tess", "--case", "OQ-002").stderr
    first = good(amended(site, "paul", WHY))
    assert "Amendment 0001, OQ-002 in OQ-protocol 1.0: signed by Paul Process" in first
    assert "not in force: waits for QA" in first
    assert "to be executed again: OQ-002" in first
    assert "VG422" in site.run("tess", "--case", "OQ-002").stderr
    assert "VG380" in site.valgen("check").stdout
    assert "in force since" in good(amended(site, "quinn", CHECKED))
    assert "VG380" not in site.valgen("check").stdout
    status = site.status()
    assert status["stages"][0]["stale"] == ["OQ-002"]
    done = good(site.run("theo"))
    assert "2 cases planned, 1 chosen" in done
    assert len(site.records("execution.opened")) == 1
    assert [one["case"] for one in site.records("case.result")] == ["OQ-001", "OQ-002", "OQ-002"]
    verified(site)
