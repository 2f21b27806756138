"""What one command costs: processor seconds of the process and its children, and its peak memory.

Processor time, not time on the clock, so that other work on the machine disturbs as little as possible; it still
disturbs, since processors share caches, so every figure is the median of several runs.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = Path(__file__).with_name("launch.py")
_LEFT_OUT = frozenset({"PYTHONDONTWRITEBYTECODE"})  # programs keep their compiled form, as where they are installed


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Cost of one run.

    Attributes:
        processor_s: user and system time, seconds.
        peak_mb: largest resident memory, megabytes of 1,000,000 bytes.
    """

    processor_s: float
    peak_mb: float


class RunFailed(Exception):
    """A measured command did not end as it should, so its cost would mean nothing."""


def cost_of(command: Sequence[str], *, folder: Path, environment: Mapping[str, str], output: Path) -> Cost:
    """Run a command once.

    Args:
        command: program and arguments.
        folder: working folder.
        environment: variables besides those of this process.
        output: file that takes standard output and errors, replaced.

    Raises:
        RunFailed: the command did not exit with status 0.
    """
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(_LAUNCHER), str(output), *command],
        cwd=folder,
        env={**{name: value for name, value in os.environ.items() if name not in _LEFT_OUT}, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    status, seconds, peak = done.stdout.split()
    if status != "0":
        end = output.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RunFailed(f"{' '.join(command)} ended with status {status}:\n{end}")
    return Cost(processor_s=float(seconds), peak_mb=int(peak) / 1_000_000)


def compile_packages() -> None:
    """Compile the packages of this environment and valgen, as pip does when it installs; the peers come compiled."""
    import valgen

    folders = [path for path in sys.path if path.endswith("site-packages")] + [str(Path(valgen.__file__).parent)]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *folders], stdout=subprocess.DEVNULL, check=False)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median time and the median memory of several runs."""
    return Cost(
        processor_s=statistics.median(one.processor_s for one in costs),
        peak_mb=statistics.median(one.peak_mb for one in costs),
    )


def growth_exponent(seconds: Mapping[int, float]) -> float:
    """Return the slope of time over size, both as logarithms, by least squares: 1 is linear.

    Args:
        seconds: size to time; at least two sizes.
    """
    points = [(math.log(size), math.log(time)) for size, time in seconds.items()]
    middle_x, middle_y = (statistics.fmean(axis) for axis in zip(*points, strict=True))
    above = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return above / sum((x - middle_x) ** 2 for x, _ in points)


def machine() -> dict[str, str | int]:
    """Return what a reader needs to judge the figures: processor, cores, memory, system, Python."""
    facts: dict[str, str | int] = {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        facts["memory_mb"] = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1_000_000
    return facts


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
