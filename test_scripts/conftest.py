"""Fixtures of the test scripts: a temporary place to work in, and the sample project, executed and built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Any]:
    """A place with a project folder, a cache and a key store of its own, and the installed program."""
    from valgen_project_steps.workbench import Workbench

    bench = Workbench(tmp_path)
    yield bench
    bench.end_everything()


@pytest.fixture(scope="session")
def executed_sample(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The sample project after one run of its OQ and one build; cases read it and change nothing in it."""
    from valgen_project_steps.sample import make_sample

    return make_sample(tmp_path_factory.mktemp("sample"))
