"""RESULTS.md out of results.json: verification by size, appends beside a plain file, targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_BUSY = 0.5
_TARGET_S = 10.0
_TARGET_RECORDS = 100_000
_LINEAR = 1.15


def results_page(results: Mapping[str, Any]) -> str:
    """Return the page."""
    return "\n".join(_lines(results)) + "\n"


def _large(found: Mapping[str, Any]) -> Iterator[str]:
    yield "## A very large log"
    yield ""
    yield f"Measured once, on {found['date']}, with a load of {found['load']:.2f} on the machine; `--large` repeats it."
    yield "Opening reads and hashes every record, in processor seconds. An append is one record that is made to last,"
    yield f"the median of {found['appends']}, on the clock."
    yield ""
    yield "| records | open, s | append, ms | peak, MB | valgen verify, s | peak, MB | valgen_verify.py, s | peak, MB |"
    yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
    for row in found["rows"]:
        own, alone, made = row["valgen verify"], row["valgen_verify.py"], row["appended"]
        yield (
            f"| {row['records']:,} | {made['open_s']:.2f} | {made['append_ms']:.2f} | {made['peak_mb']:.0f} "
            f"| {own['processor_s']:.1f} | {own['peak_mb']:.0f} | {alone['processor_s']:.1f} | {alone['peak_mb']:.0f} |"
        )
    yield ""


def _lines(results: Mapping[str, Any]) -> Iterator[str]:
    machine = results["machine"]
    yield "# Speed of `valgen verify` and of appending"
    yield ""
    yield "Written by `make bench-verify`; do not edit. Figures of verification are processor seconds: user and system"
    yield f"time of the process and its children, the median of {results['repetitions']} runs."
    yield ""
    yield f"- Date: {results['date']}"
    memory = f", {machine['memory_mb'] / 1000:.0f} GB" if "memory_mb" in machine else ""
    yield f"- Machine: {machine['processor']}, {machine['cores']} cores{memory}, {machine['system']}"
    yield f"- Python {machine['python']}; valgen {results['valgen']}"
    load = results["load_before"]
    busy = "idle" if load < _BUSY else "shared with other work, which makes every figure larger"
    yield f"- Before the run the machine was {busy} (load {load:.2f})."
    shortest, longest = results["yardstick_s"][0], results["yardstick_s"][-1]
    yield f"- A fixed loop of Python took {shortest:.2f} to {longest:.2f} s between the measurements."
    yield ""
    yield "## Verification of a formal history"
    yield ""
    yield "People, an approved protocol, an execution with runs of 200 cases of six steps, a review after every run."
    yield "Every signature, checkpoint and attachment is checked. `valgen_verify.py` is the file that stands alone; it"
    yield "uses `cryptography` here."
    yield ""
    yield "| records | log, MB | valgen verify, s | quickest, s | peak, MB | valgen_verify.py, s | peak, MB |"
    yield "|---:|---:|---:|---:|---:|---:|---:|"
    for row in results["verify"].values():
        own, alone = row["valgen verify"], row["valgen_verify.py"]
        yield (
            f"| {row['records']:,} | {row['megabytes']:.0f} | {own['processor_s']:.2f} | {own['quickest_s']:.2f} "
            f"| {own['peak_mb']:.0f} | {alone['processor_s']:.2f} | {alone['peak_mb']:.0f} |"
        )
    yield ""
    yield "## Durable appends"
    yield ""
    count, rounds = results["appends_counted"], results["repetitions"]
    yield f"Time on the clock, {count} appends a round, the median of {rounds} rounds."
    yield "A plain file gets lines of the same length, each with one write and one fsync. A durable append to the"
    yield "ledger takes the lock, checks the rules, signs, and makes record, checkpoint and both folders last."
    yield ""
    yield "| | records a second | times the plain file |"
    yield "|---|---:|---:|"
    plain = results["appends"]["plain file"]["rate"]
    for name, found in results["appends"].items():
        yield f"| {name} | {found['rate']:.0f} | {found['rate'] / plain:.2f} |"
    yield ""
    if "large" in results:
        yield from _large(results["large"])
    yield "## Targets of the design"
    yield ""
    yield "| target | asked | seen | held |"
    yield "|---|---:|---:|---|"
    for row in results["verify"].values():
        if row["records"] >= _TARGET_RECORDS:
            seen = row["valgen verify"]["processor_s"]
            held = "yes" if seen <= _TARGET_S else "no"
            what = f"{row['records']:,} records of a formal history"
            yield f"| {what} | at most {_TARGET_S:g} s | {seen:.2f} s | {held} |"
    if results["growth"] is not None:
        growth = results["growth"]
        held = "yes" if growth <= _LINEAR else "no"
        yield f"| growth with the number of records, exponent | at most {_LINEAR:g} | {growth:.2f} | {held} |"
