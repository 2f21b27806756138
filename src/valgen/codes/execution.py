"""Codes about execution and evidence."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

EXECUTION: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG400",
        E_,
        "A run could not be carried out",
        "Without a run there is no result; what was planned stays Not executed.",
        "Read the message above it: it names what stopped the run. Mend that and start the run again.",
    ),
    CodeInfo(
        "VG401",
        E_,
        "The environment of a run is not clear",
        "A result belongs to one environment. A run in the wrong one, or in a guessed one, proves nothing.",
        "Name the environment: valgen run oq --env VAL, or pytest --valgen-env VAL.",
    ),
    CodeInfo(
        "VG402",
        E_,
        "Nothing is planned to be executed",
        "A run without planned cases has no result that a report could show.",
        "Write test cases for the stage, or plan the stage in the environment under [stages] in the settings.",
    ),
    CodeInfo(
        "VG403",
        E_,
        "Test scripts with mistakes cannot be executed",
        "A case that cannot be read or has no id would be missing from the run without a word.",
        "Mend the findings that are listed, or see them all with valgen check.",
    ),
    CodeInfo(
        "VG404",
        E_,
        "A secret of the environment is missing or unusable",
        "Secrets are read from the process environment, so that no file and no record holds them.",
        "Set the variable that the message names before the run, with a value of at least four characters.",
        'key = { secret = "S3V_KEY" }',
    ),
    CodeInfo(
        "VG405",
        E_,
        "Two test cases have one id",
        "The id is the identity of a case. Results of two cases under one id could not be told apart.",
        "Give one of the cases an id of its own; never reuse the id of a retired case.",
        "@OQ-014\nScenario: first\n@OQ-014\nScenario: second",
    ),
    CodeInfo(
        "VG406",
        E_,
        "A step module cannot be loaded",
        "The steps that it defines would be unknown, and every case that needs them would end as Error.",
        "Mend the line that the message names, or install the package that it imports.",
    ),
    CodeInfo(
        "VG407",
        E_,
        "A feature is also bound by a Python module",
        "valgen executes feature files itself. Through the module each case would run a second time, without a record.",
        "Remove scenarios(...) or @scenario(...) from the Python module and move its steps to test_scripts/steps.",
        'scenarios("oq.feature")',
    ),
    CodeInfo(
        "VG410",
        E_,
        "The recorder cannot start",
        "The recorder is the process that keeps what happens in a run. Without it nothing would count.",
        "See that Python may start processes and that the folder for temporary files can be written.",
    ),
    CodeInfo(
        "VG411",
        E_,
        "Evidence cannot be written",
        "A result whose evidence is not kept does not count, so the run ends at once.",
        "See that the disk has room and that you may write to the folder .valgen of the project, then run again.",
    ),
    CodeInfo(
        "VG412",
        E_,
        "pytest could not carry out the run",
        "pytest ended before it could execute the planned cases; they stay Not executed.",
        "Read pytest's own words below the message; valgen run -v shows all of its output.",
    ),
    CodeInfo(
        "VG413",
        E_,
        "Python runs without assertions",
        "Under python -O the assert statements of helper modules do nothing, so a case could pass unchecked.",
        "Start Python without -O and unset PYTHONOPTIMIZE, then run again.",
    ),
    CodeInfo(
        "VG414",
        E_,
        "A step is defined twice",
        "Which definition is executed depends on the order of loading, so the result could come from either.",
        "Keep one definition, or word the steps differently.",
        '@then("the sum is right")\ndef first(): ...\n\n@then("the sum is right")\ndef second(): ...',
    ),
    CodeInfo(
        "VG419",
        E_,
        "The disk has no room for a run",
        "A run whose evidence cannot be kept must not begin. Room is asked for before the first step, and a little of "
        "it is kept back, so that a disk that fills up later still takes the record that the run was aborted.",
        "Make room on the disk of the records, then start the run again. What an aborted run recorded stays.",
    ),
    CodeInfo(
        "VG420",
        E_,
        "Formal run without a tester",
        "A formal run belongs to a tester who showed who they are, and to an approved protocol.",
        "Use valgen run STAGE --formal --as USER. pytest alone makes dry runs.",
    ),
    CodeInfo(
        "VG421",
        E_,
        "Selection or repetition by pytest in a formal execution",
        "What was executed and what was left out must be visible as rows, not hidden in options of a test runner.",
        "Leave out pytest's options and unset PYTEST_ADDOPTS; choose with --case what to execute now.",
        "valgen run oq --formal --pytest=-k --pytest=retention",
    ),
    CodeInfo(
        "VG422",
        E_,
        "Script, requirement or step code is not the approved one",
        "A formal execution shows what the approved protocol says. After a change nobody has agreed to it any more.",
        "Bring the files back, or add a row to the history of the protocol and have the new version approved.",
    ),
    CodeInfo(
        "VG423",
        E_,
        "No approved protocol to execute",
        "Tests that nobody approved before they were executed are rehearsals.",
        "Have the protocol of the stage signed by everybody whom the workflow asks for, then execute it formally.",
    ),
    CodeInfo(
        "VG424",
        E_,
        "Earlier stage is not reported",
        "A stage relies on the one before: what is not installed as specified cannot be shown to operate.",
        "Execute and review the earlier stage, and have its report approved.",
    ),
    CodeInfo(
        "VG425",
        E_,
        "Not allowed to execute formally",
        "Formal tests are executed by people whom somebody named as testers, or by a service that goes on with what a "
        "tester began.",
        "Ask an administrator for the role tester: valgen user grant USER tester.",
    ),
    CodeInfo(
        "VG426",
        E_,
        "System under validation is not declared, or is another one",
        "Results hold for one system in one version.",
        "Give name and version under [system] of the settings. A new version of the system takes a new version of the "
        "protocol.",
    ),
    CodeInfo(
        "VG427",
        E_,
        "Nothing is left to be executed formally",
        "Every planned case has an accepted result; executing one again is a decision that somebody states.",
        "Name the case with --case.",
    ),
    CodeInfo(
        "VG428",
        E_,
        "Nothing that could be reviewed",
        "A review is of results that are recorded, once nobody executes any more.",
        "See valgen status for executions and their ids; wait until a run has ended.",
    ),
    CodeInfo(
        "VG429",
        E_,
        "Review says nothing on results that were not accepted",
        "Who accepts results with failures among them says what becomes of each, also where a later attempt passed.",
        "Name each of these cases in the comment and say what was decided.",
        '--comment "OQ-002 failed on a wrong test account, which was corrected; the second attempt passed"',
    ),
)
