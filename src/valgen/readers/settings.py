"""``valgen.toml``, or ``[tool.valgen]`` in pyproject.toml, into settings with every default filled in.

The nearest settings file upwards makes a project; both files at once are a mistake. Unknown keys are mistakes,
each with line and column. A value that cannot be used is left at its default, with a finding.

Without ``[environments]`` there is one, VAL, titled Validation; a stage that ``[stages]`` does not name is
planned in the first environment.

Source: design.md §3.1. Own item types and risk scales are read in ``settings_types``.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from valgen.codes import CODES, finding
from valgen.errors import Finding, Severity, SourceError
from valgen.model.document_types import DOCUMENT_TYPES
from valgen.model.outcome import Stage
from valgen.model.project import (
    Component,
    Environment,
    Paths,
    Secret,
    Settings,
    SignatureStep,
    SystemInfo,
    Waiver,
)
from valgen.readers import settings_declared as declared
from valgen.readers.settings_declared import Setting, SettingKind
from valgen.readers.settings_table import TableReader
from valgen.readers.settings_types import read_risk, read_types
from valgen.readers.suggest import did_you_mean, one_of
from valgen.readers.text import decode, shown
from valgen.readers.toml_places import TomlPlaces
from valgen.source import SourceLocation

OWN_FILE = "valgen.toml"
SHARED_FILE = "pyproject.toml"
WORD_ENDINGS = (".docx", ".dotx")
# With one of these nothing is known about the project, so nothing else is read.
UNUSABLE = frozenset(("VG002", "VG004", "VG010", "VG011", "VG013", "VG014"))

_ENVIRONMENT_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_PROJECT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_ORDER = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


def find_project(start: Path) -> Path:
    """Return the folder of the nearest settings file, from ``start`` upwards.

    Raises:
        SourceError: there is none up to the root of the file system.
    """
    folder = start.resolve()
    if folder.is_file():
        folder = folder.parent
    for candidate in (folder, *folder.parents):
        if has_settings(candidate):
            return candidate
    raise SourceError(
        f"no settings file {OWN_FILE} in {start} or in any folder above it",
        why=CODES["VG002"].why,
        fix=CODES["VG002"].fix,
        code="VG002",
    )


def has_settings(folder: Path) -> bool:
    """Return whether a folder is a project of its own."""
    return (folder / OWN_FILE).is_file() or _shared_text(folder) is not None


def read_settings(root: Path) -> tuple[Settings, tuple[Finding, ...]]:
    """Read the settings of the project in ``root``; never raises for what the file holds."""
    own = root / OWN_FILE
    shared = _shared_text(root)
    if not own.is_file():
        if shared is None:
            where = SourceLocation(OWN_FILE)
            return Settings(), (finding("VG002", f"no settings file {OWN_FILE} here", where),)
        return _read(SHARED_FILE, shared, ("tool", "valgen"))
    try:
        data = own.read_bytes()
    except OSError as error:
        return Settings(), (finding("VG010", f"cannot be read: {error.strerror}", SourceLocation(OWN_FILE)),)
    settings, findings = _read(OWN_FILE, data, ())
    if shared is not None:
        where = SourceLocation(SHARED_FILE, *_shared_place(shared))
        message = f"settings stand in {OWN_FILE} and in {SHARED_FILE}"
        findings = (*findings, finding("VG003", message, where))
    return settings, findings


def _shared_text(folder: Path) -> bytes | None:
    """Return pyproject.toml when it has settings of valgen."""
    try:
        data = (folder / SHARED_FILE).read_bytes()
    except OSError:
        return None
    if b"valgen" not in data:
        return None
    try:
        tool = tomllib.loads(data.decode("utf-8")).get("tool", {})
        return data if isinstance(tool, dict) and "valgen" in tool else None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return data if re.search(rb"^\s*\[\s*tool\s*\.\s*valgen\b", data, re.MULTILINE) else None


def _shared_place(data: bytes) -> tuple[int, int]:
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        if re.match(r"\s*\[\s*tool\s*\.\s*valgen\b", line):
            return number, 1
    return 1, 1


def _read(name: str, data: bytes, prefix: tuple[str, ...]) -> tuple[Settings, tuple[Finding, ...]]:
    text, findings = decode(name, data)
    empty = Settings(file=name, digest=hashlib.sha256(data).hexdigest())
    if text is None:
        return empty, tuple(findings)
    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return empty, (*findings, _toml_error(name, text, error))
    except RecursionError:
        return empty, (*findings, finding("VG004", "brackets nested too deep", SourceLocation(name, 1, 1)))
    for key in prefix:
        document = document[key]
    reader = _Reader(name, text, prefix, findings)
    if not isinstance(document, dict):
        reader.tables.add("VG006", "valgen is a table, but here stands something else", (), value=True)
        document = {}
    return reader.settings(document, empty.digest), tuple(findings)


def _toml_error(name: str, text: str, error: tomllib.TOMLDecodeError) -> Finding:
    message = str(error)
    match = _TOML_PLACE.search(message)
    reason = _TOML_PLACE.sub("", message)
    if match and match[1]:
        line, column = int(match[1]), int(match[2])
    else:
        line, column = text.count("\n") + 1, 1
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if "Cannot declare" in reason or "Cannot overwrite" in reason:
        what, fix = "the same key or table stands twice", "join the two, or remove one"
    elif "Expected '='" in reason:
        what, fix = "a line that is no key = value", "write key = value; a heading stands in square brackets"
    elif "Invalid value" in reason:
        what, fix = (
            "a value that is neither text in quotes, number, list nor true or false",
            "put text into double quotes",
        )
    elif "escape" in reason:
        what, fix = (
            "a backslash in double quotes that TOML does not know",
            "use forward slashes in paths, or single quotes",
        )
    elif "Unterminated" in reason or "Illegal character '\\n'" in reason:
        what, fix = "a text whose closing quote is missing", "close it on the same line"
    else:
        what, fix = f"no valid TOML: {reason}", ""
    return finding("VG004", what, SourceLocation(name, line, column, max(len(written) - column + 1, 0)), fix=fix)


class _Reader:
    def __init__(self, name: str, text: str, prefix: tuple[str, ...], findings: list[Finding]) -> None:
        self.name = name
        self.tables = TableReader(name, TomlPlaces(text), prefix, findings)

    def settings(self, document: dict[str, Any], digest: str) -> Settings:
        tables = self.tables
        for key in document:
            if key not in declared.TOP_LEVEL and key != "$schema":
                tables.unknown((key,), declared.TOP_LEVEL)
        project = tables.read(document.get("project", {}), ("project",), declared.PROJECT)
        self._project_id(project)
        self._regulations(project)
        environments = self._environments(document.get("environments", {}))
        types = read_types(tables, document.get("types", {}))
        risk, scored = read_risk(tables, document.get("risk", {}))
        records = tables.read(document.get("records", {}), ("records",), declared.RECORDS)
        locked_days = self._team_store(records)
        return Settings(
            project_id=project.get("id", ""),
            project_name=project.get("name", ""),
            gamp_category=project.get("gamp_category", ""),
            gxp_impact=project.get("gxp_impact", ""),
            regulations=tuple(project.get("regulations", ())),
            retention=project.get("retention", ""),
            controlled_rendering=project.get("controlled_rendering", "pdf"),
            language=project.get("language", "en"),
            system=SystemInfo(**tables.read(document.get("system", {}), ("system",), declared.SYSTEM)),
            components=tuple(
                Component(**{"name": "", **row})
                for row in tables.rows(document.get("components", []), ("components",), declared.COMPONENT)
            ),
            paths=self._paths(document.get("paths", {})),
            environments=environments,
            stages=self._stages(document.get("stages", {}), environments),
            workflow=self._workflow(document.get("workflow", {}), types),
            risk=risk,
            acceptance={**declared.DEFAULT_ACCEPTANCE, **self._texts(document.get("acceptance", {}), "acceptance")},
            types={**types, **scored},
            severities=self._severities(document.get("severity", {})),
            waivers=self._waivers(document.get("waivers", [])),
            qualified_valgen=project.get("qualified_valgen", ""),
            word_template=self._word_template(project),
            tsa=records.get("tsa", ""),
            tsa_root=records.get("tsa_root", ""),
            verify_every=records.get("verify_every", ""),
            database=records.get("database", ""),
            objects=records.get("objects", ""),
            locked_days=locked_days,
            file=self.name,
            digest=digest,
        )

    def _project_id(self, project: dict[str, Any]) -> None:
        """Refuse an id that could not stand in document numbers and records."""
        written = project.get("id", "")
        if written and not _PROJECT_ID.fullmatch(written):
            self.tables.add(
                "VG007",
                f"the project id {shown(written)} holds characters that document numbers and records cannot hold",
                ("project", "id"),
                fix="use letters from A to Z, digits, dots, hyphens and underscores, such as S3V",
                value=True,
            )
            project["id"] = ""

    def _word_template(self, project: dict[str, Any]) -> str:
        written: str = project.get("word_template", "")
        if not written:
            return ""
        problem, _ = path_problem(written)
        fix = "write it relative to the settings file, with forward slashes, such as templates/company.docx"
        if not problem and not written.lower().endswith(WORD_ENDINGS):
            problem = "which is no .docx or .dotx file"
        if problem:
            what = f"word_template is {shown(written)}, {problem}"
            self.tables.add("VG009", what, ("project", "word_template"), fix=fix, value=True)
            return ""
        return PurePosixPath(written).as_posix()

    def _team_store(self, records: dict[str, Any]) -> int:
        """Check the addresses of the team store; return the days of the lock.

        An address that cannot be used stays, so that no act takes place beside the store that was meant.
        """
        if not records.keys() & {"database", "objects", "locked_for"}:
            return 0
        from valgen.ledger.team_address import read_database, read_days, read_objects

        found: dict[str, Any] = {}
        for key, read in (("database", read_database), ("objects", read_objects), ("locked_for", read_days)):
            if records.get(key):
                try:
                    found[key] = read(records[key])
                except SourceError as error:
                    self.tables.add("VG007", f"{key}: {error.what}", ("records", key), fix=error.fix, value=True)
        for key, other in (("objects", "database"), ("objects", "locked_for"), ("locked_for", "objects")):
            if key in records and other not in records:
                what = f"{key} is given without {other}"
                fix = f"give {other} as well, or leave out {key}"
                self.tables.add("VG007", what, ("records", key), fix=fix)
        return int(found.get("locked_for", 0))

    def _regulations(self, project: dict[str, Any]) -> None:
        if not project.get("regulations"):
            return
        from valgen.regulations import libraries

        known = list(libraries())
        kept = []
        for index, key in enumerate(project["regulations"]):
            if key in known:
                kept.append(key)
                continue
            fix = did_you_mean(key, known) or f"known libraries are {one_of(known)}"
            self.tables.add(
                "VG007", f"unknown clause library {shown(key)}", ("project", "regulations", index), fix=fix, value=True
            )
        project["regulations"] = tuple(kept)

    def _paths(self, table: object) -> Paths:
        read = self.tables.read(table, ("paths",), declared.PATHS)
        kept: dict[str, str] = {}
        for key, value in read.items():
            problem, fix = path_problem(value)
            if problem:
                self.tables.add(
                    "VG009", f"{key} is {shown(value) or '(empty)'}, {problem}", ("paths", key), fix=fix, value=True
                )
            else:
                kept[key] = PurePosixPath(value).as_posix()
        paths = Paths(**kept)
        used: dict[str, str] = {}
        for name in sorted((setting.name for setting in declared.PATHS), key=lambda name: name in kept):
            folder = getattr(paths, name)
            if folder in used and name in kept:
                what = f"{name} and {used[folder]} are the same folder"
                self.tables.add("VG007", what, ("paths", name), fix="give each a folder of its own", value=True)
            used.setdefault(folder, name)
        return paths

    def _environments(self, table: object) -> dict[str, Environment]:
        found: dict[str, Environment] = {}
        for name, entry in self.tables.table(table, ("environments",)).items():
            path = ("environments", name)
            if not _ENVIRONMENT_NAME.fullmatch(name):
                fix = "begin with a letter; use letters, digits, hyphens and underscores"
                self.tables.add(
                    "VG007", f"{shown(name) or '(empty)'} cannot be the name of an environment", path, fix=fix
                )
                continue
            read = self.tables.read(entry, path, declared.ENVIRONMENT)
            read["variables"] = {
                key: Secret(name=value["secret"]) if isinstance(value, dict) else value
                for key, value in read.get("variables", {}).items()
            }
            found[name] = Environment(name=name, **{"title": name, **read})
        if not found:
            name, title = declared.DEFAULT_ENVIRONMENT
            return {name: Environment(name=name, title=title)}
        return found

    def _stages(self, table: object, environments: Mapping[str, Environment]) -> dict[Stage, tuple[str, ...]]:
        first = next(iter(environments))
        stages: dict[Stage, tuple[str, ...]] = {stage: (first,) for stage in Stage}
        for key, value in self.tables.table(table, ("stages",)).items():
            if key not in declared.STAGES:
                self.tables.unknown(("stages", key), declared.STAGES)
                continue
            names = self.tables.value(Setting(name=key, doc="", kind=SettingKind.TEXTS), value, ("stages", key))
            if names is None:
                continue
            kept = []
            for index, name in enumerate(names):
                if name in environments:
                    kept.append(name)
                    continue
                fix = did_you_mean(name, environments) or f"define it: [environments.{name}]"
                what = f"{key} is planned in {shown(name)}, which is not defined"
                self.tables.add("VG031", what, ("stages", key, index), fix=fix, value=True)
            stages[Stage(key)] = tuple(dict.fromkeys(kept))
        return stages

    def _workflow(self, table: object, types: Mapping[str, Any]) -> dict[str, tuple[SignatureStep, ...]]:
        known = [*DOCUMENT_TYPES, *(key for key in types if key not in DOCUMENT_TYPES)]
        workflow = dict(declared.DEFAULT_WORKFLOW)
        for key, value in self.tables.table(table, ("workflow",)).items():
            path = ("workflow", key)
            if key not in known:
                self.tables.unknown(path, known)
                continue
            rows = self.tables.rows(value, path, declared.SIGNATURE)
            steps = tuple(SignatureStep(**row) for row in rows if len(row) == len(declared.SIGNATURE))
            if steps:
                workflow[key] = steps
            elif isinstance(value, list) and not value:
                self.tables.add(
                    "VG008", f"{key} has no signature", path, fix="name at least one role and meaning", value=True
                )
        return workflow

    def _texts(self, table: object, name: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, value in self.tables.table(table, (name,)).items():
            text = self.tables.value(Setting(name=key, doc=""), value, (name, key))
            if text is not None:
                found[key] = str(text)
        return found

    def _severities(self, table: object) -> dict[str, Severity]:
        found: dict[str, Severity] = {}
        for code, word in self._texts(table, "severity").items():
            path = ("severity", code)
            severity = self._severity(code, word, path)
            if severity is None:
                continue
            if _ORDER[severity] < _ORDER[CODES[code].severity]:
                what = f"{code} is {CODES[code].severity} and cannot be lowered here to {word}"
                fix = f'write [[waivers]] with code = "{code}", severity = "{word}" and reason = "..."'
                self.tables.add("VG032", what, path, fix=fix, value=True)
                continue
            found[code] = severity
        return found

    def _severity(self, code: str, word: str, path: tuple[str | int, ...]) -> Severity | None:
        if code not in CODES:
            self.tables.add("VG032", f"there is no finding {shown(code)}", path, fix=did_you_mean(code, CODES))
            return None
        if word not in tuple(Severity):
            fix = did_you_mean(word, tuple(Severity)) or f"write {one_of(Severity)}"
            self.tables.add("VG007", f"{shown(word) or '(empty)'} is no severity", path, fix=fix, value=True)
            return None
        return Severity(word)

    def _waivers(self, rows: object) -> tuple[Waiver, ...]:
        waivers = []
        for index, row in enumerate(self.tables.rows(rows, ("waivers",), declared.WAIVER)):
            if len(row) < len(declared.WAIVER):
                continue
            path = ("waivers", index, "code")
            severity = self._severity(row["code"], row["severity"], path)
            if severity is None:
                continue
            if _ORDER[severity] >= _ORDER[CODES[row["code"]].severity]:
                what = f"{row['code']} is {CODES[row['code']].severity}; a waiver only lowers"
                self.tables.add("VG032", what, path, fix="raise a finding under [severity]", value=True)
                continue
            waivers.append(Waiver(code=row["code"], severity=severity, reason=row["reason"]))
        return tuple(waivers)


def path_problem(value: str) -> tuple[str, str]:
    """Return what is wrong with a folder of the project and how to mend it; two empty texts when nothing is."""
    relative = "write it relative to the settings file, such as specs/requirements"
    if not value.strip() or value in (".", "./"):
        return "which names no folder", relative
    if "\\" in value or PureWindowsPath(value).drive:
        return "which works on Windows only", "write forward slashes and no drive letter"
    if PurePosixPath(value).is_absolute() or value.startswith("~"):
        return "which is bound to one computer", relative
    if ".." in PurePosixPath(value).parts:
        return "which leaves the project", "keep the folder inside the project, without .."
    return "", ""


def unusable(findings: Sequence[Finding]) -> bool:
    """Return whether findings of the settings leave nothing that a project could be read with."""
    return any(found.code in UNUSABLE for found in findings)
