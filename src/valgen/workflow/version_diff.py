"""Compare two versions: frozen ones, a frozen one with the present document, or the project at two git revisions.

Source: design.md §7 (diff).
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from valgen.documents.catalog import item_type_of, plan_documents
from valgen.documents.shipped import find_template
from valgen.documents.versions import Difference, case_part, differences, document_parts, item_part, making_of
from valgen.errors import RenderError, Severity, SourceError
from valgen.model.version import FrozenVersion, Part
from valgen.workflow.load import load, load_executed, make_context
from valgen.workflow.templates import own_templates
from valgen.workflow.version_shown import frozen_version_of

_GIT_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between two versions.

    Attributes:
        before: what the older side is, in words.
        after: what the newer side is.
    """

    before: str
    after: str
    differences: tuple[Difference, ...]


def compare(root: Path, before: str, after: str = "") -> Comparison:
    """Compare two versions.

    Args:
        root: folder of the project.
        before: ``URS@1.0``, or a git revision.
        after: ``URS@1.1``, or a git revision; empty for the present state.

    Raises:
        RenderError: a version or revision does not exist, or the two are of different kinds.
        SourceError: the files of one side cannot be read.
    """
    if "@" not in before:
        if "@" in after:
            raise _mixed(before, after)
        return Comparison(
            before=before, after=after or "now", differences=differences(_at(root, before), _at(root, after))
        )
    if after and "@" not in after:
        raise _mixed(before, after)
    old = frozen_version_of(root, *_split(before))
    if after:
        new = frozen_version_of(root, *_split(after))
        if new.type != old.type:
            raise RenderError(
                f"{old.key} and {new.key} are documents of different types",
                why="what one lists, the other does not",
                fix="compare two versions of one document",
            )
        return Comparison(before=before, after=after, differences=differences(old.parts, new.parts))
    return Comparison(before=before, after=f"{old.key} now", differences=differences(old.parts, _present(root, old)))


def _split(name: str) -> tuple[str, str]:
    key, _, version = name.partition("@")
    return key, version


def _present(root: Path, old: FrozenVersion) -> tuple[Part, ...]:
    loaded = load(root)
    context = make_context(loaded, load_executed(root, loaded.project))
    spec = next((one for one in plan_documents(context) if one.key == old.key), None)
    if spec is None:
        raise RenderError(
            f"the project has no document {old.key}", why="it left the register", fix="compare with another version"
        )
    template = find_template(spec, own_templates(root, loaded.project), item_type_of(spec.entry.type, context))
    return document_parts(context, making_of(spec.key, spec.entry, spec.variant, template))


def _at(root: Path, revision: str) -> tuple[Part, ...]:
    """Return every item and test case of the project, now or at a git revision."""
    if not revision:
        return _everything(root)
    place = _git(root, "rev-parse", "--show-prefix").decode().strip()
    known = (
        _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").decode().strip()
    )
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip())  # archive looks from where it runs
    archive = _git(top, "archive", "--format=tar", f"{known}:{place}")
    with tempfile.TemporaryDirectory(prefix="valgen-diff-") as scratch:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(scratch, filter="data")
        return _everything(Path(scratch))


def _everything(root: Path) -> tuple[Part, ...]:
    loaded = load(root)
    errors = [one for one in loaded.project.findings if one.severity is Severity.ERROR]
    if errors:
        raise SourceError("the files of one side have mistakes", errors)
    items = tuple(item_part(item) for item in loaded.graph.items.values())
    cases = tuple(case_part(case, loaded.project.settings) for case in loaded.graph.cases.values())
    return (*items, *cases)


def _git(root: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, timeout=_GIT_TIMEOUT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(
            f"git cannot be used: {error}", why="an earlier state comes from git", fix="install git, or name versions"
        ) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RenderError(
            f"git does not know {arguments[-1].removesuffix('^{commit}')}",
            why=said or "no such revision of this project",
            fix="name a revision such as HEAD~1, a tag, or a frozen version such as URS@1.0",
            code="VG392",
        )
    return done.stdout


def _mixed(before: str, after: str) -> RenderError:
    return RenderError(
        f"{before} and {after} cannot be compared",
        why="one is a version of a document, the other a state of the whole project",
        fix="name two versions such as URS@1.0 URS@1.1, or two git revisions",
    )
