"""The valgen project behind a Sphinx build: loaded once, and which pages it makes outdated.

The loaded project belongs to the running build and is never pickled. The environment remembers, for each page, the
directives on it and a digest of what each placed; on the next build a page is outdated exactly when one of its
directives would place something else. Editing a requirement so rewrites the pages that show it and no others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sphinx.util import logging

from valgen.documents.blocks import Block, Notice, Tone, paragraph
from valgen.documents.digests import block_digest
from valgen.documents.directives import SPECS, DirectiveError
from valgen.documents.places import opened_blocks
from valgen.errors import Severity, SourceError, ValgenError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

    from valgen.documents.context import Context
    from valgen.model.project import DocumentEntry

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a directive.

    Attributes:
        name: of the directive, a key of ``SPECS``.
        argument: empty for none.
        options: as converted, sorted by name.
        document: key in the register whose document the block is made for; empty for none.
    """

    name: str
    argument: str
    options: tuple[tuple[str, str], ...]
    document: str


_LOADED: WeakKeyDictionary[Config, Context | str] = WeakKeyDictionary()
"""Project of each running build, or why there is none. Config is what directives, builders and events share."""


_BUILDERS: WeakKeyDictionary[Config, tuple[str, str]] = WeakKeyDictionary()


def load(app: Sphinx) -> None:
    """Load the project when the builder starts, before Sphinx forks readers."""
    _BUILDERS[app.config] = app.builder.format, app.builder.name
    _LOADED[app.config] = _load(app)


def builder_of(config: Config) -> tuple[str, str]:
    """Return format and name of the running builder, such as ``("latex", "latex")``."""
    return _BUILDERS.get(config, ("", ""))


def _load(app: Sphinx) -> Context | str:
    from valgen.workflow.load import load_context, project_root

    named = str(app.config.valgen_project)
    if not named:
        return "conf.py does not say where the valgen project is; set valgen_project, relative to conf.py"
    try:
        return load_context(project_root((Path(app.confdir) / named).resolve()))
    except SourceError as error:
        for finding in error.findings:
            if finding.severity is Severity.ERROR:
                fix = f"; {finding.fix}" if finding.fix else ""
                place = str(finding.location) if finding.location else None
                logger.warning(
                    "[%s] %s%s", finding.code, finding.message, fix, type="valgen", subtype="project", location=place
                )
        _warn(error)
        return error.what
    except (ValgenError, OSError) as error:
        _warn(error)
        return str(error)


def _warn(error: Exception) -> None:
    fix = getattr(error, "fix", "")
    text = f"the valgen project cannot be used: {error}" + (f"; {fix}" if fix else "")
    logger.warning(text, type="valgen", subtype="project")


def context_of(config: Config) -> Context | None:
    """Return the project of the running build, None when it could not be loaded."""
    found = _LOADED.get(config)
    return None if isinstance(found, str) else found


def blocks_of(config: Config, call: Call) -> tuple[Block, ...]:
    """Return what a directive places.

    Raises:
        DirectiveError: it cannot place anything; the message says why.
    """
    context = _LOADED.get(config, "the valgen project is not loaded")
    if isinstance(context, str):
        raise DirectiveError(context)
    entry = _entry(context, call.document)
    return opened_blocks(SPECS[call.name].render(context, entry, call.argument, dict(call.options)))


def _entry(context: Context, key: str) -> DocumentEntry | None:
    if not key:
        return None
    for entry in context.project.documents:
        if entry.key == key:
            return entry
    known = ", ".join(entry.key for entry in context.project.documents) or "none"
    raise DirectiveError(f"no document {key} in requirements/documents.yaml; known: {known}")


def missing(call: Call, reason: str) -> Notice:
    """Return what stands on the page where a block is missing."""
    words = f"valgen:{call.name} {call.argument}".strip()
    return Notice(f"Missing: {words}", (paragraph(reason),), Tone.BAD)


def remember(env: BuildEnvironment, docname: str, call: Call, blocks: Iterable[Block]) -> None:
    """Note a directive of a page and a digest of what it placed."""
    _calls(env).setdefault(docname, []).append((call, _digest(blocks)))


def outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Return the pages on which a directive would now place something else."""
    digests: dict[Call, str] = {}
    found = []
    for docname, calls in _calls(env).items():
        for call, before in calls:
            if call not in digests:
                try:
                    digests[call] = _digest(blocks_of(app.config, call))
                except DirectiveError as error:
                    digests[call] = _digest((missing(call, str(error)),))
            if digests[call] != before:
                found.append(docname)
                break
    return found


def purge(app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    """Forget a page that is read again or gone."""
    _calls(env).pop(docname, None)


def merge(app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment) -> None:
    """Take over what another reader process noted."""
    theirs = _calls(other)
    _calls(env).update({name: theirs[name] for name in docnames if name in theirs})


def _calls(env: BuildEnvironment) -> dict[str, list[tuple[Call, str]]]:
    holder: Any = env
    if not hasattr(holder, "valgen_calls"):
        holder.valgen_calls = {}
    calls: dict[str, list[tuple[Call, str]]] = holder.valgen_calls
    return calls


def _digest(blocks: Iterable[Block]) -> str:
    return hashlib.sha256("\n".join(block_digest(block) for block in blocks).encode()).hexdigest()
