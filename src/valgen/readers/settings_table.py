"""One table of a settings file against its declaration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from valgen.codes import finding
from valgen.errors import Finding
from valgen.readers.settings_declared import Setting, SettingKind
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import shown
from valgen.readers.toml_places import TomlPlaces
from valgen.source import SourceLocation

KeyPath = tuple[str | int, ...]


class TableReader:
    """Reads tables and collects what is wrong with them.

    Args:
        name: settings file, for places.
        places: where keys and values stand.
        prefix: tables around the settings, such as ``("tool", "valgen")``.
        findings: where mistakes are put.
    """

    def __init__(self, name: str, places: TomlPlaces, prefix: tuple[str, ...], findings: list[Finding]) -> None:
        self.name = name
        self.places = places
        self.prefix = prefix
        self.findings = findings

    def read(self, table: object, path: KeyPath, settings: Iterable[Setting]) -> dict[str, Any]:
        """Return the usable values of a table by name."""
        known = {setting.name: setting for setting in settings}
        values: dict[str, Any] = {}
        written = self.table(table, path)
        for key, value in written.items():
            if key not in known:
                self.unknown((*path, key), known)
                continue
            read = self.value(known[key], value, (*path, key))
            if read is not None:
                values[key] = read
        if isinstance(table, dict):
            for setting in known.values():
                if setting.required and setting.name not in written:
                    self.add(
                        "VG008", f"{shown(_dotted(path))} has no {setting.name}", path, fix=f"add {setting.name} = ..."
                    )
        return values

    def rows(self, table: object, path: KeyPath, settings: Iterable[Setting]) -> list[dict[str, Any]]:
        """Return the usable rows of a list of tables."""
        declared = tuple(settings)
        if not isinstance(table, list):
            fix = f"write [[{_dotted(path)}]] above each entry" if len(path) == 1 else "write [{ ... }, { ... }]"
            self.add(
                "VG006",
                f"{shown(_dotted(path))} is a list of tables, but here stands {kind_of(table)}",
                path,
                fix=fix,
                value=True,
            )
            return []
        return [self.read(row, (*path, index), declared) for index, row in enumerate(table)]

    def table(self, table: object, path: KeyPath) -> Mapping[str, Any]:
        """Return a table, or an empty one and a finding."""
        if isinstance(table, dict):
            return table
        self.add("VG006", f"{shown(_dotted(path))} is a table, but here stands {kind_of(table)}", path, value=True)
        return {}

    def value(self, setting: Setting, value: object, path: KeyPath) -> Any:
        """Return one value, or None and a finding."""
        name = setting.name
        if setting.kind is SettingKind.TEXTS:
            return self._texts(name, value, path)
        if setting.kind is SettingKind.VARIABLES:
            return self._variables(value, path)
        if setting.kind is SettingKind.CHOICE:
            if isinstance(value, int) and not isinstance(value, bool):
                value = str(value)
            if not isinstance(value, str):
                return self._wrong(name, one_of(setting.choices), value, path)
            if value not in setting.choices:
                guess = did_you_mean(value, setting.choices)
                fix = f"{guess} Allowed: {one_of(setting.choices)}" if guess else f"write {one_of(setting.choices)}"
                self.add(
                    "VG007", f"{name} is {shown(value) or '(empty)'}, which is not allowed", path, fix=fix, value=True
                )
                return None
            return value
        if not isinstance(value, str):
            return self._wrong(name, "text in quotes", value, path)
        if not value.strip() and setting.required:
            self.add("VG008", f"{name} is empty", path, value=True)
            return None
        return value.strip()

    def unknown(self, path: KeyPath, known: Iterable[str]) -> None:
        """Report a key that nobody knows."""
        key = str(path[-1])
        known = list(known)
        fix = did_you_mean(key, known) or f"known here: {one_of(known)}"
        self.add("VG005", f"unknown setting {shown(_dotted(path))}", path, fix=fix)

    def add(self, code: str, message: str, path: KeyPath, *, fix: str = "", value: bool = False) -> None:
        """Collect a finding at a key, or at its value."""
        full = (*self.prefix, *path)
        line, column, length = self.places.value(full) if value else self.places.key(full)
        self.findings.append(finding(code, message, SourceLocation(self.name, line, column, length), fix=fix))

    def _texts(self, name: str, value: object, path: KeyPath) -> tuple[str, ...] | None:
        if not isinstance(value, list):
            fix = f'write {name} = ["{value}"]' if isinstance(value, str) else ""
            self.add("VG006", f"{name} is a list, but here stands {kind_of(value)}", path, fix=fix, value=True)
            return None
        kept = []
        for index, entry in enumerate(value):
            if isinstance(entry, str) and entry.strip():
                kept.append(entry.strip())
            else:
                what = "an empty text" if isinstance(entry, str) else kind_of(entry)
                self.add("VG006", f"{name} is a list of texts, but here stands {what}", (*path, index), value=True)
        return tuple(kept)

    def _variables(self, value: object, path: KeyPath) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for key, entry in self.table(value, path).items():
            if isinstance(entry, str) or (
                isinstance(entry, dict)
                and set(entry) == {"secret"}
                and isinstance(entry["secret"], str)
                and entry["secret"]
            ):
                kept[key] = entry
            else:
                fix = f'write {key} = "value", or {key} = {{ secret = "NAME" }}'
                self.add(
                    "VG006",
                    f"the variable {shown(key)} is neither text nor a secret",
                    (*path, key),
                    fix=fix,
                    value=True,
                )
        return kept

    def _wrong(self, name: str, wanted: str, value: object, path: KeyPath) -> None:
        self.add("VG006", f"{name} is {wanted}, but here stands {kind_of(value)}", path, value=True)


def kind_of(value: object) -> str:
    """Return what a TOML value is, in words for a message."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, list):
        return "a list"
    return "a table" if isinstance(value, dict) else "a date or time"


def _dotted(path: KeyPath) -> str:
    return ".".join(str(part) for part in path if not isinstance(part, int)) or "valgen"
