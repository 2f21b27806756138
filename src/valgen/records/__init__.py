"""Typed records over the log: what runs found, as model values.

Source: design.md §5.
"""

from __future__ import annotations

from valgen.records.run_json import run_result_json, run_summary
from valgen.records.run_reader import check_evidence, closing_runs, evidence_path, read_runs

__all__ = ["check_evidence", "closing_runs", "evidence_path", "read_runs", "run_result_json", "run_summary"]
