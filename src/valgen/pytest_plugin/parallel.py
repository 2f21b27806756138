"""pytest-xdist: the process that starts the workers starts the recorder, the workers only connect.

That process collects nothing itself. It learns from the first worker which items there are, before any is given
out, and writes the plan then.

Source: design.md §4; integrity.md X-14.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from valgen.errors import SourceError, ValgenError
from valgen.model.outcome import Stage
from valgen.model.testcase import TestCase
from valgen.pytest_plugin.door import KEY, Door
from valgen.pytest_plugin.formal import ticket_of
from valgen.recorder.process import new_token, private_folder

_PLACE = pytest.StashKey[tuple[Path, str]]()


def introduce(node: Any) -> None:
    """Tell a worker where the recorder will leave its address."""
    config = node.config
    if _PLACE not in config.stash:
        config.stash[_PLACE] = (private_folder(), new_token())
        config.add_cleanup(lambda: _remove(config.stash[_PLACE][0]))
    folder, token = config.stash[_PLACE]
    ticket = ticket_of(config)
    code = {} if ticket is None else {"code": dict(ticket.code)}
    node.workerinput["valgen"] = {"folder": str(folder), "token": token, **code}


def begin(config: pytest.Config, ids: list[str]) -> None:
    """Start the runs for the items that a worker collected; nothing happens where none is a test case."""
    if KEY in config.stash or config.option.collectonly:
        return
    features = {nodeid.partition("::")[0] for nodeid in ids if nodeid.partition("::")[0].endswith(".feature")}
    roots = {root for name in features if (root := _project(config, name)) is not None}
    if not roots:
        return
    if len(roots) > 1:
        raise pytest.UsageError(
            "this session would execute test scripts of several projects; run one project at a time"
        )
    root = roots.pop()
    door = config.stash[KEY] = Door(config, root)
    from valgen.pytest_plugin.hooks import Hooks

    config.pluginmanager.register(Hooks(door), "valgen-hooks")
    cases = list(_cases(config, door, ids))
    try:
        door.choose(stage for stage in Stage if any(case.stage is stage for case in cases))
        door.begin(cases, *config.stash[_PLACE])
    except ValgenError as error:
        door.refuse(error)


def _cases(config: pytest.Config, door: Door, ids: list[str]) -> list[TestCase]:
    known = {(case.path, case.id): case for case in door.project.cases}
    found = []
    for nodeid in ids:
        path, _, name = nodeid.partition("::")
        if not path.endswith(".feature"):
            continue
        place = (config.rootpath / path).resolve()
        if place.is_relative_to(door.root):
            case = known.get((place.relative_to(door.root).as_posix(), name))
            if case is not None:
                found.append(case)
    return found


def _project(config: pytest.Config, name: str) -> Path | None:
    from valgen.readers import find_project

    try:
        return find_project((config.rootpath / name).parent)
    except SourceError:
        return None


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
