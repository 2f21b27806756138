"""The domain ``valgen``: every item and test case on a page is an object under its id.

Its inventory (``objects.inv``) is what other Sphinx projects link by, with ``:valgen:item:`URS-010```. The three roles
find both kinds of object; ``item`` and ``case`` only say what the author means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from valgen.documents.blocks import Entry
from valgen.documents.visible import visible
from valgen.writers.html import object_type
from valgen.writers.html.links import html_id

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

Found = tuple[str, str, str]
"""Page, object type, title."""


class ValgenDomain(Domain):
    """Objects are ids."""

    name = "valgen"
    label = "valgen"
    object_types: ClassVar[dict[str, ObjType]] = {
        "item": ObjType("item", "item", "case", "ref"),
        "case": ObjType("test case", "case", "item", "ref"),
    }
    roles: ClassVar[dict[str, Any]] = {
        name: XRefRole(innernodeclass=nodes.inline, warn_dangling=True) for name in ("ref", "item", "case")
    }
    initial_data: ClassVar[dict[str, Any]] = {"objects": {}}
    dangling_warnings: ClassVar[dict[str, str]] = {
        "ref": "no page shows %(target)s",
        "item": "no page shows the item %(target)s",
        "case": "no page shows the test case %(target)s",
    }
    data_version = 1

    @property
    def objects(self) -> dict[str, Found]:
        """Id to page, object type and title."""
        found: dict[str, Found] = self.data.setdefault("objects", {})
        return found

    def note_entry(self, entry: Entry, docname: str, location: str) -> None:
        """Note that a page shows an item or case; the first page keeps it, a second one is warned about."""
        known = self.objects.get(entry.anchor)
        if known is not None:
            logger.warning(
                "%s is shown twice; links lead to the one in %s", entry.anchor, known[0],
                type="valgen", subtype="duplicate", location=location,
            )  # fmt: skip
            return
        self.objects[entry.anchor] = (docname, object_type(entry), visible(entry.title))

    def clear_doc(self, docname: str) -> None:
        """Forget the objects of a page."""
        for name in [name for name, found in self.objects.items() if found[0] == docname]:
            del self.objects[name]

    def merge_domaindata(self, docnames: Iterable[str], otherdata: dict[str, Any]) -> None:
        """Take over what another reader process found."""
        pages = set(docnames)
        for name, found in otherdata["objects"].items():
            if found[0] in pages:
                self.objects.setdefault(name, found)

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Yield every object for the inventory and the search; the id is also what a link shows."""
        for name, (docname, kind, _) in sorted(self.objects.items()):
            yield name, name, kind, docname, html_id(name), 1

    def resolve_xref(
        self, env: BuildEnvironment, fromdocname: str, builder: Builder, typ: str, target: str,
        node: pending_xref, contnode: nodes.Element,
    ) -> nodes.reference | None:  # fmt: skip
        """Return the link for a role; None lets intersphinx look in other projects."""
        found = self.objects.get(target)
        if found is None:
            return None
        return make_refnode(builder, fromdocname, found[0], html_id(target), contnode, found[2] or None)

    def resolve_any_xref(
        self, env: BuildEnvironment, fromdocname: str, builder: Builder, target: str,
        node: pending_xref, contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:  # fmt: skip
        """Return the link for the role ``any``."""
        reference = self.resolve_xref(env, fromdocname, builder, "ref", target, node, contnode)
        return [(f"valgen:{self.objects[target][1]}", reference)] if reference is not None else []
