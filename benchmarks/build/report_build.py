"""RESULTS.md out of results.json: figures, ratios beside the other tools, targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_BUSY = 0.5
_MODES = ("cold", "unchanged", "one file changed")


def results_page(results: Mapping[str, Any]) -> str:
    """Return the page."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    machine, versions, sizes = results["machine"], results["versions"], results["sizes"]
    yield "# Speed of `valgen build`"
    yield ""
    yield "Written by `make bench-build`; do not edit. Figures are processor seconds: user and system time of the"
    yield f"process and its children, the median of {results['repetitions']} rounds that each measured everything once."
    yield "All were taken on one machine in one run, so the ratios hold better than the seconds."
    yield ""
    yield f"- Date: {results['date']}"
    memory = f", {machine['memory_mb'] / 1000:.0f} GB" if "memory_mb" in machine else ""
    yield f"- Machine: {machine['processor']}, {machine['cores']} cores{memory}, {machine['system']}"
    yield f"- Python {machine['python']}; " + ", ".join(f"{name} {version}" for name, version in versions.items())
    load = results["load_before"]
    busy = "idle" if load < _BUSY else "shared with other work, which makes every figure larger"
    yield f"- Before the run the machine was {busy} (load {load:.2f})."
    shortest, longest = results["yardstick_s"][0], results["yardstick_s"][-1]
    yield f"- A fixed loop of Python took {shortest:.2f} to {longest:.2f} s between the measurements."
    yield ""
    yield f"## HTML site, {sizes['site']:,} items"
    yield ""
    yield "Requirements, functions, design elements, risks and test cases of six steps; every tool gets the same"
    yield "content in its own files, and every id was looked for on the pages that it wrote."
    yield "Cold: no cache, empty output. One file changed: one statement of one file of requirements."
    yield ""
    yield "| tool | cold, s | unchanged, s | one file changed, s | peak memory cold, MB | cold, times valgen |"
    yield "|---|---:|---:|---:|---:|---:|"
    own = results["site"]
    yield _row("valgen", own, own)
    for name, costs in results["peers"].items():
        yield _row(name, costs, own)
    yield ""
    yield f"## Whole pack: {sizes['items']:,} items, {sizes['cases']:,} executed test cases, four formats"
    yield ""
    yield "| | processor s | quickest round | peak memory, MB |"
    yield "|---|---:|---:|---:|"
    for mode in _MODES:
        cost = results["pack"][mode]
        yield f"| {mode} | {cost['processor_s']:.2f} | {cost['quickest_s']:.2f} | {cost['peak_mb']:.0f} |"
    yield ""
    yield "## One more row, one more page"
    yield ""
    yield "Cost between two sizes of a document of tables with five columns; the writer alone, in the process."
    yield ""
    yield "| | each | largest file | its peak memory, MB |"
    yield "|---|---:|---:|---:|"
    for form, (label, unit) in {
        "docx": ("Word, row", "rows"), "xlsx": ("Excel, row", "rows"), "pdf": ("PDF, page", "pages"),
    }.items():  # fmt: skip
        cost = results["tables"][form]
        each = f"{cost['each_s'] * 1e3:.2f} ms" if form == "pdf" else f"{cost['each_s'] * 1e6:.1f} us"
        yield f"| {label} | {each} | {cost['units']:,.0f} {unit} | {cost['peak_mb']:.0f} |"
    yield ""
    yield from _targets(results)


def _row(name: str, costs: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    cold, unchanged, changed = (costs[mode]["processor_s"] for mode in _MODES)
    times = cold / own["cold"]["processor_s"]
    return f"| {name} | {cold:.2f} | {unchanged:.2f} | {changed:.2f} | {costs['cold']['peak_mb']:.0f} | {times:.1f} |"


def _targets(results: Mapping[str, Any]) -> Iterator[str]:
    yield "## Targets of the design"
    yield ""
    yield "| target | asked | seen | held |"
    yield "|---|---:|---:|---|"
    site, pack, tables = results["site"], results["pack"], results["tables"]
    rows = [
        ("HTML, cold", 10.0, site["cold"]["processor_s"], "s"),
        ("HTML, one file changed", 1.5, site["one file changed"]["processor_s"], "s"),
        ("whole pack, cold", 15.0, pack["cold"]["processor_s"], "s"),
        ("whole pack, one item changed", 4.0, pack["one file changed"]["processor_s"], "s"),
        ("Word, a row", 25.0, tables["docx"]["each_s"] * 1e6, "us"),
        ("Excel, a row", 60.0, tables["xlsx"]["each_s"] * 1e6, "us"),
        ("PDF, a page", 12.0, tables["pdf"]["each_s"] * 1e3, "ms"),
    ]
    for name, asked, seen, unit in rows:
        yield f"| {name} | at most {asked:g} {unit} | {seen:.2f} {unit} | {'yes' if seen <= asked else 'no'} |"
    peers = results["peers"]
    if peers:
        best = min(costs["cold"]["processor_s"] for costs in peers.values()) / site["cold"]["processor_s"]
        changed = min(costs["one file changed"]["processor_s"] for costs in peers.values())
        again = changed / site["one file changed"]["processor_s"]
        yield f"| HTML cold, faster than the best tool beside | 9 times | {best:.1f} times | {_yes(best >= 9)} |"
        yield f"| HTML one file changed, the same | 5 times | {again:.1f} times | {_yes(again >= 5)} |"


def _yes(held: bool) -> str:
    return "yes" if held else "no"
