"""What proved nothing, or failed where nobody looked, never counts as passed."""

from __future__ import annotations

import subprocess
import sys

import pytest

WAYS = {
    "async": ("a step that is a coroutine", "object of type coroutine"),
    "asyncgen": ("a step that is an asynchronous generator", "object of type async_generator"),
    "promise": ("a step that returns a coroutine", "object of type coroutine"),
    "later": ("a step that returns a generator", "object of type generator"),
    "thread": ("a step whose thread fails", "Exception in thread"),
}
WAYS_STEPS = """
import threading

@then("a step that is a coroutine")
async def _():
    assert False

@then("a step that is an asynchronous generator")
async def _():
    assert False
    yield

async def promised():
    assert False

@then("a step that returns a coroutine")
def _():
    return promised()

def one_day():
    assert False
    yield

@then("a step that returns a generator")
def _():
    return one_day()

def fail():
    raise AssertionError("nobody looks here")

@then("a step whose thread fails")
def _(evidence):
    evidence.actual("started")
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
"""


def test_step_whose_statements_nobody_carried_out_or_saw_fail_is_error(tiny):
    cases = "".join(f"  @OQ-{name}\n  Scenario: {name}\n    Then {text}\n" for name, (text, _) in WAYS.items())
    tiny.write("test_scripts/oq/one.feature", f"Feature: ways\n{cases}")
    tiny.steps(WAYS_STEPS)
    done = tiny.valgen("run", "oq")
    assert done.returncode == 1
    found = tiny.results()
    for name, (_, words) in WAYS.items():
        outcome, message = found[f"OQ-{name}"]
        assert outcome == "Error", name
        assert words in message, name


def test_case_tagged_evidence_without_an_attachment_is_not_passed(tiny):
    tiny.write(
        "test_scripts/oq/one.feature",
        """
        Feature: evidence
          @OQ-001 @evidence
          Scenario: without
            Given it is ready
          @OQ-002 @evidence
          Scenario: with
            Given a file is kept
        """,
    )
    tiny.steps("""
        @given("a file is kept")
        def _(evidence):
            evidence.attach(b"log", "log.txt")
        """)
    tiny.valgen("run", "oq")
    found = tiny.results()
    assert found["OQ-001"] == ("Error", "the case is tagged @evidence, but no step attached anything")
    assert found["OQ-002"][0] == "Passed"


EXCHANGED = {
    "meaning of an exception": """
        import valgen.pytest_plugin.attempts as attempts
        from valgen.model.outcome import Outcome
        attempts.outcome_of = lambda error, in_step: Outcome.PASSED
        """,
    "what is sent of a failure": """
        from valgen.pytest_plugin.attempts import Attempt
        Attempt._send_failed = lambda self, number, error: self._recorder.step_passed(number)
        """,
    "the line to the recorder": """
        from valgen.recorder.client import RecorderClient
        RecorderClient.step = lambda self, event: self.step_passed(event["n"])
        """,
    "the call of a step": """
        import sys
        import pytest_bdd
        sys.modules["pytest_bdd.scenario"]._execute_step_function = lambda *given: None
        """,
    "the loop over the steps": """
        from valgen.pytest_plugin.attempts import Attempt
        def run_steps(self, request, case):
            self._recorder.begin_steps()
            for step in self.case.steps:
                self._recorder.step_passed(step.number)
            self.steps_ran = True
        Attempt.run_steps = run_steps
        """,
}


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(code, id=name, marks=[] if number < 2 else pytest.mark.real)
        for number, (name, code) in enumerate(EXCHANGED.items())
    ],
)
def test_exchanged_function_of_valgen_makes_every_case_error(tiny, code):
    tiny.steps('@then("it holds")\ndef _():\n    assert 1 == 2\n')
    tiny.write("test_scripts/conftest.py", code)
    done = tiny.valgen("run", "oq")
    assert done.returncode == 1
    outcome, message = tiny.results()["OQ-001"]
    assert outcome == "Error"
    assert "was replaced" in message


def test_step_that_two_functions_define_is_refused_with_both_places(tiny):
    tiny.steps(
        '@then("it holds")\ndef _():\n    assert 1 == 2\n\n@then("it holds")\ndef _():\n    assert True\n',
    )
    done = tiny.valgen("run", "oq")
    assert done.returncode == 2
    assert "error[VG414]" in done.stderr
    assert "test_scripts/steps/s.py:6:1, test_scripts/steps/s.py:10:1" in done.stderr


def test_helper_module_keeps_its_assertions_whatever_python_is_told(tiny):
    tiny.write("helpers/checks.py", "def check():\n    assert 1 == 2\n")
    tiny.steps("""
        import pathlib, sys
        @then("it holds")
        def _():
            sys.path.insert(0, str(pathlib.Path("helpers").resolve()))
            import checks
            checks.check()
        """)
    assert tiny.valgen("run", "oq", PYTHONOPTIMIZE="2").returncode == 1
    assert tiny.results()["OQ-001"][0] == "Failed"
    plain = subprocess.run(
        [sys.executable, "-O", "-m", "pytest", "-p", "no:cacheprovider", "test_scripts/oq"],
        cwd=tiny.root, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert plain.returncode == 2
    assert "VG413" in plain.stdout


@pytest.mark.parametrize(
    ("before", "after", "because"),
    [
        ('version = "1.0"', 'version = "2.0"', "declared as Tiny 2.0, the run saw Tiny 1.0"),
        ('sum = "5"', 'sum = "6"', "the variables of VAL changed"),
    ],
)
def test_result_of_another_system_version_or_variable_no_longer_counts(tiny, before, after, because):
    assert tiny.valgen("run", "oq").returncode == 0
    (stage,) = tiny.json("status")["stages"]
    assert (stage["results"], stage["stale"]) == ({"Passed": 1}, [])
    settings = (tiny.root / "valgen.toml").read_text("utf-8")
    tiny.write("valgen.toml", settings.replace(before, after))
    (stage,) = tiny.json("status")["stages"]
    assert (stage["results"], stage["stale"]) == ({"Not executed": 1}, ["OQ-001"])
    assert {row["dry_status"] for row in tiny.json("trace")["rows"]} == {"Covered-Not executed"}
    tiny.valgen("build", "--format", "docx")
    import docx

    report = docx.Document(str(tiny.root / "build/pack/word/OQ-report.docx"))
    text = "\n".join(paragraph.text for paragraph in report.paragraphs)
    cells = "\n".join(cell.text for table in report.tables for row in table.rows for cell in row.cells)
    assert because in text + cells
    assert "1 planned: 1 Not executed" in text + cells


def test_project_id_that_records_cannot_hold_is_a_finding_and_none_is_needed_to_run(tiny):
    settings = (tiny.root / "valgen.toml").read_text("utf-8")
    tiny.write("valgen.toml", settings.replace('id = "T1"', 'id = "T 1"'))
    done = tiny.valgen("check")
    assert done.returncode == 1
    assert "valgen.toml:2:6: error[VG007]" in done.stdout
    tiny.write("valgen.toml", settings.replace('id = "T1"', ""))
    assert tiny.valgen("run", "oq").returncode == 0
