"""Codes about supporting documents: training, suppliers, changes, deviations, reviews."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

SUPPORTING: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG360",
        W_,
        "training record that is not complete",
        "A record without trainer or result does not show that somebody was trained.",
        "Add trainer, and outcome where the training was assessed; or remove the date while it is only planned.",
        "date: 2026-03-20   # without trainer",
    ),
    CodeInfo(
        "VG361",
        E_,
        "dates that contradict each other",
        "An inspector reads dates first; a record that ends before it begins is believed in nothing else.",
        "Correct the date that is wrong.",
        "date: 2026-03-20, valid_until: 2025-03-20",
    ),
    CodeInfo(
        "VG362",
        W_,
        "training that was not passed and not repeated",
        "Access and testing are allowed only after training; a failed assessment gives neither.",
        "Add the record of the repeated training of this person, or take the person's access away.",
    ),
    CodeInfo(
        "VG363",
        E_,
        "prerequisite that names no training record",
        "A test may be executed only by somebody with the training that its prerequisites ask for.",
        "Define the training record, or correct its id in the line Prerequisites:.",
        "Prerequisites: training TRN-099",
    ),
    CodeInfo(
        "VG364",
        W_,
        "supplier finding without action or date",
        "A major or critical finding that nobody follows up excludes reliance on the supplier.",
        "Add action and due, or correct the rating.",
        "rating: major   # without action",
    ),
    CodeInfo(
        "VG365",
        W_,
        "reliance on a supplier document that does not carry it",
        "Evidence about another version, or only a part of the use, does not replace own testing.",
        "Say under site_evidence what is shown on site besides, or lower leverage.",
        "leverage: full, version_match: no",
    ),
    CodeInfo(
        "VG366",
        W_,
        "change record that lacks what its state needs",
        "A change is closed once it is assessed, implemented and verified; a record without that proves none of it.",
        "Add the fields that the message names, or remove closed while the change is open.",
        "closed: 2026-04-30   # without verified",
    ),
    CodeInfo(
        "VG367",
        W_,
        "conclusion without a fixed term, or better than its points",
        "A conclusion in words of one's own, or one that the findings do not allow, is sent back by every reviewer.",
        "Use one of the terms that the message names, and one that the points of the document allow.",
    ),
    CodeInfo(
        "VG368",
        W_,
        "review point whose action has no owner or date",
        "An action that nobody owns is an open item of the next review.",
        "Add action, owner and due.",
        "result: action_required   # without owner",
    ),
    CodeInfo(
        "VG369",
        W_,
        "test that asks for training that has not taken place",
        "The test may not be executed formally until its testers are trained.",
        "Hold the training and add date and trainer to its record.",
    ),
)
