"""Features that a Python module of the test scripts binds through pytest-bdd as well.

valgen executes feature files itself; through such a module each case would run a second time, without a record. The
modules are read, not executed; what they compute at run time is left to the pytest plugin.

Source: design.md §4.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.project import Project
from valgen.source import SourceLocation

_BINDERS = ("scenario", "scenarios")


def bound_features(project: Project) -> list[Finding]:
    """Return a finding per call that binds a feature of the project."""
    root = Path(project.root)
    features = {root / case.path for case in project.cases}
    found: list[Finding] = []
    for path in _modules(root / project.settings.paths.test_scripts):
        try:
            source = path.read_bytes()
            tree = ast.parse(source) if b"scenario" in source else None
        except (OSError, SyntaxError, ValueError):
            continue  # a module that cannot be read says so when it is loaded
        for call in _calls(tree):
            for target in _targets(call, path.parent):
                hit = sorted(feature for feature in features if feature == target or target in feature.parents)
                if hit:
                    name = hit[0].relative_to(root).as_posix()
                    place = SourceLocation(path.relative_to(root).as_posix(), call.lineno, call.col_offset + 1)
                    found.append(finding("VG407", f"{name} is executed by valgen and bound here as well", place))
    return found


def _modules(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder):
        folders[:] = sorted(inner for inner in folders if inner != "__pycache__" and not inner.startswith("."))
        for file in sorted(files):
            if file.endswith(".py") and (Path(name) / file).is_file():  # opening a pipe would never end
                yield Path(name) / file


def _calls(tree: ast.AST | None) -> Iterator[ast.Call]:
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in _BINDERS:
                yield node


def _targets(call: ast.Call, folder: Path) -> Iterator[Path]:
    many = (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")) == "scenarios"
    for word in call.args if many else call.args[:1]:
        if isinstance(word, ast.Constant) and isinstance(word.value, str):
            yield Path(os.path.normpath(folder / word.value))
