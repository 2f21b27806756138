"""Placeholders in steps: variables of the environment, then values of the settings.

``<name>`` of an outline column is filled by the reader. What is left is replaced here by the variable of the chosen
environment, else by a settings value such as ``<system.version>``; anything else stays as written. Two views exist
of every text: the one that is executed, and the one that is shown and kept, where a secret's name stands in place
of its value.

Source: design.md §3.1, §11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from valgen.errors import ExecutionError
from valgen.model.project import Secret, Settings
from valgen.recorder.redact import SHORTEST_SECRET, mark

_PLACEHOLDER = re.compile(r"<([^<>\r\n]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What placeholders stand for in one environment.

    Attributes:
        environment: its name; empty where the project declares none.
        values: of the environment's variables, secrets as they are.
        settings: values such as ``system.version``.
        secrets: name in the process environment to value.
        names: variable to the name of its secret.
    """

    environment: str
    values: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: Mapping[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        """Return a text as it is executed."""
        if "<" not in text:
            return text
        return _PLACEHOLDER.sub(lambda found: self._value(found, hidden=False), text)

    def show(self, text: str) -> str:
        """Return a text as it is shown and kept: without the values of secrets."""
        if "<" not in text:
            return text
        return _PLACEHOLDER.sub(lambda found: self._value(found, hidden=True), text)

    def _value(self, found: re.Match[str], *, hidden: bool) -> str:
        name = found.group(1)
        if name in self.values:
            return mark(self.names[name]) if hidden and name in self.names else self.values[name]
        return self.settings.get(name, found.group())


def read_variables(settings: Settings, environment: str, process: Mapping[str, str]) -> Variables:
    """Read the variables of one environment.

    Args:
        settings: of the project.
        environment: a declared name, or empty where none is declared.
        process: the process environment, from which secrets come.

    Raises:
        ExecutionError: a secret is missing, or too short to be redacted reliably; all of them are named at once.
    """
    declared = settings.environments[environment].variables if environment in settings.environments else {}
    values: dict[str, str] = {}
    secrets: dict[str, str] = {}
    names: dict[str, str] = {}
    missing: list[str] = []
    short: list[str] = []
    for name, value in declared.items():
        if not isinstance(value, Secret):
            values[name] = value
            continue
        found = process.get(value.name, "")
        if not found:
            missing.append(f"{value.name} (for <{name}>)")
        elif len(found) < SHORTEST_SECRET:
            short.append(value.name)
        else:
            values[name] = secrets[value.name] = found
            names[name] = value.name
    if missing:
        raise ExecutionError(
            f"the environment {environment} needs {_secrets(missing)}, not set on this computer",
            why="its value is read from the process environment when a run starts, so that no file holds it",
            fix="set it before the run, such as: export " + missing[0].split(" ")[0] + "=...",
            code="VG404",
        )
    if short:
        raise ExecutionError(
            f"the secret {', '.join(short)} has fewer than {SHORTEST_SECRET} characters",
            why="so short a value occurs in ordinary text and cannot be redacted reliably",
            fix=f"use a value of at least {SHORTEST_SECRET} characters, or make it a plain variable if it is none",
            code="VG404",
        )
    return Variables(
        environment=environment, values=values, settings=settings_values(settings), secrets=secrets, names=names
    )


def settings_values(settings: Settings) -> dict[str, str]:
    """Return the settings that a step may name, such as ``<system.version>``."""
    system = settings.system
    return {
        "project.id": settings.project_id,
        "project.name": settings.project_name,
        "project.gamp_category": settings.gamp_category,
        "project.gxp_impact": settings.gxp_impact,
        "project.retention": settings.retention,
        "system.name": system.name,
        "system.version": system.version,
        "system.supplier": system.supplier,
        "system.owner": system.owner,
        "system.id": system.id,
    }


def _secrets(names: list[str]) -> str:
    return ("the secret " if len(names) == 1 else "the secrets ") + ", ".join(names)
