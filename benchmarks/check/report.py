"""RESULTS.md out of results.json: figures, ratios beside the other tools, targets, and what was not measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_BUSY = 0.5
_TARGET_SIZE = "10000"
_MODES = ("cold", "unchanged", "one file changed")


def results_page(results: Mapping[str, Any]) -> str:
    """Return the page."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    machine, versions = results["machine"], results["versions"]
    yield "# Speed of `valgen check`"
    yield ""
    yield "Written by `make bench-check`; do not edit. Figures are processor seconds: user and system time of the"
    yield f"process and its children, the median of {results['repetitions']} rounds that each measured everything once."
    yield "All were taken on one machine in one run, so the ratios hold better than the seconds."
    yield ""
    yield f"- Date: {results['date']}"
    memory = f", {machine['memory_mb'] / 1000:.0f} GB" if "memory_mb" in machine else ""
    yield f"- Machine: {machine['processor']}, {machine['cores']} cores{memory}, {machine['system']}"
    yield f"- Python {machine['python']}; " + ", ".join(f"{name} {version}" for name, version in versions.items())
    yield f"- {_busy(results['load_before'])}"
    shortest, longest = results["yardstick_s"][0], results["yardstick_s"][-1]
    spread = f"{shortest:.2f} to {longest:.2f} s"
    yield f"- A fixed loop of Python took {spread} between the measurements, so evenly ran the machine."
    yield ""
    yield from _content()
    yield from _check(results)
    yield from _peers(results)
    yield from _targets(results)
    yield from _limits(results)


def _busy(load: float) -> str:
    if load < _BUSY:
        return f"The machine was idle before the run (load {load:.2f})."
    return f"The machine was shared with other work (load {load:.2f} before the run), which makes every figure larger."


def _content() -> Iterator[str]:
    yield "## What is checked"
    yield ""
    yield "Of 10,000 items, 6,500 are requirements, functions, design elements and risks, and 3,500 are test cases of"
    yield "six steps. Every tool gets the same content in its own files, without mistakes (`generate.py`)."
    yield "Cold: a new process and an empty cache. Unchanged: the same again. One file changed: one statement of one"
    yield "requirement file was edited since."
    yield ""


def _check(results: Mapping[str, Any]) -> Iterator[str]:
    yield "## valgen"
    yield ""
    yield "| items | cold, s (quickest round) | unchanged, s | one file changed, s | peak memory cold, MB |"
    yield "|---:|---:|---:|---:|---:|"
    for size, costs in results["check"].items():
        cold, unchanged, changed = (f"{costs[mode]['processor_s']:.2f}" for mode in _MODES)
        quickest = f"{costs['cold']['quickest_s']:.2f}"
        yield f"| {int(size):,} | {cold} ({quickest}) | {unchanged} | {changed} | {costs['cold']['peak_mb']:.0f} |"
    yield ""
    if results["growth_exponent"]:
        told = "; ".join(f"{name}: {value:.2f}" for name, value in results["growth_exponent"].items())
        yield f"Growth exponent of the cold check (1 is linear) - {told}."
        yield ""


def _peers(results: Mapping[str, Any]) -> Iterator[str]:
    if not results["peers"]:
        return
    yield "## Beside other tools"
    yield ""
    yield "| tool | items | what | s | peak memory, MB | times valgen |"
    yield "|---|---:|---|---:|---:|---:|"
    for name, sizes in results["peers"].items():
        for size, costs in sizes.items():
            for mode, cost in costs.items():
                own = results["check"][size][mode.partition(",")[0]]["processor_s"]
                ratio = cost["processor_s"] / own
                yield (
                    f"| {name} | {int(size):,} | {mode} | {cost['processor_s']:.1f} | {cost['peak_mb']:.0f} "
                    f"| {ratio:.0f} |"
                )
    yield ""
    yield "Doorstop: `doorstop` on reviewed documents; with `--no-reformat` it does not rewrite the files it checks."
    yield "sphinx-needs: `sphinx-build -b needs`, which reads all needs and resolves their links."
    yield ""


def _targets(results: Mapping[str, Any]) -> Iterator[str]:
    rows = list(_target_rows(results))
    if not rows:
        return
    yield "## Targets"
    yield ""
    yield "| work | target | measured | held |"
    yield "|---|---|---:|---|"
    for work, target, measured, held in rows:
        yield f"| {work} | {target} | {measured} | {'yes' if held else 'no'} |"
    yield ""


def _target_rows(results: Mapping[str, Any]) -> Iterator[tuple[str, str, str, bool]]:
    costs = results["check"].get(_TARGET_SIZE)
    if costs:
        cold, unchanged = costs["cold"]["processor_s"], costs["unchanged"]["processor_s"]
        yield "10,000 items, cold", "at most 1.2 s", f"{cold:.2f} s", cold <= 1.2
        yield "10,000 items, unchanged", "at most 0.5 s", f"{unchanged:.2f} s", unchanged <= 0.5
        for name, least in (("sphinx-needs", 25), ("Doorstop", 100)):
            peer = results["peers"].get(name, {}).get(_TARGET_SIZE)
            if peer:
                ratio = peer["cold"]["processor_s"] / cold
                yield (
                    f"10,000 items, cold, beside {name}",
                    f"{least} times faster",
                    f"{ratio:.0f} times",
                    ratio >= least,
                )
    if "all sizes" in results["growth_exponent"]:
        worst = max(results["growth_exponent"].values())
        yield "growth exponent, worst of all spans", "at most 1.15", f"{worst:.2f}", worst <= 1.15
    own, click = (cost["processor_s"] for cost in results["start"].values())
    yield (
        "start of `valgen --help`",
        "under 1.5 times the import of click",
        f"{own / click:.2f} times",
        own / click < 1.5,
    )


def _limits(results: Mapping[str, Any]) -> Iterator[str]:
    yield "## Not measured"
    yield ""
    yield "- OpenFastTrace: not run; it is a Java archive outside the Python package index."
    if results["peers"]:
        yield "- Doorstop and sphinx-needs at 50,000 items: not run, because one run would take many minutes."
        yield "- Doorstop keeps no result between runs, so it has no unchanged row."
        yield "- Doorstop links to the parent document only; controls of risks and risks of tests are left out there."
