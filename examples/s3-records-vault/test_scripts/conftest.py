"""Fixtures of the test scripts: the AWS services, the vault on top of them, and the test accounts.

The vault application is found beside this folder, as it is delivered; in AWSVAL and PROD the installed release
takes its place (PYTHONPATH of the server).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.append(str(ROOT))


@pytest.fixture(scope="session")
def simulator(environment: Any) -> Iterator[Any]:
    """The simulated AWS services of this session; None where the environment names a real endpoint."""
    from valgen_project_steps import service

    if service.wanted_endpoint(environment["endpoint"]) != service.SIMULATOR:
        yield None
        return
    server = service.start_simulator()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def session_service(environment: Any, simulator: Any) -> Any:
    """The AWS services and the credentials for them."""
    from valgen_project_steps import service

    declared = environment
    endpoint = service.wanted_endpoint(declared["endpoint"])
    return service.service_at(endpoint, declared["region"], declared["bucket"], simulator)


@pytest.fixture
def aws(session_service: Any) -> Any:
    """The AWS services with the vault freshly installed, where they are simulated."""
    session_service.fresh()
    return session_service


@pytest.fixture
def site(aws: Any) -> Iterator[Any]:
    """The vault with its accounts, and what the case has done so far; settings it changed are put back."""
    from valgen_project_steps import world

    found = world.Site(aws)
    yield found
    if not aws.simulated:  # the simulator is emptied before the next case
        for undo in reversed(found.undo):
            undo()
