"""Rules about the classification of a system: screening answered, impact and category without contradiction."""

from __future__ import annotations

from collections.abc import Iterator

from valgen.codes import finding
from valgen.errors import Finding
from valgen.model.project import Project
from valgen.source import SourceLocation
from valgen.trace.document_set import highest_category
from valgen.trace.screening import screen

_FILE = "applicability.yaml"


def check_screening(project: Project) -> Iterator[Finding]:
    """Yield open questions, contradicting statements about impact and category, and what is not stated."""
    settings = project.settings
    place = SourceLocation(settings.file)
    planned = {entry.type for entry in project.documents if entry.planned != "no"}
    found = screen(project)
    if found.unanswered and (project.screening or "GXPA" in planned):
        names = ", ".join(found.unanswered)
        yield finding(
            "VG350",
            f"{len(found.unanswered)} screening question{'s are' if len(found.unanswered) != 1 else ' is'} "
            f"not answered: {names}",
            SourceLocation(f"{settings.paths.requirements}/{_FILE}"),
        )
    if found.impact and settings.gxp_impact and found.impact != settings.gxp_impact:
        yield finding(
            "VG352",
            f"the screening gives the impact {found.impact}, the settings state {settings.gxp_impact}",
            place,
        )
    highest = highest_category(settings)
    if settings.gamp_category and highest != settings.gamp_category:
        names = ", ".join(one.name for one in settings.components if one.gamp_category == highest)
        yield finding(
            "VG353", f"the project is of category {settings.gamp_category}, but {names} of category {highest}", place
        )
    if planned & {"VP", "GXPA"}:
        missing = [
            name for name, value in (("gamp_category", highest), ("gxp_impact", settings.gxp_impact)) if not value
        ]
        if missing:
            yield finding("VG356", f"{' and '.join(missing)} not stated", place)
