"""JSON Schemas of what commands print with ``--json`` (design.md §7).

Scripts rely on these keys: keys may be added, never renamed, so nothing is closed against further keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from valgen.errors import Severity
from valgen.model.outcome import Outcome, RunMode, RunState, Stage

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_YES: Schema = {"type": "boolean"}
_RESULT: Schema = {"enum": [outcome.value for outcome in Outcome]}
_MODE: Schema = {"enum": [mode.value for mode in RunMode]}


def _object(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
    }


def _list(entry: Schema) -> Schema:
    return {"type": "array", "items": entry}


def _titled(title: str, shape: Schema) -> Schema:
    return {"title": title, **shape}


_OPEN: Schema = {"type": "object"}
_BECAUSE = _object({"id": _TEXT, "because": {"type": ["string", "array"]}})

_CHECK = _object(
    {
        "findings": _list(
            _object(
                {
                    "code": {"type": "string", "pattern": "^VG[0-9]{3}$"},
                    "severity": {"enum": [severity.value for severity in Severity]},
                    "message": _TEXT,
                    "path": {"type": ["string", "null"]},
                    "line": {"type": ["integer", "null"], "minimum": 0},
                    "column": {"type": ["integer", "null"], "minimum": 0},
                    "ids": _TEXTS,
                }
            )
        ),
        "summary": _object({"items": _COUNT, "test_cases": _COUNT, "errors": _COUNT, "warnings": _COUNT}),
    }
)
_TRACE = _object(
    {
        "rows": _list(
            _object(
                {
                    "id": _TEXT,
                    "type": _TEXT,
                    "title": _TEXT,
                    "upstream": _TEXTS,
                    "downstream": _TEXTS,
                    "clauses": _TEXTS,
                    "risks": _TEXTS,
                    "tests": _list(
                        _object(
                            {
                                "id": _TEXT,
                                "stage": {"enum": [stage.value for stage in Stage]},
                                "environment": _TEXT,
                                "result": _RESULT,
                                "run": {"type": ["string", "null"]},
                                "dry_result": {"enum": [*_RESULT["enum"], "", None]},
                                "deviations": _TEXTS,
                                "assessed": _TEXTS,
                            }
                        )
                    ),
                    "status": _TEXT,
                    "dry_status": _TEXT,
                }
            )
        )
    }
)
_RUN = _object(
    {
        "run": {"type": ["string", "null"]},
        "stage": {"enum": [*(stage.value for stage in Stage), None]},
        "mode": _MODE,
        "environment": _TEXT,
        "cases": _list(
            _object(
                {
                    "id": _TEXT,
                    "result": _RESULT,
                    "steps": _list(
                        _object(
                            {
                                "text": _TEXT,
                                "result": _RESULT,
                                "actual": {"type": ["string", "array"]},
                                "evidence": {"type": "array"},
                            }
                        )
                    ),
                }
            )
        ),
        "summary": {
            "type": "object",
            "properties": {"planned": _COUNT, "passed": _COUNT},
            "required": ["planned", "passed"],
        },
    }
)
_STATUS = _object(
    {
        "validated": _YES,
        "why": _list({"type": ["string", "object"]}),
        "documents": _list(_OPEN),
        "stages": _list(_OPEN),
        "runs": _list(_object({"run": _TEXT, "mode": _MODE, "state": {"enum": [state.value for state in RunState]}})),
        "executions": _list(_OPEN),
        "next": _list({"type": ["string", "object"]}),
    }
)
_VERIFY = _object(
    {
        "ok": _YES,
        "records": _COUNT,
        "problems": _list(_object({"code": _TEXT, "where": _TEXT, "message": _TEXT})),
        "anchored_to": {},
        "unanchored": {},
    }
)
_IMPACT = _object(
    {
        "tests": _object({"repeat": _list(_BECAUSE), "not_repeated": _list(_BECAUSE)}),
        "documents": {"type": "array"},
    }
)
_STEPS = _list(_object({"family": _TEXT, "pattern": _TEXT, "example": _TEXT, "doc": _TEXT}))

RESULT_SCHEMAS: Mapping[str, Schema] = {
    "check": _titled("valgen check --json", _CHECK),
    "trace": _titled("valgen trace --json", _TRACE),
    "run": _titled("valgen run --json", _RUN),
    "status": _titled("valgen status --json", _STATUS),
    "verify": _titled("valgen verify --json", _VERIFY),
    "impact": _titled("valgen impact --json", _IMPACT),
    "steps": _titled("valgen steps --json", _STEPS),
}
