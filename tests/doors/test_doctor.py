"""``valgen doctor`` looks for every package that valgen needs."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from valgen.cli.doctor_ import _PACKAGES


def test_doctor_looks_for_every_required_package() -> None:
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    required = {re.split(r"[<>=!~\[; ]", name, maxsplit=1)[0] for name in project["project"]["dependencies"]}
    assert set(_PACKAGES) == required
