"""What every test may rely on: a key store and a cache of its own, and no silent skipping in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_skipped: list[str] = []


@pytest.fixture(scope="session", autouse=True)
def _folders_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same for what is made once and shared, before a test has folders of its own."""
    base = tmp_path_factory.mktemp("session")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VALGEN_KEYSTORE", str(base / "keys"))
        patch.setenv("VALGEN_CACHE", str(base / "cache"))
        yield


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests away from the keys and the cache of whoever runs them."""
    base = tmp_path_factory.mktemp("user", numbered=True)
    monkeypatch.setenv("VALGEN_KEYSTORE", str(base / "keys"))
    monkeypatch.setenv("VALGEN_CACHE", str(base / "cache"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The source checkout."""
    return Path(__file__).resolve().parents[1]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember skipped tests of the kind that needs a program beside Python."""
    if report.skipped and "real" in report.keywords:
        _skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """With VALGEN_REQUIRE_REAL, a skipped real test fails the session: CI must not pass by leaving tests out."""
    if (
        os.environ.get("VALGEN_REQUIRE_REAL")
        and _skipped
        and exitstatus == 0
        and not hasattr(session.config, "workerinput")
    ):
        print(f"\n{len(_skipped)} real tests were skipped although VALGEN_REQUIRE_REAL is set:", *_skipped, sep="\n  ")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
