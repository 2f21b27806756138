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
        "VG408",
        E_,
        "Formal executions are not possible in this version",
        "A formal execution needs a ledger of people's records (accounts, approvals, signatures), which this version "
        "does not keep. A dry run made to look like one would be no evidence.",
        "Run without --formal. Dry runs are labelled as such in every document.",
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
)
