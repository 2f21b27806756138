"""Formal executions through the real command line: who may execute what, what is recorded, reviewed and shown."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

import formal_site
from command_line import good
from formal_site import Site

COMMENT = "every step and attachment compared with the protocol; OQ-002 failed as the adapter was forgotten"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project with an approved OQ protocol; nobody may change it."""
    return formal_site.found(tmp_path_factory.mktemp("formal"))


@pytest.fixture
def site(founded: Site, tmp_path: Path) -> Site:
    """A copy of the project and its keys."""
    copy: Site = founded.copied(tmp_path)
    return copy


def report(site: Site) -> str:
    """Build the OQ report and return its words."""
    good(site.valgen("build", "OQ-report", "--format", "html"))
    text = (site.root / "build/pack/html/OQ-report.html").read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def verified(site: Site) -> None:
    """Verify the ledger alone; a pack that was built before it is another matter."""
    shutil.rmtree(site.root / "build", ignore_errors=True)
    good(site.valgen("verify"))


@pytest.mark.verifies("FS-095")
def test_a_formal_run_is_recorded_verified_and_shown_in_the_report(site: Site) -> None:
    done = site.run("tess")
    assert done.returncode == 1, done.stderr
    assert "exec-0001 opened for OQ-protocol 1.0" in done.stderr
    assert "FORMAL" in done.stdout
    assert "Formal run of exec-0001 by Tess Tester (tess)." in done.stdout
    assert "Without an accepted result: OQ-002" in done.stdout
    assert not (site.root / ".valgen/dry").exists()

    (opened,) = site.records("execution.opened")
    assert opened["protocol"]["document"] == "OQ-protocol"
    assert opened["protocol"]["version"] == "1.0"
    assert sorted(opened["cases"]) == ["OQ-001", "OQ-002"]
    assert opened["system"] == {"name": "Tiny", "version": "1.0"}
    (started,) = site.records("run.started")
    assert (started["mode"], started["execution"], started["tester"]) == ("formal", "exec-0001", opened["actor"])
    assert started["session"] == opened["session"]
    assert [one["outcome"] for one in site.records("case.result")] == ["Passed", "Failed"]
    verified(site)

    words = report(site)
    assert "DRY RUN" not in words
    assert "Tess Tester (tess)" in words
    assert "exec-0001" in words


def test_a_failed_case_that_passes_later_counts_and_every_attempt_stays_listed(site: Site) -> None:
    assert site.run("tess").returncode == 1
    second = site.run("theo")
    assert "goes on with" in second.stderr and "not accepted are executed again" in second.stderr
    site.plug_in()
    third = good(site.run("tess"))
    assert "Every planned case has an accepted result." in third
    assert [one["case"] for one in site.records("case.result")] == ["OQ-001", "OQ-002", "OQ-002", "OQ-002"]
    words = report(site)
    for run in ("run-0001", "run-0002", "run-0003"):
        assert run in words
    assert "Theo Tester (theo)" in words
    (row,) = [one for one in json.loads(site.valgen("trace", "--json").stdout)["rows"] if one["id"] == "FS-001"]
    assert row["status"] == "Covered-Passed"
    assert len(site.records("execution.opened")) == 1
    verified(site)


def test_a_chosen_case_leaves_the_others_as_rows_and_a_later_session_executes_them(site: Site) -> None:
    done = site.run("tess", "--case", "OQ-001")
    assert done.returncode == 1
    assert "2 cases planned, 1 chosen" in done.stdout
    assert [one["case"] for one in site.records("case.result")] == ["OQ-001"]
    assert "Not executed" in report(site)
    site.plug_in()
    good(site.run("theo"))
    assert [one["case"] for one in site.records("case.result")] == ["OQ-001", "OQ-002"]
    nothing = site.run("theo")
    assert nothing.returncode == 2
    assert "VG427" in nothing.stderr
    good(site.run("theo", "--case", "OQ-001"))


@pytest.mark.verifies("FS-095")
@pytest.mark.parametrize(
    "options",
    [
        ("-k", "Works"),
        ("-m", "OQ-001"),
        ("--lf",),
        ("--reruns", "2"),
        ("-x",),
        ("--maxfail=1",),
        ("--deselect", "x"),
        ("-p", "no:valgen"),
        ("--co",),
    ],
    ids=lambda given: given[0],
)
def test_pytest_own_selection_is_refused_and_the_refusal_recorded(site: Site, options: tuple[str, ...]) -> None:
    done = site.run("tess", *(word for one in options for word in ("--pytest", one)))
    assert done.returncode == 2
    assert "refused[VG421]" in done.stderr
    (refused,) = site.records("refused")
    assert (refused["act"], refused["code"], refused["subject"]) == ("execution", "VG421", "OQ in VAL")
    assert not site.records("execution.opened", "run.started")


@pytest.mark.verifies("FS-095")
@pytest.mark.parametrize("name", ["PYTEST_ADDOPTS", "PYTEST_PLUGINS"])
def test_options_of_pytest_in_the_environment_are_refused(site: Site, name: str) -> None:
    done = site.run("tess", environment={name: "-p no:valgen"})
    assert done.returncode == 2
    assert name in done.stderr
    assert not site.records("run.started")


@pytest.mark.verifies("FS-095")
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("test_scripts/oq/add.feature", "Then the sum is 5", "Then the sum is 6"),
        ("test_scripts/oq/add.feature", "@OQ-002 @verifies:FS-001", "@OQ-003 @verifies:FS-001"),
    ],
)
def test_a_script_that_changed_after_the_approval_is_not_executed(
    site: Site, name: str, before: str, after: str
) -> None:
    site.edit(name, before, after)
    done = site.run("tess")
    assert done.returncode == 2
    assert "VG422" in done.stderr
    assert "run.started" not in {one["kind"] for one in site.records()}


@pytest.mark.verifies("FS-095")
def test_step_code_that_changed_after_opening_is_refused(site: Site) -> None:
    assert site.run("tess", "--case", "OQ-001").returncode == 1
    site.edit("test_scripts/steps/calculator.py", "assert total == expected", "assert True")
    done = site.run("tess")
    assert done.returncode == 2
    assert "step code changed since the execution was opened: test_scripts/steps/calculator.py" in done.stderr
    site.edit("test_scripts/steps/calculator.py", "assert True", "assert total == expected")
    site.write("conftest.py", "import sys\n")
    assert "conftest.py" in site.run("tess").stderr
    assert len(site.records("run.started")) == 1
    assert len(site.records("refused")) == 2


@pytest.mark.verifies("FS-095")
def test_a_conftest_that_leaves_cases_out_stops_the_run(site: Site) -> None:
    site.write("conftest.py", "def pytest_collection_modifyitems(items):\n    del items[1:]\n")
    done = site.run("tess")
    assert done.returncode == 2
    assert "VG421" in done.stderr
    assert not site.records("run.started")


def test_who_is_no_tester_cannot_execute_formally(site: Site) -> None:
    done = site.run("anna")
    assert done.returncode == 2
    assert "refused[VG425]" in done.stderr
    wrong = site.run("tess", password="not the password of tess")
    assert wrong.returncode == 2
    assert "VG576" in wrong.stderr
    assert not site.records("run.started")


def test_without_an_approved_protocol_nothing_is_executed_formally(site: Site) -> None:
    site.write("test_scripts/iq/setup.feature", "Feature: I\n  @IQ-001\n  Scenario: S\n    Given a calculator\n")
    done = site.by("tess", "run", "iq", "--formal")
    assert done.returncode == 2
    assert "VG423" in done.stderr
    later = site.run("tess")
    assert later.returncode == 2
    assert "refused[VG424] IQ-report on IQ in VAL is not approved" in later.stderr


def test_a_service_goes_on_with_what_a_tester_began(site: Site) -> None:
    assert "refused[VG425]" in site.run("rig7").stderr
    assert site.run("tess", "--case", "OQ-001").returncode == 1
    site.plug_in()
    good(site.run("rig7"))
    assert [one["session"] for one in site.records("run.started")][1] == ""
    verified(site)


@pytest.mark.verifies("FS-096")
def test_the_report_is_signed_only_after_an_accepted_review_by_somebody_who_executed_nothing(site: Site) -> None:
    assert site.run("tess").returncode == 1
    early = site.sign("OQ-report", "authored", "anna")
    assert early.returncode == 1
    assert "refused[VG619]" in early.stderr

    own = site.review("tess", COMMENT)
    assert own.returncode == 1
    assert "refused[VG606]" in own.stderr
    silent = site.review("quinn", "every step and attachment compared with the protocol")
    assert silent.returncode == 1
    assert "refused[VG429] the comment says nothing on OQ-002 (Failed in run-0001)" in silent.stderr
    assert "VG601" in site.review("quinn", "n/a").stderr
    assert "VG602" in site.review("anna", COMMENT).stderr
    assert site.review("rig7", COMMENT).returncode == 1
    assert len(site.records("refused")) == 6
    assert site.by("quinn", "review", "exec-0009", "--conclusion", "accepted", "--comment", COMMENT).returncode == 2

    good(site.review("quinn", "the attachment of step 1 is of another device", conclusion="returned"))
    assert "VG619" in site.sign("OQ-report", "authored", "anna").stderr
    assert "exec-0001 reviewed, accepted: 2 results, by Quinn Quality" in good(site.review("quinn", COMMENT))
    words = report(site)
    assert "Quinn Quality, QA" in words
    assert COMMENT in words
    good(site.sign("OQ-report", "authored", "anna"))
    good(site.sign("OQ-report", "approved", "quinn"))
    verified(site)

    # Whatever is executed after the review has to be reviewed as well.
    site.plug_in()
    good(site.run("tess", "--case", "OQ-002"))
    states = {one["key"]: one for one in site.status()["documents"]}
    assert states["OQ-report"]["valid"] == "1.0"
    assert "OQ-report" in " ".join(site.status()["why"])


@pytest.mark.verifies("FS-096")
def test_a_tester_does_not_approve_the_report_under_any_role(site: Site) -> None:
    site.plug_in()
    good(site.by("mara", "user", "grant", "tess", "qa"))
    good(site.run("tess"))
    assert "VG606" in site.by("tess", "review", "exec-0001", "--conclusion", "accepted", "--comment", COMMENT).stderr
    good(site.review("quinn", COMMENT))
    good(site.sign("OQ-report", "authored", "anna"))
    own = site.sign("OQ-report", "approved", "tess")
    assert own.returncode == 1
    assert "refused[VG606]" in own.stderr


def test_cases_that_were_not_executed_are_named_before_results_are_accepted(site: Site) -> None:
    assert site.run("tess", "--case", "OQ-001").returncode == 1
    silent = site.review("quinn", "every attachment was looked at")
    assert "OQ-002 (Not executed)" in silent.stderr
    done = good(site.review("quinn", "all looked at; OQ-002 follows when the adapter has been delivered"))
    assert "Not executed yet: OQ-002" in done


def test_status_lists_executions_with_what_is_open_and_who_is_awaited(site: Site) -> None:
    before = site.status()
    assert before["executions"] == []
    assert "Execute OQ in VAL formally: valgen run oq --env VAL --formal" in before["next"]
    said = site.valgen("status").stdout
    assert "OQ-protocol" in said and [line for line in said.splitlines() if line != line.rstrip()] == []
    assert site.run("tess", "--case", "OQ-001").returncode == 1
    (one,) = site.status()["executions"]
    assert (one["execution"], one["protocol"], one["version"]) == ("exec-0001", "OQ-protocol", "1.0")
    assert (one["testers"], one["runs"]) == (["Tess Tester (tess)"], ["run-0001"])
    assert (one["open"], one["awaited"]) == (["OQ-002"], "a tester: OQ-002")
    site.plug_in()
    good(site.run("theo"))
    after = site.status()
    assert after["executions"][0]["awaited"] == "a reviewer who executed none of its tests"
    assert "exec-0001 (OQ in VAL): 2 of 2 tests not reviewed" in after["why"]
    good(site.review("quinn", "every step and attachment compared with the protocol"))
    (one,) = site.status()["executions"]
    assert (one["open"], one["unreviewed"], one["review"], one["awaited"]) == ([], [], "accepted", "")
    assert "review: accepted" in site.valgen("status").stdout


@pytest.mark.verifies("FS-095")
@pytest.mark.parametrize("victim", ["tests", "recorder"])
def test_a_killed_formal_run_stays_listed_as_aborted(site: Site, victim: str) -> None:
    target = "os.getpid()" if victim == "tests" else "int(next(HERE.glob('.valgen/lock/recorder-*')).name[9:])"
    site.edit("test_scripts/steps/calculator.py", "    plugged = (", f"    os.kill({target}, 9)\n    plugged = (")
    done = site.run("tess")
    assert done.returncode != 0
    status = site.status()
    assert [(one["run"], one["state"]) for one in status["runs"]] == [("run-0001", "aborted")]
    # A recorder that is killed may not have taken note yet that the case began; it never passed.
    assert status["stages"][0]["results"] in ({"Passed": 1, "Aborted": 1}, {"Passed": 1, "Not executed": 1})
    assert status["executions"][0]["awaited"] == "a tester: OQ-002"
    words = report(site)
    assert "Aborted" in words and "run-0001" in words
    again = site.run("theo")  # the execution goes on; a run that lost its recorder is closed by the next one
    assert again.returncode != 0
    assert "run.aborted" in {one["kind"] for one in site.records()}
    assert len(site.records("run.started")) == 2
    verified(site)


@pytest.mark.verifies("FS-095")
def test_a_log_that_leads_nowhere_stops_the_run_before_its_first_step(site: Site) -> None:
    (segment,) = (site.root / ".valgen/log").iterdir()
    kept = segment.read_bytes()
    segment.unlink()
    segment.symlink_to("/dev/null")
    done = site.run("tess")
    assert done.returncode == 2
    assert "FORMAL" not in done.stdout
    segment.unlink()
    segment.write_bytes(kept)
    assert not site.records("run.started")


def test_a_dry_run_beside_formal_results_stays_labelled_and_counts_for_nothing(site: Site) -> None:
    site.plug_in()
    good(site.run("tess"))
    (site.root.parent / "adapter").unlink()
    assert site.valgen("run", "oq").returncode == 1
    status = site.status()
    assert [(one["run"], one["mode"]) for one in status["runs"]] == [("run-0001", "formal"), ("dry-0001", "dry")]
    assert status["stages"][0]["results"] == {"Passed": 2}
    words = report(site)
    assert "dry-0001 DRY RUN" in words
    (row,) = [one for one in json.loads(site.valgen("trace", "--json").stdout)["rows"] if one["id"] == "FS-001"]
    assert (row["status"], row["dry_status"]) == ("Covered-Passed", "Covered-Failed")


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        ('"Tiny 1.0"', 1, "read from the system before the first step: Tiny 1.0"),
        ('{"name": "Tiny", "version": "1.0"}', 1, "read from the system before the first step: Tiny 1.0"),
        ('"Tiny 1.1"', 2, "the system says that it is Tiny 1.1, and Tiny 1.0 is declared"),
        ("1 / 0", 2, "the system cannot be asked which one it is: ZeroDivisionError"),
    ],
    ids=["text", "mapping", "other version", "no answer"],
)
def test_the_system_is_asked_which_one_it_is_before_the_first_step(
    site: Site, answer: str, status: int, words: str
) -> None:
    site.write("test_scripts/steps/identity.py", f"def system_identity(environment):\n    return {answer}\n")
    done = site.run("tess")
    assert done.returncode == status, done.stderr
    if status == 2:
        assert words in done.stderr
        assert [one["code"] for one in site.records("refused")] == ["VG426"]
        assert not site.records("run.started")
    else:
        assert words in report(site)


def test_formal_runs_as_data_name_execution_and_tester(site: Site) -> None:
    site.plug_in()
    shape = json.loads(good(site.run("tess", "--json", "-n", "2")))
    assert (shape["mode"], shape["execution"], shape["tester"]) == ("formal", "exec-0001", "Tess Tester (tess)")
    assert shape["summary"]["passed"] == 2
    verified(site)
    assert site.valgen("run", "oq", "--as", "tess").returncode == 2
    assert site.by("tess", "run", "--formal").returncode == 2


def test_a_changed_protocol_is_executed_once_its_new_version_is_approved(site: Site) -> None:
    site.plug_in()
    good(site.run("tess"))
    site.edit("test_scripts/oq/add.feature", "When 2 and 2 are added", "When 4 and 4 are added")
    assert "VG422" in site.run("tess", "--case", "OQ-002").stderr
    path = site.root / "requirements/documents.yaml"
    head, key, tail = path.read_text(encoding="utf-8").partition("T1-OQ-001")
    row = '      - {version: "1.1", date: "2026-02-01", author: Anna Author, summary: OQ-002 adds other numbers}'
    path.write_text(head + key + tail.rstrip() + "\n" + row + "\n", encoding="utf-8")
    site.approve("OQ-protocol")
    done = good(site.run("theo"))
    assert "2 cases planned, 1 chosen" in done  # the result of the script that did not change goes on counting
    assert [one["execution"] for one in site.records("execution.opened")] == ["exec-0001", "exec-0002"]
    first, second = site.status()["executions"]
    assert (first["current"], second["current"], second["open"]) == (False, True, [])
    words = report(site)
    assert "exec-0001" in words and "exec-0002" in words


@pytest.mark.verifies("FS-095")
def test_pytest_alone_makes_no_formal_run(site: Site) -> None:
    for name in ("valgen.toml", "nowhere"):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "test_scripts/oq", "--valgen-formal", name, "--valgen-stage", "oq"],
            cwd=site.root,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode != 0
        assert "a formal run cannot begin by itself" in done.stdout + done.stderr
    assert not site.records("run.started")
