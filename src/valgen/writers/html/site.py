"""The HTML site of a pack: one page per document, a first page, an index of ids, a search.

The site works from a file share without a server and without a network: no address outside the folder, no inline
script, a content security policy in every page. Equal input gives equal bytes: no build date, no path of the
machine, no compression whose output depends on a library version.

Sphinx runs over virtual pages (`site_sphinx.py`) in a work folder; finished files are then compared with the output
folder and only those that differ are replaced. Files in the output folder that an earlier build did not write are
left alone; those it did write and that are no longer part of the site are removed. With a work folder that is kept,
only pages whose content, or whose links' targets, changed are written again.

Source: design.md §6 (HTML), §9.
"""

from __future__ import annotations

import contextlib
import filecmp
import hashlib
import io
import json
import logging
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import valgen
from valgen.documents.blocks import Document
from valgen.documents.interactive import SiteData
from valgen.documents.places import opened
from valgen.documents.visible import visible
from valgen.errors import RenderError
from valgen.writers.html.kept import WorkFolder
from valgen.writers.html.links import fragment
from valgen.writers.html.pages import ExtraPage, PageMap, fingerprint, make_pages, object_type
from valgen.writers.html.renewed import SEARCH_HEAD, SEARCH_TAIL, SiteFacts, piece_places, site_facts

if TYPE_CHECKING:
    from valgen.writers.html.content import Site

_HERE = Path(__file__).parent
_ASSETS = ("valgen.css", "valgen-site.css", "valgen-tables.js", "valgen-site.js", "valgen-search.js")
_EXPLORING = (
    "valgen-explore.css",
    "valgen-trace.js",
    "valgen-grid.js",
    "valgen-record.js",
    "valgen-matrix.js",
    "valgen-graph.js",
)
_FOLDERS = frozenset({"_static", "_images", "_data"})
_FILE_LIST = "site-files.txt"


def build_site(
    documents: Sequence[Document],
    out: Path,
    *,
    title: str,
    extra_pages: Sequence[ExtraPage] = (),
    doctree_cache: Path | None = None,
    fingerprints: Mapping[str, str] | None = None,
    data: SiteData | None = None,
) -> SiteFacts | None:
    """Write the site.

    Args:
        documents: in the order of the first page and the sidebar; page ``<key>.html`` each.
        out: folder of the site, made when missing.
        title: of the whole site, such as ``S3V S3 records vault: validation pack``.
        extra_pages: pages that are no controlled documents.
        doctree_cache: work folder to keep for the next build, which then writes only what changed; None for none.
        fingerprints: page name to a digest of everything that the page shows, signatures included
            (``Document.digests.shown``), where the caller knows one already; pages not named are digested here, which
            costs about as much as writing them.
        data: of the interactive pages, from `valgen.documents.interactive.site_data`: dashboard on the first page,
            ``matrix.html``, ``graph.html``. None leaves them out.

    Returns:
        what `renewed.renew_site` must know to bring the pages of single documents up to date; None where the work
        folder is not kept.

    Raises:
        RenderError: a page name cannot be used, or a file cannot be written.
    """
    if doctree_cache is not None:
        given = fingerprints or {}
        fingerprints = {one.key: given.get(one.key) or one.digests.shown for one in documents}
    pages = make_pages([opened(one) for one in documents], extra_pages)
    with contextlib.ExitStack() as stack:
        if doctree_cache is None:
            work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="valgen-html-")))
            known: Mapping[str, str] = {name: "" for name in pages.pages}
        else:
            work = doctree_cache
            known = {name: (fingerprints or {}).get(name) or fingerprint(page) for name, page in pages.pages.items()}
        try:
            files, kept = _build(pages, title, work, known, data)
            _publish(files, work / "html", out)
        except OSError as error:
            raise RenderError(
                f"the HTML site cannot be written: {error.strerror or error}",
                why="the pack would be incomplete",
                fix=f"check that {error.filename or out} can be written and that the disk has room",
                code="VG721",
            ) from error
    return None if doctree_cache is None else site_facts(title, pages, kept, data)


def _build(
    pages: PageMap, title: str, work: Path, known: Mapping[str, str], data: SiteData | None = None
) -> tuple[list[str], dict[str, Any]]:
    """Bring the work folder up to date and return the files of the site, relative, sorted, and notes on its pages."""
    from valgen.writers.html.content import Site, index_body
    from valgen.writers.html.pictures import PictureStore
    from valgen.writers.html.site_sphinx import CURRENT, SUFFIX

    kept_work = WorkFolder(work)
    state = _known_pages(kept_work.open())
    html, sources = work / "html", work / "source"
    for folder in (html, sources):
        folder.mkdir(parents=True, exist_ok=True)
    site = Site(title, pages, PictureStore(html / "_images"), data=data)
    if data is not None:
        site.known = frozenset(node.id for node in data.nodes)
    common = _common_digest(site)
    first = _digest(index_body(site))
    fresh = _fresh_pages(pages, state, known, common, html)
    names = ["index", *pages.pages]
    _write_sources(sources, SUFFIX, names, fresh)
    changed = {"common": common, "names": names, "first": first}
    if len(fresh) < len(pages.pages) or any(state.get(name) != value for name, value in changed.items()):
        # Until the state is written again, a build that is cut off leaves nothing that looks up to date.
        kept_work.begin()
        token = CURRENT.set(site)
        try:
            _run_sphinx(work, title)
        finally:
            CURRENT.reset(token)
    kept = {
        name: state["pages"][name]
        if name in fresh and name not in site.links
        else _page_state(site, name, known[name], html)
        for name in pages.pages
    }
    new_state = {**changed, "pages": kept}
    _write_text(html / "searchindex.js", _search_index(kept))
    (html / "objects.inv").write_bytes(_inventory(site))
    scripts = _write_data(html, data, pages)
    assets = (*_ASSETS, *_EXPLORING) if data is not None else _ASSETS
    for name in assets:
        shutil.copyfile(_HERE / "static" / name, html / "_static" / name)
    pictures = {f"_images/{name}" for page in kept.values() for name in page["pictures"]}
    interactive = ("matrix", "graph") if data is not None else ()
    own = [f"{name}.html" for name in (*names, "genindex", "search", *interactive)]
    kept_work.close(new_state)
    beside = [f"_static/{name}" for name in assets]
    return sorted({*own, *pictures, "searchindex.js", "objects.inv", *scripts, *beside}), kept


def _write_data(html: Path, data: SiteData | None, pages: PageMap) -> list[str]:
    """Write the scripts of the interactive pages that differ from those of the last build; return their names."""
    from valgen.writers.html.data_files import FOLDER, data_files

    files = data_files(data, lambda name: pages.resolve("", name)) if data is not None else {}
    folder = html / FOLDER
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if f"{FOLDER}/{path.name}" not in files:
            path.unlink()
    for name, text in files.items():
        content = text.encode("utf-8", "surrogatepass")
        path = html / name
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
    return list(files)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _common_digest(site: Site) -> str:
    """Return a digest of everything that stands on every page: navigation, marks, theme, version of valgen."""
    from sphinx import __version__ as sphinx_version

    listed = [
        (page.name, page.title, page.summary, page.document and (
            page.document.number, page.document.version, page.document.status, page.document.system,
            page.document.marks, page.document.language,
        ))
        for page in site.map.pages.values()
    ]  # fmt: skip
    exploring = None if site.data is None else [site.data.has_dry, site.data.dashboard.matrix_page]
    head = [site.title, valgen.__version__, sphinx_version, listed, exploring]
    digest = hashlib.sha256(json.dumps(head).encode())
    for path in sorted(_HERE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _known_pages(state: dict[str, Any]) -> dict[str, Any]:
    """Return what the last build noted about its pages; notes of another form, as of other releases, are none."""
    try:
        for page in state["pages"].values():
            if not (
                isinstance(page["links"], dict)
                and isinstance(page["pictures"], list)
                and page["search"]
                and "pieces" in page
            ):
                return {"pages": {}}
    except (TypeError, KeyError, AttributeError):
        return {"pages": {}}
    return state


def _fresh_pages(
    pages: PageMap, state: dict[str, Any], known: Mapping[str, str], common: str, html: Path
) -> frozenset[str]:
    """Return the pages that the last build left as this one would write them."""
    if state.get("common") != common:
        return frozenset()
    fresh = set()
    for name in pages.pages:
        past = state["pages"].get(name)
        if (
            past is not None
            and known[name]
            and past["fingerprint"] == known[name]
            and (html / f"{name}.html").is_file()
            and all((html / "_images" / picture).is_file() for picture in past["pictures"])
            and all(pages.resolve(name, anchor) == address for anchor, address in past["links"].items())
        ):
            fresh.add(name)
    return frozenset(fresh)


def _write_sources(folder: Path, suffix: str, names: Sequence[str], fresh: frozenset[str]) -> None:
    """Write the source file of every page that must be written again; Sphinx goes by their time of change."""
    wanted = {f"{name}{suffix}" for name in names}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name in names:
        path = folder / f"{name}{suffix}"
        if name not in fresh or not path.is_file():
            path.write_text(f"{name}\n", encoding="utf-8", newline="\n")


def _run_sphinx(work: Path, title: str) -> None:
    """Run Sphinx over the virtual pages.

    Raises:
        RenderError: Sphinx gave up.
    """
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    settings = {
        "extensions": ["valgen.writers.html.site_sphinx"],
        "project": visible(title),
        "root_doc": "index",
        "html_theme": "valgen",
        "html_title": visible(title),
        "html_copy_source": False,
        "html_use_index": False,
        "html_permalinks_icon": "#",
        "html_domain_indices": False,
        "smartquotes": False,
        "keep_warnings": False,
        "language": "en",
    }
    warnings = io.StringIO()
    try:
        with _no_user_settings(), patch_docutils(), docutils_namespace():
            app = Sphinx(
                work / "source", None, work / "html", work / "doctrees", "html", settings, status=None, warning=warnings
            )
            app.builder.search = False  # type: ignore[attr-defined] # the site has its own, by entry
            app.build()
        if warnings.getvalue():
            logging.getLogger(__name__).warning("Sphinx says about the HTML site: %s", warnings.getvalue())
    except SphinxError as error:
        raise RenderError(
            f"Sphinx could not write the HTML site: {error}",
            why="the pack would be incomplete",
            fix="delete the cache folder and build again",
            code="VG722",
        ) from error


@contextlib.contextmanager
def _no_user_settings() -> Iterator[None]:
    """Keep docutils from reading settings of the computer and the user, which would change what is written."""
    before = os.environ.get("DOCUTILSCONFIG")
    os.environ["DOCUTILSCONFIG"] = ""
    try:
        yield
    finally:
        if before is None:
            del os.environ["DOCUTILSCONFIG"]
        else:
            os.environ["DOCUTILSCONFIG"] = before


def _page_state(site: Site, name: str, known: str, html: Path) -> dict[str, Any]:
    """Return what the next build must know about a page that this one wrote."""
    from valgen.writers.html.content import page_search

    return {
        "fingerprint": known,
        "links": site.links.get(name, {}),
        "pictures": sorted(site.shown.get(name, ())),
        "search": site.search.get(name) or page_search(site.map.pages[name]),
        "pieces": piece_places((html / f"{name}.html").read_bytes(), site.pieces.get(name, ())),
    }


def _search_index(kept: Mapping[str, Mapping[str, Any]]) -> str:
    return SEARCH_HEAD + ",\n".join(str(page["search"]) for page in kept.values()) + SEARCH_TAIL


def _inventory(site: Site) -> bytes:
    """Return ``objects.inv``, by which other Sphinx projects link to the ids of this site."""
    head = (
        "# Sphinx inventory version 2\n"
        f"# Project: {' '.join(visible(site.title).split())}\n"
        "# Version: \n"
        "# The remainder of this file is compressed using zlib.\n"
    )
    lines = []
    for place in site.map.objects():
        if place.entry is None or not place.name.isprintable() or " " in place.name:
            continue  # the format separates by blanks, so such a name cannot stand in it
        # "-" makes the id itself the text of a link, which is how validation documents refer to each other.
        lines.append(f"{place.name} valgen:{object_type(place.entry)} 1 {place.page}.html{fragment(place.anchor)} -\n")
    for page in site.map.pages.values():
        shown = " ".join(visible(page.title).split()) or "-"
        lines.append(f"{page.name} std:doc -1 {page.name}.html {shown}\n")
    return head.encode() + _stored("".join(lines).encode())


def _stored(data: bytes) -> bytes:
    """Return data in zlib format without compression, whose bytes do not depend on the zlib that is installed."""
    out = bytearray(b"\x78\x01")
    blocks = range(0, len(data), 65535) if data else range(1)
    for start in blocks:
        part = data[start : start + 65535]
        out.append(1 if start + 65535 >= len(data) else 0)
        out += len(part).to_bytes(2, "little") + (len(part) ^ 0xFFFF).to_bytes(2, "little") + part
    return bytes(out) + zlib.adler32(data).to_bytes(4, "big")


# Output folder


def _publish(files: Sequence[str], source: Path, out: Path) -> None:
    """Copy files that differ, remove those of an earlier build that are no longer wanted."""
    out.mkdir(parents=True, exist_ok=True)
    wanted = {*files, _FILE_LIST}
    for name in _earlier_files(out):
        if name not in wanted:
            (out / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (out / name).parent.rmdir()  # only when it became empty
    for name in files:
        origin, target = source / name, out / name
        if target.is_file() and not target.is_symlink() and filecmp.cmp(origin, target, shallow=False):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f"{target.name}.tmp")
        shutil.copyfile(origin, beside)
        beside.replace(target)
    _write_text(out / _FILE_LIST, "".join(f"{name}\n" for name in sorted(wanted)))


def _earlier_files(out: Path) -> Iterator[str]:
    """Yield the files that the last build wrote here; a list that points out of the folder is not followed."""
    try:
        lines = (out / _FILE_LIST).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        parts = line.split("/")
        safe = len(parts) == 1 or (len(parts) == 2 and parts[0] in _FOLDERS)
        if safe and all(part not in {"", ".", ".."} and "\\" not in part and ":" not in part for part in parts):
            yield line


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
