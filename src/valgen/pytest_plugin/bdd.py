"""Test cases as pytest-bdd's objects, and one step at a time through pytest-bdd.

pytest-bdd's own parser keys scenarios by their name, so two scenarios of one name collapse to one. Here every case
is built from valgen's reader, alone in a feature of its own, and nothing can collapse. pytest-bdd finds the step
function, its arguments and fixtures, and calls it; its hooks fire as usual for other plugins.

Uses two functions of pytest-bdd that are not public (``get_step_function``, ``_execute_step_function``); the
dependency is therefore bounded below the next major version and tests cover the use.

Source: design.md §4.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
from collections import OrderedDict
from typing import Any

from pytest_bdd import exceptions, parser
from pytest_bdd.gherkin_parser import Cell, DataTable, Location, Row

from valgen.model.testcase import Step, TestCase
from valgen.workflow.variables import Variables

# "import pytest_bdd.scenario" gives the decorator of that name, not the module.
_scenario: Any = sys.modules["pytest_bdd.scenario"]
_steps: Any = sys.modules["pytest_bdd.steps"]


class BddCase:
    """One case with its steps as pytest-bdd knows them, placeholders filled in for execution."""

    __slots__ = ("feature", "scenario", "steps")

    def __init__(self, case: TestCase, variables: Variables, filename: str) -> None:
        tags = {link.target for link in case.tags}
        self.feature: Any = parser.Feature(
            scenarios=OrderedDict(),
            filename=filename,
            rel_filename=case.path,
            language=case.language,
            keyword="Feature",
            name=case.feature,
            tags=set(),
            background=None,
            line_number=1,
            description="",
        )
        rule: Any = None
        if case.rule:
            rule = parser.Rule(keyword="Rule", name=case.rule, description="", tags=set())
        self.steps: list[Any] = [_step(step, variables) for step in case.steps]
        self.scenario: Any = parser.Scenario(
            feature=self.feature,
            keyword="Scenario",
            name=case.title,
            line_number=case.scenario_line or case.line,
            steps=self.steps,
            tags=tags,
            description=case.description,
            rule=rule,
        )


class StepNotRunError(Exception):
    """A step function returned a coroutine or generator, so its statements were never executed."""


def before_scenario(request: Any, bdd: BddCase) -> None:
    """Tell pytest-bdd's hooks that a scenario begins."""
    request.config.hook.pytest_bdd_before_scenario(request=request, feature=bdd.feature, scenario=bdd.scenario)


def after_scenario(request: Any, bdd: BddCase) -> None:
    """Tell pytest-bdd's hooks that a scenario ended."""
    request.config.hook.pytest_bdd_after_scenario(request=request, feature=bdd.feature, scenario=bdd.scenario)


def find_step(request: Any, bdd: BddCase, step: Any) -> Any:
    """Return pytest-bdd's context of the step function that matches.

    Raises:
        StepDefinitionNotFoundError: none does.
    """
    __tracebackhide__ = True
    context = _scenario.get_step_function(request=request, step=step)
    if context is None:
        error = exceptions.StepDefinitionNotFoundError(
            f"no step definition matches: {step.keyword} {step.name} ({bdd.feature.rel_filename}:{step.line_number})"
        )
        request.config.hook.pytest_bdd_step_func_lookup_error(
            request=request, feature=bdd.feature, scenario=bdd.scenario, step=step, exception=error
        )
        raise error
    return context


def twice_defined(package: str) -> list[tuple[str, list[Any]]]:
    """Return the steps that modules of a package define more than once, each with its functions.

    Only equal patterns of one kind of step are compared; the kind of a ``@step`` equals every other.
    """
    found: dict[tuple[str, str], list[Any]] = {}
    for context in list(_steps.step_function_context_registry.values()):
        function = context.step_func
        module = sys.modules.get(str(getattr(function, "__module__", "")))
        if module is None or not module.__name__.startswith(package) or function.__globals__ is not vars(module):
            continue
        pattern = str(getattr(context.parser, "name", ""))
        for kind in (context.type,) if context.type else ("given", "when", "then"):
            found.setdefault((kind, pattern), []).append(function)
    return [(f"{kind.capitalize()} {pattern}", functions) for (kind, pattern), functions in found.items()
            if len(functions) > 1]  # fmt: skip


def call_step(request: Any, bdd: BddCase, step: Any, context: Any) -> None:
    """Call the step function with its arguments and fixtures.

    Raises:
        StepNotRunError: the function gave back work that nobody carried out.
        BaseException: whatever the step raises.
    """
    __tracebackhide__ = True
    function = context.step_func
    if not inspect.isgeneratorfunction(function):
        # A function with a yield is carried on by pytest-bdd; every other one must be done when it returns.
        context = dataclasses.replace(context, step_func=_finished(function))
    _scenario._execute_step_function(request, bdd.scenario, step, context)


def bound_features(item: Any) -> str:
    """Return the feature file that a Python test binds through pytest-bdd; empty for every other test."""
    function = getattr(item, "obj", None)
    try:
        template = _scenario.scenario_wrapper_template_registry.get(function)
    except TypeError:  # not every callable can be a weak key
        return ""
    return str(template.feature.filename) if template is not None else ""


def _finished(function: Any) -> Any:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        __tracebackhide__ = True
        value = function(*args, **kwargs)
        if inspect.isgenerator(value) or inspect.isawaitable(value) or inspect.isasyncgen(value):
            if inspect.iscoroutine(value):
                value.close()
            raise StepNotRunError(
                f"the step returned an object of type {type(value).__name__} that nothing carries out, "
                "so it did nothing; write an ordinary function (asyncio.run(...) in it runs asynchronous code)"
            )
        return value

    return call


def _step(step: Step, variables: Variables) -> Any:
    table = None
    if step.table:
        here = Location(column=max(step.column, 1), line=step.line)
        rows = [
            Row(id="", location=here, cells=[Cell(location=here, value=variables.fill(value)) for value in row])
            for row in step.table
        ]
        table = DataTable(location=here, rows=rows)
    return parser.Step(
        name=variables.fill(step.text),
        type=step.kind.value.lower(),
        indent=max(step.column - 1, 0),
        line_number=step.line,
        keyword=step.keyword,
        datatable=table,
        docstring=None if step.doc_string is None else variables.fill(step.doc_string),
    )
