"""Steps of this project. The system under test would be called where ``mean`` is."""

import platform
from decimal import ROUND_HALF_UP, Decimal

from pytest_bdd import parsers, then, when


def mean(replicates):
    if len(replicates) != 3:
        raise ValueError("three replicates are needed")
    return (sum(replicates) / 3).quantize(Decimal("0.01"), ROUND_HALF_UP)


@when("the version of the runtime is read", target_fixture="answer")
def read_version(evidence):
    evidence.actual(f"version {platform.python_version()}")
    return platform.python_version()


@then(parsers.parse('it is at least "{lowest}"'))
def at_least(answer, lowest, evidence):
    evidence.expected(f"{lowest} or later")
    evidence.actual(answer)
    assert tuple(map(int, answer.split(".")[:2])) >= tuple(map(int, lowest.split(".")))


@when(parsers.parse("the mean of {replicates} is calculated"), target_fixture="answer")
def calculate(replicates, evidence):
    numbers = [Decimal(text) for text in replicates.split(", ")]
    try:
        result = str(mean(numbers))
    except ValueError as error:
        result = f"refused: {error}"
    evidence.actual(result)
    return result


@then(parsers.parse("the mean is {expected}"))
def mean_is(answer, expected, evidence):
    evidence.expected(expected)
    evidence.actual(answer)
    assert answer == expected


@then(parsers.parse('the calculation is refused with "{message}"'))
def refused(answer, message, evidence):
    evidence.expected(f"refused: {message}")
    evidence.actual(answer)
    assert answer == f"refused: {message}"
