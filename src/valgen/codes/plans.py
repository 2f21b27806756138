"""Codes about the set of documents and the answers that decide it."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

PLANS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG350",
        I_,
        "screening questions not answered",
        "The GxP impact follows from the answers; an open question leaves it without a reason.",
        "Answer the questions under screening: in requirements/applicability.yaml, each with a rationale.",
    ),
    CodeInfo(
        "VG351",
        E_,
        "screening question that valgen does not know",
        "An answer to no question decides nothing.",
        "Use the name of a shipped question, or write the words of your own question under text.",
        "{question: stores_record, answer: yes, rationale: x}",
    ),
    CodeInfo(
        "VG352",
        W_,
        "GxP impact contradicts the screening",
        "Two statements about the impact make a reviewer doubt both.",
        "Correct gxp_impact in the settings, or the answer that is wrong.",
    ),
    CodeInfo(
        "VG353",
        W_,
        "component of a higher category than its project",
        "The most demanding component decides which documents are expected.",
        "State the highest category for the project, or correct the component.",
    ),
    CodeInfo(
        "VG354",
        E_,
        "activity without exactly one accountable role",
        "With nobody accountable nobody decides, and with two nobody knows who does.",
        "Give each row of the table exactly one A; the letters are R, A, C and I, also together as A/R.",
        "| Approve the plan | A | A |",
    ),
    CodeInfo(
        "VG355",
        E_,
        "screening question answered twice",
        "Two answers to one question contradict each other sooner or later.",
        "Keep one row per question.",
    ),
    CodeInfo(
        "VG356",
        I_,
        "GAMP category or GxP impact not stated",
        "They decide which documents are expected; the plan and the assessment print that they are not stated.",
        "Write gamp_category and gxp_impact under [project] of the settings.",
    ),
)
