"""Directives of the validation summary report."""

from __future__ import annotations

from valgen.documents import summary
from valgen.documents.directives.spec import DirectiveSpec, plain

SUMMARY: tuple[DirectiveSpec, ...] = (
    DirectiveSpec(
        name="deliverables", summary="Documents with version and status.", render=plain(summary.deliverables)
    ),
    DirectiveSpec(name="stages", summary="Results by stage and environment.", render=plain(summary.stages)),
    DirectiveSpec(
        name="acceptance", summary="Release criteria and whether they are met.", render=plain(summary.acceptance)
    ),
    DirectiveSpec(
        name="waivers", summary="Checks that the project lowered, with the reason.", render=plain(summary.waivers)
    ),
    DirectiveSpec(
        name="release", summary="The release statement that the results allow.", render=plain(summary.release)
    ),
)
