"""Loads ``test_scripts/steps/*.py`` so that their steps are known to every feature.

The modules form one private package, so that they may import each other (``from . import bucket``). Each is
compiled from bytes read once, and the digest of exactly these bytes is kept. Assertions are rewritten as pytest
does for tests, and a mark is set after every check that held (``assert``, a call named ``assert...``, ``with
pytest.raises``), which is how a Then that checked nothing is told apart.

Source: design.md §3.3, §11; integrity.md X-8, X-16.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PACKAGE = "valgen_project_steps"
_MARK = "__valgen_check_held__"


class CheckCounter:
    """Counts checks that held; step modules call it, the running case reads it."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        """Count one check."""
        self.count += 1


CHECKS = CheckCounter()


class StepModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of one project's step modules.

    Attributes:
        digests: path relative to the project folder to SHA-256 of the bytes that were compiled.
    """

    def __init__(self, folder: Path, root: Path, config: Any) -> None:
        self.folder = folder
        self.root = root
        self.digests: dict[str, str] = {}
        self._config = config

    def load(self) -> list[types.ModuleType]:
        """Import every module of the folder, in the order of their names.

        Raises:
            Exception: whatever a module raises while it is imported.
        """
        if not self.folder.is_dir():
            return []
        sys.meta_path.insert(0, self)
        loaded = [importlib.import_module(PACKAGE)]
        for path in sorted(self.folder.glob("*.py")):
            if path.stem != "__init__":
                loaded.append(importlib.import_module(f"{PACKAGE}.{path.stem}"))
        return loaded

    def unload(self) -> None:
        """Forget the modules, so that another session in this process loads its own."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(PACKAGE + ".")]:
            del sys.modules[name]

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module of the private package."""
        if fullname != PACKAGE and not fullname.startswith(PACKAGE + "."):
            return None
        place = self.folder.joinpath(*fullname.split(".")[1:])
        if place.is_dir():
            source = place / "__init__.py"
            origin = str(source) if source.is_file() else None
            spec = importlib.machinery.ModuleSpec(fullname, self, origin=origin, is_package=True)
            spec.submodule_search_locations = [str(place)]
        elif place.with_suffix(".py").is_file():
            spec = importlib.machinery.ModuleSpec(fullname, self, origin=str(place.with_suffix(".py")))
        else:
            return None
        spec.has_location = spec.origin is not None
        return spec

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Let Python make the module."""
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Compile the bytes of the module, with its checks marked, and run them."""
        origin = getattr(module.__spec__, "origin", None)
        if not origin:
            return
        path = Path(origin)
        source = path.read_bytes()
        self.digests[path.relative_to(self.root).as_posix()] = hashlib.sha256(source).hexdigest()
        tree = ast.parse(source, filename=origin)
        _MarkChecks().visit(tree)
        ast.fix_missing_locations(tree)
        if self._config.getoption("assertmode", "rewrite") == "rewrite":
            from _pytest.assertion.rewrite import rewrite_asserts

            rewrite_asserts(tree, source, origin, self._config)
        module.__dict__[_MARK] = CHECKS
        exec(compile(tree, origin, "exec", dont_inherit=True), module.__dict__)  # this is what an import does


def may_check(function: Any) -> bool:
    """Tell whether a step function outside the step modules (of conftest.py or a library) contains a check.

    Such code carries no marks, so that only its text can be looked at.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code is not None and any(
        name == "AssertionError" or name in ("raises", "fail") or name.lower().startswith("assert")
        for name in _names(code)
    )


def is_marked(function: Any) -> bool:
    """Tell whether a step function comes from a step module that carries marks."""
    return str(getattr(function, "__module__", "")).startswith(PACKAGE)


def _names(code: types.CodeType) -> set[str]:
    import dis

    names = set(code.co_names)
    if any(step.opname == "LOAD_ASSERTION_ERROR" for step in dis.get_instructions(code)):
        names.add("AssertionError")
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _names(constant)
    return names


class _MarkChecks(ast.NodeTransformer):
    """Adds the mark after every statement that is a check."""

    def visit_Assert(self, node: ast.Assert) -> Any:
        return [node, _mark(node)]

    def visit_Expr(self, node: ast.Expr) -> Any:
        return [node, _mark(node)] if _called(node.value).startswith("assert") else node

    def visit_With(self, node: ast.With) -> Any:
        self.generic_visit(node)
        names = {_called(item.context_expr) for item in node.items}
        return [node, _mark(node)] if names & {"raises", "warns"} else node


def _called(node: ast.expr) -> str:
    if not isinstance(node, ast.Call):
        return ""
    target = node.func
    return target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""


def _mark(node: ast.stmt) -> ast.stmt:
    mark = ast.Expr(ast.Call(ast.Name(_MARK, ast.Load()), [], []))
    for part in ast.walk(mark):
        ast.copy_location(part, node)
    return mark
