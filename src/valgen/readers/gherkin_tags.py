"""What the tags of a scenario say: identity, verified ids, risks, environments, flags.

Tags of feature, rule, scenario and Examples table are read together, each text once, in that order. A tag that
is nearly a known one is an error, because somebody relies on its effect; other unknown tags are a warning.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.ids import is_case_id
from valgen.model.item import Link
from valgen.model.outcome import Mode, Stage
from valgen.model.testcase import KNOWN_FLAGS, KNOWN_PREFIXES
from valgen.readers.suggest import closest, did_you_mean
from valgen.readers.text import shown
from valgen.source import SourceLocation


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTags:
    """Tags of one case, understood."""

    base_id: str = ""
    stage: Stage | None = None
    verifies: tuple[Link, ...] = ()
    risks: tuple[Link, ...] = ()
    environments: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    tags: tuple[Link, ...] = ()
    mode: Mode = Mode.AUTOMATED

    @property
    def ids(self) -> tuple[str, ...]:
        """The id as a tuple for findings; empty without one."""
        return (self.base_id,) if self.base_id else ()


class TagReader:
    """Reads tags of one file; each mistake is reported once, however many cases inherit the tag."""

    def __init__(self, path: str, environments: Collection[str], findings: list[Finding]) -> None:
        self.path = path
        self.environments = environments
        self.findings = findings
        self.reported: set[tuple[str, int, int]] = set()

    def read(self, nodes: Sequence[Mapping[str, Any]], scenario: Mapping[str, Any], *, quiet: bool = False) -> CaseTags:
        """Understand the tags of one case.

        Args:
            nodes: tag nodes of the syntax tree, outermost first.
            scenario: for the place of findings about all tags together.
            quiet: report nothing.
        """
        texts: dict[str, Link] = {}
        for node in nodes:
            location = node["location"]
            text = str(node["name"])[1:]
            if text not in texts:
                texts[text] = Link(text, location["line"], location.get("column", 1) + 1)
        identities: list[Link] = []
        named: dict[str, list[Link]] = {prefix: [] for prefix in KNOWN_PREFIXES}
        flags: set[str] = set()
        for text, tag in texts.items():
            if text in KNOWN_FLAGS:
                flags.add(text)
            elif is_case_id(text):
                identities.append(tag)
            else:
                prefix, colon, rest = text.partition(":")
                if colon and prefix in KNOWN_PREFIXES:
                    named[prefix].extend(self._values(tag, prefix, rest, quiet))
                elif not quiet:
                    self._unknown(tag)
        if not quiet:
            self._together(identities, flags, scenario)
        base_id = identities[0].target if identities else ""
        return CaseTags(
            base_id=base_id,
            stage=Stage(base_id[:2]) if base_id else None,
            verifies=tuple(named["verifies"]),
            risks=tuple(named["risk"]),
            environments=tuple(link.target for link in named["env"]),
            flags=frozenset(flags),
            tags=tuple(texts.values()),
            mode=Mode.UNSCRIPTED if "unscripted" in flags else Mode.MANUAL if "manual" in flags else Mode.AUTOMATED,
        )

    def _values(self, tag: Link, prefix: str, rest: str, quiet: bool) -> list[Link]:
        column = tag.column + len(prefix) + 1
        values: list[Link] = []
        for part in rest.split(","):
            if part:
                values.append(Link(part, tag.line, column))
            column += len(part) + 1
        if quiet:
            return values
        if not values:
            self._add(
                "VG206",
                f"@{prefix}: names nothing",
                tag,
                fix=f"write @{prefix}:{'VAL' if prefix == 'env' else 'URS-010'}",
            )
        elif "," in rest:
            fix = " ".join(f"@{prefix}:{value.target}" for value in values)
            self._add("VG206", f"@{prefix}: names several at once", tag, fix=f"write {fix}")
        if prefix == "env" and self.environments:
            for value in values:
                if value.target not in self.environments:
                    fix = did_you_mean(value.target, self.environments) or f"defined are {', '.join(self.environments)}"
                    self._add("VG213", f"@env:{shown(value.target)} is not defined in the settings", tag, fix=fix)
        return values

    def _unknown(self, tag: Link) -> None:
        text = tag.target
        prefix, colon, rest = text.partition(":")
        if text.lower() in KNOWN_FLAGS:
            guess = text.lower()
        elif colon:
            near = closest(prefix, KNOWN_PREFIXES)
            guess = f"{near}:{rest}" if near else ""
        elif is_case_id(text.upper().replace("_", "-")):
            guess = text.upper().replace("_", "-")
        elif text in KNOWN_PREFIXES:
            guess = f"{text}:..."
        else:
            guess = closest(text, KNOWN_FLAGS)
        if guess:
            self._add("VG204", f"@{shown(text)} is no known tag", tag, fix=f"did you mean @{guess}?")
        else:
            self._add("VG205", f"@{shown(text)} is no known tag and has no effect", tag)

    def _together(self, identities: Sequence[Link], flags: Collection[str], scenario: Mapping[str, Any]) -> None:
        if len(identities) > 1:
            names = ", ".join(link.target for link in identities)
            ids = tuple(link.target for link in identities)
            self._add("VG202", f"one scenario carries the ids {names}", identities[1], ids=ids)
        if "manual" in flags and "unscripted" in flags:
            location = scenario["location"]
            place = Link("", location["line"], location.get("column", 1))
            self._add(
                "VG215",
                f"{identities[0].target if identities else 'the scenario'} is manual and unscripted at once",
                place,
            )

    def _add(self, code: str, message: str, tag: Link, *, fix: str = "", ids: tuple[str, ...] = ()) -> None:
        place = (code, tag.line, tag.column)
        if place in self.reported:
            return
        self.reported.add(place)
        where = SourceLocation(self.path, tag.line, tag.column, len(tag.target))
        self.findings.append(finding(code, message, where, ids=ids, fix=fix))
