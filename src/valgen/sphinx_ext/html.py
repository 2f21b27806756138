"""Blocks on the pages of an ordinary Sphinx project, written by `valgen.writers.html`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from docutils import nodes

from valgen.documents.nodes import valgen_block
from valgen.sphinx_ext.domain import ValgenDomain
from valgen.sphinx_ext.project import context_of
from valgen.writers.html import PageIds, PictureStore, render_block
from valgen.writers.html.links import fragment

_PAGES: WeakKeyDictionary[Any, PageIds] = WeakKeyDictionary()
_PICTURES: WeakKeyDictionary[Any, PictureStore] = WeakKeyDictionary()


def visit_block(translator: Any, node: valgen_block) -> None:
    """Write a block and leave out its children, which are there for search indexes alone."""
    builder = translator.builder
    document = translator.document
    ids = _PAGES.get(translator)
    if ids is None:
        # Sections are written by Sphinx; their ids are taken.
        taken = {name for section in document.findall(nodes.section) for name in section["ids"]}
        ids = _PAGES[translator] = PageIds(used=taken)
    context = context_of(builder.config)
    store = _PICTURES.get(builder)
    if store is None:
        store = _PICTURES[builder] = PictureStore(builder.outdir / "_images")
    prefix = builder.imgpath.rpartition("_images")[0]
    translator.body.append(
        render_block(
            node["block"],
            resolve=_resolver(builder),
            heading_level=translator.section_level + 1,
            picture=store.shower(context.media if context else {}, set(), prefix),
            ids=ids,
        )
    )
    raise nodes.SkipNode


def _resolver(builder: Any) -> Callable[[str], str | None]:
    domain = builder.env.domains["valgen"]
    objects = domain.objects if isinstance(domain, ValgenDomain) else {}
    elsewhere: Mapping[str, Mapping[str, Any]] = getattr(builder.env, "intersphinx_inventory", {})
    here = builder.current_docname

    def resolve(anchor: str) -> str | None:
        found = objects.get(anchor)
        if found is not None:
            address = str(builder.get_relative_uri(here, found[0]))
            # A page of `singlehtml` is a place in the one file, and its ids are places in that file as well.
            return address.partition("#")[0] + fragment(anchor)
        for kind in ("valgen:item", "valgen:case"):
            entry = elsewhere.get(kind, {}).get(anchor)
            if entry is not None:
                return str(entry.uri if hasattr(entry, "uri") else entry[2])
        return None

    return resolve
