"""Tells whether the functions that execute cases and send their results are still valgen's own.

Other code in the test process, such as a conftest.py, can exchange any function. A function whose code does not come
from the file of its module was exchanged; then no result of the session can be relied on, so every case says so.
This finds accidents and clumsy tricks. Code that takes pains can hide from any check in its own process; against
that stands the digest of every script file, which is kept with each run.

Source: integrity.md X-4.
"""

from __future__ import annotations

import sys
import types

# Module to names; a name with a dot is a method of a class.
_WATCHED: dict[str, tuple[str, ...]] = {
    "valgen.pytest_plugin.attempts": (
        "Attempt.run_steps",
        "Attempt.phase_done",
        "Attempt.close",
        "Attempt._extras",
        "Attempt._changed",
        "Attempt._send_failed",
        "outcome_of",
        "refusal",
    ),
    "valgen.pytest_plugin.bdd": ("find_step", "call_step"),
    "valgen.pytest_plugin.collect": ("CaseItem.setup", "CaseItem.runtest"),
    "valgen.recorder.client": (
        "RecorderClient.step",
        "RecorderClient.step_passed",
        "RecorderClient.end",
        "RecorderClient.finish",
    ),
    "pytest_bdd.scenario": ("get_step_function", "_execute_step_function"),
}


def replaced() -> str:
    """Return the names of the functions that other code exchanged, separated by commas; empty when none was."""
    found = []
    for module_name, names in _WATCHED.items():
        module = sys.modules.get(module_name)
        if module is None:
            continue
        for name in names:
            owner, _, attribute = name.rpartition(".")
            holder = getattr(module, owner, None) if owner else module
            if not _is_own(vars(holder).get(attribute) if holder is not None else None, module):
                found.append(f"{module_name}.{name}")
    return ", ".join(found)


def _is_own(function: object, module: types.ModuleType) -> bool:
    return isinstance(function, types.FunctionType) and function.__code__.co_filename == module.__file__
