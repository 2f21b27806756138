"""Codes about test scripts."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

SCRIPTS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG200",
        E_,
        "feature file that cannot be understood",
        "From this place on the script has no certain meaning, so none of its cases can be executed.",
        "Mend the line named; the rest of the file is checked afterwards.",
    ),
    CodeInfo(
        "VG201",
        E_,
        "scenario without an id",
        "A test without an id cannot be traced, executed formally or appear in a report.",
        "Put a tag such as @OQ-014 on the line above the scenario.",
    ),
    CodeInfo(
        "VG202",
        E_,
        "scenario with several ids",
        "Results would belong to two test cases at once.",
        "Keep one id tag per scenario; use @verifies: for the requirements it tests.",
    ),
    CodeInfo(
        "VG203",
        E_,
        "id and folder disagree",
        "valgen run oq executes the folder oq; a case of another stage there is executed at the wrong time.",
        "Move the file into the folder of its stage, or change the id.",
    ),
    CodeInfo(
        "VG204",
        E_,
        "mistyped tag",
        "A tag that is nearly a known one has no effect, and somebody relies on it.",
        "Use the suggested tag.",
        "@critcal",
    ),
    CodeInfo(
        "VG205",
        W_,
        "unknown tag",
        "Tags that valgen does not know have no effect.",
        "Use a known tag, or put the word into the description.",
    ),
    CodeInfo(
        "VG206",
        E_,
        "tag without a proper value",
        "Nobody can tell what the test verifies, or where it is planned.",
        "Write one value after the colon, without spaces; repeat the tag for more.",
        "@verifies:",
    ),
    CodeInfo(
        "VG207",
        E_,
        "two rows with one case name",
        "Two results would carry the same id.",
        "Give every row of the outline a name of its own in the column case.",
    ),
    CodeInfo(
        "VG208",
        E_,
        "outline without rows",
        "An outline without rows is a test that is never executed.",
        "Add an Examples table with a header row and at least one row below it.",
    ),
    CodeInfo(
        "VG209",
        W_,
        "feature file without scenarios",
        "It looks like a test and tests nothing.",
        "Write a scenario, or remove the file.",
    ),
    CodeInfo(
        "VG210",
        E_,
        "scenario without steps",
        "A test without steps cannot show anything, and must not look as if it passed.",
        "Write Given, When and Then steps, or mark the scenario @retired.",
    ),
    CodeInfo(
        "VG211",
        I_,
        "rows known by number only",
        "When a row is inserted, numbers move and old results no longer belong to the same row.",
        "Add a column case with a short name for each row: OQ-014[hot].",
    ),
    CodeInfo(
        "VG212",
        W_,
        "case name that cannot be used",
        "The name would become part of the id of the test case; the row is known by its number instead.",
        "Use letters, digits, dots, hyphens and underscores, at most 40.",
        "| case |\n| 20 C |",
    ),
    CodeInfo(
        "VG213",
        E_,
        "tag names an environment that is not defined",
        "Nobody can tell where the test is to be executed.",
        "Define it under [environments.NAME] in the settings, or use the name suggested.",
    ),
    CodeInfo(
        "VG214",
        W_,
        "feature file outside iq, oq and pq",
        "valgen run iq, oq and pq each look into their own folder.",
        "Move the file into the folder of its stage.",
    ),
    CodeInfo(
        "VG215",
        E_,
        "manual and unscripted at once",
        "A manual case follows its steps, an unscripted one follows a charter; it cannot be both.",
        "Keep one of the two tags.",
    ),
    CodeInfo(
        "VG216",
        E_,
        "column of Examples without a name, or named twice",
        "Placeholders would be filled from the wrong column.",
        "Give every column of the table one name of its own.",
    ),
)
