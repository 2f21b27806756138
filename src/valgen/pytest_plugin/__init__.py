"""pytest plugin: executes the feature files of a valgen project and has their evidence recorded.

Does nothing outside a valgen project, and nothing for Python tests inside one: only collecting a ``.feature`` file
below the project's test scripts wakes it up. Everything it needs is imported then.

Source: design.md §4.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add valgen's options."""
    group = parser.getgroup("valgen", "valgen: execution of test scripts")
    group.addoption(
        "--valgen-env", metavar="NAME", default=None, help="environment in which test scripts are executed, such as VAL"
    )
    group.addoption(
        "--valgen-stage",
        metavar="STAGE",
        default=None,
        type=_stage,
        help="execute the test scripts of one stage only: iq, oq or pq",
    )
    group.addoption(
        "--valgen-case",
        metavar="ID",
        default=[],
        action="append",
        help="execute this case now; may be given several times",
    )
    group.addoption(
        "--valgen-events", metavar="FILE", default=None, help="add a JSON line per run and case to this file"
    )
    group.addoption(
        "--valgen-lifeline",
        metavar="FD",
        type=int,
        default=None,
        help="end when the other end of this pipe is closed; used by valgen run",
    )
    group.addoption(
        "--valgen-formal",
        metavar="FILE",
        type=Path,
        default=None,
        help="file that says which formal execution this session belongs to; used by valgen run",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Hold the lifeline and take the ticket that ``valgen run`` gave; workers of pytest-xdist have their controller."""
    if config.getoption("--valgen-lifeline") is not None and not hasattr(config, "workerinput"):
        from valgen.pytest_plugin.lifeline import hold

        hold(config.getoption("--valgen-lifeline"))
    if config.getoption("--valgen-formal") is not None and not hasattr(config, "workerinput"):
        from valgen.pytest_plugin.formal import take_ticket

        take_ticket(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Take the feature files of a project's test scripts."""
    if file_path.suffix != ".feature":
        return None
    root = _project_of(parent.config, file_path)
    if root is None:
        return None
    from valgen.pytest_plugin.hooks import collect_feature

    return collect_feature(file_path, parent, root)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the recorder will be."""
    from valgen.pytest_plugin.parallel import introduce

    introduce(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """Start the runs once the first worker of pytest-xdist has collected its items."""
    from valgen.pytest_plugin.parallel import begin

    begin(node.config, ids)


def _stage(text: str) -> str:
    if text.upper() not in ("IQ", "OQ", "PQ"):
        raise ValueError(f"{text} is no stage; use iq, oq or pq")
    return text.upper()


def _project_of(config: pytest.Config, path: Path) -> Path | None:
    """Return the project whose test scripts a file belongs to; None where it belongs to none."""
    from valgen.errors import SourceError
    from valgen.readers import find_project, read_settings

    known = config.stash.setdefault(_PROJECTS, {})
    folder = path.parent.resolve()
    if folder not in known:
        known[folder] = None
        try:
            root = find_project(folder)
        except SourceError:
            return None
        if folder.is_relative_to(root / read_settings(root)[0].paths.test_scripts):
            known[folder] = root
    return known[folder]


_PROJECTS = pytest.StashKey[dict[Path, Path | None]]()
