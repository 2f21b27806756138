"""The dashboard as HTML: bars drawn as inline SVG, every figure also as words that lead to the rows it counts.

A bar is decoration for those who see it: the table row beside it says the same, so screen readers skip the drawing.
Tones differ by pattern as well as by colour. No style attribute is used, because the policy of the pages forbids it.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import quote

from valgen.documents.blocks import Tone
from valgen.documents.dashboard import Bar, Dashboard, Figure, Panel
from valgen.writers.html.blocks import escape, render_blocks
from valgen.writers.html.page_ids import PageIds

Resolve = Callable[[str], str | None]

WIDTH, HEIGHT = 1000, 20
_ORDER = (Tone.GOOD, Tone.NEUTRAL, Tone.MUTED, Tone.WARN, Tone.BAD)

_FILLS = {Tone.BAD: ' fill="url(#vg--hatch)"', Tone.WARN: ' fill="url(#vg--dots)"'}

_PATTERNS = (
    '<svg class="vg-patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="vg--hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="vg-fill-bad" width="8" height="8"></rect><rect class="vg-fill-line" width="2.5" height="8"></rect>'
    "</pattern>"
    '<pattern id="vg--dots" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect class="vg-fill-warn" width="8" height="8"></rect>'
    '<circle class="vg-fill-line" cx="4" cy="4" r="1.4"></circle>'
    "</pattern></defs></svg>\n"
)


def dashboard_html(dashboard: Dashboard, *, resolve: Resolve, ids: PageIds) -> tuple[str, str]:
    """Return the dashboard as HTML: what stands above the list of documents, and what stands below it.

    Args:
        dashboard: to be shown.
        resolve: from an id or page name to an address, None for an unknown one.
        ids: what the page has handed out.
    """
    top = [_PATTERNS, *_heading("Where the validation stands"), render_blocks(dashboard.release, resolve=resolve,
                                                                              heading_level=3, ids=ids)]  # fmt: skip
    top.append(
        '<p class="vg-explore-links"><a class="vg-button" href="matrix.html">Traceability matrix</a> '
        '<a class="vg-button" href="graph.html">Trace graph</a></p>\n'
        '<ul class="vg-jump" aria-label="On this page"><li><a href="#vg--documents">Documents</a></li>'
        '<li><a href="#vg--coverage">Coverage and results</a></li>'
        '<li><a href="#vg--deviations">Deviations</a></li><li><a href="#vg--gaps">Gaps</a></li></ul>\n'
    )
    below = [*_heading("Coverage and results", "vg--coverage"), '<div class="vg-panels">\n']
    below += [*(_panel(panel) for panel in dashboard.panels), "</div>\n"]
    below += _heading("Deviations", "vg--deviations")
    below.append(render_blocks(dashboard.deviations, resolve=resolve, heading_level=3, ids=ids))
    below += _heading("Gaps", "vg--gaps")
    below.append(_gap_counts(dashboard))
    below.append(render_blocks(dashboard.gaps, resolve=resolve, heading_level=3, ids=ids))
    return "".join(top), "".join(below)


def address_of(view: str, choose: Sequence[tuple[str, str]]) -> str:
    """Return the address of the matrix page that shows chosen rows, such as ``matrix.html#view=items&type=URS``."""
    parts = [("view", view), *choose]
    return "matrix.html#" + "&".join(f"{name}={quote(value, safe='', errors='replace')}" for name, value in parts)


def _heading(text: str, name: str = "") -> Iterable[str]:
    place = f' id="{name}"' if name else ""
    return (f"<h2{place}>{escape(text)}</h2>\n",)


def _panel(panel: Panel) -> str:
    out = [f'<section class="vg-panel-box">\n<h3>{escape(panel.title)}</h3>\n']
    if panel.note:
        out.append(f'<p class="vg-panel-note">{escape(panel.note)}</p>\n')
    if not panel.bars:
        return "".join((*out, f'<p class="vg-empty">{escape(panel.empty)}</p>\n</section>\n'))
    out.append('<ul class="vg-bars">\n')
    out.extend(_bar(bar, panel) for bar in panel.bars)
    out.append("</ul>\n</section>\n")
    return "".join(out)


def _bar(bar: Bar, panel: Panel) -> str:
    unit = panel.unit if bar.total == 1 else f"{panel.unit}s"
    detail = f' <span class="vg-bar-detail">{escape(bar.detail)}</span>' if bar.detail else ""
    address = html.escape(address_of(panel.view, bar.choose))
    figures = "".join(f"<li>{_figure(one, panel)}</li>" for one in bar.figures)
    return (
        f'<li><p class="vg-bar-head"><a href="{address}">{escape(bar.label)}</a>{detail}'
        f' <span class="vg-bar-total">{bar.total} {escape(unit)}</span></p>\n'
        f"{_drawing(bar.figures)}"
        f'<ul class="vg-figures">{figures}</ul></li>\n'
    )


def _figure(one: Figure, panel: Panel) -> str:
    address = html.escape(address_of(panel.view, one.choose))
    return (
        f'<a href="{address}"><span class="vg-key vg-key-{one.tone.value}" aria-hidden="true"></span>'
        f"{one.count} {escape(one.word)}</a>"
    )


def _drawing(figures: Sequence[Figure]) -> str:
    total = sum(one.count for one in figures) or 1
    parts = []
    done = 0
    for one in sorted(figures, key=lambda figure: _ORDER.index(figure.tone)):
        start, stop = round(WIDTH * done / total), round(WIDTH * (done + one.count) / total)
        done += one.count
        # What is counted must be seen, even one of thousands.
        wide = max(stop - start, 3)
        start = min(start, WIDTH - wide)
        fill = _FILLS.get(one.tone, "")
        parts.append(
            f'<rect class="vg-seg vg-seg-{one.tone.value}"{fill} x="{start}" width="{wide}" height="{HEIGHT}"></rect>'
        )
    return (
        f'<svg class="vg-chart" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false">{"".join(parts)}</svg>\n'
    )


def _gap_counts(dashboard: Dashboard) -> str:
    if not dashboard.gaps_total:
        return ""
    counts = ", ".join(f"{one.count} {escape(one.word)}" for one in dashboard.gap_counts)
    shown = len(dashboard.gaps[0].rows) if dashboard.gaps and hasattr(dashboard.gaps[0], "rows") else 0
    text = f"{dashboard.gaps_total} in all: {counts}."
    if shown < dashboard.gaps_total:
        where = f"{dashboard.matrix_page}.html#matrix-gaps" if dashboard.matrix_page else "matrix.html"
        text += f' The first {shown} are shown; <a href="{html.escape(where)}">all gaps</a> stand in the matrix.'
    return f"<p>{text}</p>\n"


__all__ = ["address_of", "dashboard_html"]
