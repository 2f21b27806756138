"""Code in the test process that tries to make a result look better than it is."""

from __future__ import annotations

import pytest

from valgen.model.outcome import Outcome, RunState

FEATURE = """
Feature: honest
  @OQ-001
  Scenario: fails
    Given a number
    Then the number is 4

  @OQ-002
  Scenario: passes
    Given a number
    Then the number is 3
"""

HOSTILE = {
    "report flipped by a wrapper": """
        import pytest
        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_makereport(item, call):
            report = yield
            report.outcome = "passed"
            return report
        """,
    "report replaced": """
        import pytest
        from _pytest.reports import TestReport
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_makereport(item, call):
            return TestReport(item.nodeid, item.location, {}, "passed", None, call.when)
        """,
    "report flipped when it is logged": """
        import pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_logreport(report):
            report.outcome = "passed"
        """,
    "exception swallowed around the call": """
        import pytest
        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_call(item):
            try:
                return (yield)
            except AssertionError:
                return None
        """,
    "exception information dropped": """
        import pytest
        @pytest.hookimpl(wrapper=True, tryfirst=True)
        def pytest_runtest_makereport(item, call):
            call.excinfo = None
            return (yield)
        """,
    "failure turned into an expected one": """
        import pytest
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_makereport(item, call):
            report = yield
            if report.failed:
                report.outcome = "skipped"
                report.wasxfail = "known"
            return report
        """,
    "steps not run at all": """
        from valgen.pytest_plugin.collect import CaseItem
        CaseItem.runtest = lambda self: None
        """,
}


@pytest.mark.parametrize(
    "conftest",
    [pytest.param(code, id=name, marks=[] if "wrapper" in name or "call" in name else pytest.mark.real)
     for name, code in HOSTILE.items()],
)  # fmt: skip
def test_code_that_improves_a_report_makes_the_case_error_and_pytest_fail(box, conftest):
    box.write("test_scripts/oq/a.feature", FEATURE)
    box.write("test_scripts/conftest.py", conftest)
    done = box.pytest("test_scripts/oq")
    found = box.run().last_attempt("OQ-001")
    assert found.outcome is Outcome.ERROR
    assert "the report was changed by other code" in found.message
    assert done.returncode == 1


def test_case_that_other_code_never_ran_is_not_executed(box):
    box.write("test_scripts/oq/a.feature", FEATURE)
    box.write(
        "test_scripts/conftest.py",
        """
        import pytest
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_protocol(item):
            return True if item.name == "OQ-001" else None
        """,
    )
    box.pytest("test_scripts/oq")
    run = box.run()
    assert run.last_attempt("OQ-001") is None
    assert run.last_attempt("OQ-002").outcome is Outcome.PASSED


def test_every_attempt_at_a_case_is_kept(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    When it works the second time\n")
    box.write(
        "test_scripts/steps/flaky.py",
        """
        from pytest_bdd import when
        TRIES = []

        @when("it works the second time")
        def _(evidence):
            TRIES.append(1)
            evidence.actual(f"try {len(TRIES)}")
            assert len(TRIES) == 2
        """,
    )
    # What pytest-rerunfailures does: the first reports are not logged as they are.
    box.write(
        "test_scripts/conftest.py",
        """
        import pytest
        from _pytest.runner import runtestprotocol

        @pytest.hookimpl(tryfirst=True)
        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            for number in range(3):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
                failed = [report for report in reports if report.failed]
                for report in reports:
                    if failed and report.failed:
                        report.outcome = "rerun"
                    item.ihook.pytest_runtest_logreport(report=report)
                    if failed and report.outcome == "rerun":
                        item._initrequest()
                        break
                if not failed:
                    break
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
            return True
        """,
    )
    box.pytest("test_scripts/oq")
    first, second = box.run().attempts
    assert (first.number, first.outcome, first.steps[0].actual) == (1, Outcome.FAILED, ("try 1",))
    assert (second.number, second.outcome, second.steps[0].actual) == (2, Outcome.PASSED, ("try 2",))


def test_step_that_misuses_evidence_ends_as_error(box):
    box.write(
        "test_scripts/oq/a.feature",
        """
        Feature: a
          @OQ-001
          Scenario: link
            When a link is attached
          @OQ-002
          Scenario: long
            When a long value is given
          @OQ-003
          Scenario: late
            When evidence comes too late
          @OQ-004
          Scenario: no mapping
            When a table of texts is given
        """,
    )
    box.write(
        "test_scripts/steps/misuse.py",
        """
        import pytest
        from pytest_bdd import when

        @when("a link is attached")
        def _(tmp_path, evidence):
            (tmp_path / "link").symlink_to("/etc/hostname")
            evidence.attach(tmp_path / "link")

        @when("a long value is given")
        def _(evidence):
            evidence.actual("x" * 40000)

        @pytest.fixture
        def late(evidence):
            yield
            evidence.actual("after everything")

        @when("evidence comes too late")
        def _(late):
            pass

        @when("a table of texts is given")
        def _(evidence):
            evidence.table(["a", "b"])
        """,
    )
    box.pytest("test_scripts/oq")
    found = {one.case: one for one in box.run().attempts}
    assert {one.outcome for one in found.values()} == {Outcome.ERROR}
    assert "is a link" in found["OQ-001"].message
    assert "40000 characters" in found["OQ-002"].message
    assert "only while a step runs" in found["OQ-003"].message
    assert "list of mappings" in found["OQ-004"].message


def test_large_values_and_strange_texts_are_kept_whole(box):
    box.write("test_scripts/oq/a.feature", "Feature: a\n  @OQ-001\n  Scenario: a\n    When much is seen\n")
    box.write(
        "test_scripts/steps/much.py",
        """
        from pytest_bdd import when

        @when("much is seen")
        def _(evidence):
            evidence.actual("ä" * 30000)
            evidence.actual("line\\none \\udc80 \\x00 \\u202e")
            evidence.table([{"n": i, "text": "x" * 20} for i in range(1500)])
            evidence.attach(b"\\x00\\xff" * 3_000_000, "big.bin")
            evidence.attach(b"", "empty.txt")
        """,
    )
    assert box.pytest("test_scripts/oq").returncode == 0
    run = box.run()
    assert run.state is RunState.FINISHED
    (step,) = run.attempts[0].steps
    assert step.actual == ("ä" * 30000, "line\none \\udc80 \x00 \u202e")
    assert len(step.tables[0]) == 1501
    assert [ref.size_bytes for ref in step.evidence] == [6_000_000, 0]
