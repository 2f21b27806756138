"""Secrets: read from the process environment, and in nothing that is kept or shown."""

from __future__ import annotations

import base64

import pytest

from valgen.model.outcome import Outcome

CANARY = 'c4n"ry-Ä&value/9+'

FEATURE = """
Feature: secrets
  @OQ-001
  Scenario: used everywhere
    When the key <key> opens <endpoint> of <system.version> and <unknown>
    Then it was seen
      | key   | place      |
      | <key> | <endpoint> |

  @OQ-002
  Scenario: in a failure
    When it fails with the key

  @OQ-003
  Scenario: in a picture
    When the key is hidden in bytes
"""

STEPS = """
import base64, html, json, logging, urllib.parse
import pytest
from pytest_bdd import parsers, then, when

@when(parsers.parse("the key {key} opens {endpoint} of {version} and {unknown}"))
def _(key, endpoint, version, unknown, environment, evidence):
    assert key == environment["key"] and environment.name == "VAL"
    assert (endpoint, version, unknown) == ("http://box:1", "2.1.0", "<unknown>")
    evidence.expected(key)
    evidence.actual({"key": key})
    evidence.table([{key: key, "json": json.dumps(key)}])
    evidence.attach(json.dumps({"k": key, "b": base64.b64encode(("user:" + key).encode()).decode()}).encode(), "a.json")
    evidence.attach(key.encode("utf-16"), "b.txt")
    evidence.attach(html.escape(key).encode(), key + ".html")
    evidence.attach(urllib.parse.quote(key).encode(), "d.txt")

@then("it was seen")
def _(datatable, environment):
    assert datatable[1] == [environment["key"], "http://box:1"]

@when("it fails with the key")
def _(environment):
    logging.getLogger().error("log %s", environment["key"])
    print(environment["key"])
    key = environment["key"]
    assert key == "other", key

@when("the key is hidden in bytes")
def _(environment, evidence):
    evidence.attach(b"\\xff\\xfe\\x00\\xd8" + environment["key"].encode() + b"\\xff", "p.png")
"""


def secret_box(box):
    box.write("test_scripts/oq/s.feature", FEATURE)
    box.write("test_scripts/steps/secrets.py", STEPS)
    settings = (box.root / "valgen.toml").read_text()
    box.write("valgen.toml", settings.replace('"http://box:1" }', '"http://box:1", key = { secret = "BOX_KEY" } }'))
    return box


def test_no_byte_that_is_kept_or_shown_holds_the_secret(box):
    done = secret_box(box).pytest("test_scripts/oq", "-rA", "--junitxml=junit.xml", BOX_KEY=CANARY)
    assert {found.case: found.outcome for found in box.run().attempts} == {
        "OQ-001": Outcome.PASSED,
        "OQ-002": Outcome.FAILED,
        "OQ-003": Outcome.ERROR,
    }
    whole = CANARY.encode()
    forms = [whole, base64.b64encode(whole), CANARY.encode("utf-16")[2:], CANARY.replace('"', '\\"').encode()]
    files = [path for path in box.root.rglob("*") if path.is_file()]
    for data in [*(path.read_bytes() for path in files), (done.stdout + done.stderr).encode()]:
        assert not any(form in data for form in forms)
        assert b"value/9" not in data
    text = box.run().last_attempt("OQ-001").steps[0].text
    assert text == "the key [secret BOX_KEY] opens http://box:1 of 2.1.0 and <unknown>"
    assert "holds the value of a secret" in box.run().last_attempt("OQ-003").message


def test_missing_secret_stops_the_run_before_it_begins(box):
    done = secret_box(box).pytest("test_scripts/oq")
    assert done.returncode == 2
    assert "needs the secret BOX_KEY" in done.stdout
    assert not box.dry.exists()


@pytest.mark.real
def test_secret_too_short_to_redact_is_refused(box):
    done = secret_box(box).pytest("test_scripts/oq", BOX_KEY="abc")
    assert done.returncode == 2
    assert "fewer than 4 characters" in done.stdout
