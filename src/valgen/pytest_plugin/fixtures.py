"""Fixtures for step code, known only while a session executes test scripts.

The docstrings are what ``pytest --fixtures`` shows to people.
"""

from __future__ import annotations

from typing import Any

import pytest

from valgen.steps.environment import Environment
from valgen.steps.evidence import Evidence


@pytest.fixture
def evidence(request: pytest.FixtureRequest) -> Evidence:
    """What the running step expected and observed, and the files it attaches."""
    item: Any = request.node
    attempt = getattr(item, "attempt", None)
    if attempt is None:
        pytest.fail("the evidence fixture serves steps of test scripts (.feature) only", pytrace=False)
    found: Evidence = attempt.evidence
    return found


@pytest.fixture(scope="session")
def environment(request: pytest.FixtureRequest) -> Environment:
    """The chosen environment: its name and its variables by name, secrets included."""
    from valgen.pytest_plugin.door import door_of

    return door_of(request.config).single_environment()
