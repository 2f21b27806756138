"""Codes about items and their links."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

ITEMS: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG100",
        E_,
        "file whose form is not understood",
        "Items are found by their form: a list, or a group with items.",
        "Write a list of items, or type, defaults and items, or one single item with an id.",
        "URS-010: The system shall ...",
    ),
    CodeInfo(
        "VG101",
        E_,
        "unknown field of an item",
        "A field that is silently ignored is missing from every document.",
        "Use the suggested name, or remove the line; valgen explain and the editor list the fields of each type.",
        "titel: Audit trail",
    ),
    CodeInfo(
        "VG102",
        E_,
        "required field missing",
        "A reviewer cannot judge an item that lacks it.",
        "Add the field that the message names.",
        "- id: URS-010",
    ),
    CodeInfo(
        "VG103",
        E_,
        "value of the wrong kind",
        "A list, a text and a group of keys mean different things.",
        "Write the kind of value that the message names; a list stands in square brackets.",
        "satisfies: URS-010",
    ),
    CodeInfo(
        "VG105",
        E_,
        "word that is not allowed here",
        "Only the listed words have a meaning, for people and for rules.",
        "Use one of the words that the message lists.",
        "priority: high",
    ),
    CodeInfo(
        "VG106",
        E_,
        "id of the wrong form",
        "Ids lead from every document to its evidence; they must be plain and unmistakable.",
        "Write a type in capitals, a hyphen, then letters, digits, dots and hyphens: URS-010.",
        "id: URS 10",
    ),
    CodeInfo(
        "VG107",
        E_,
        "id of an unknown type",
        "The letters before the hyphen say what an item is.",
        "Use a known type, or declare your own under [types.X] in the settings.",
        "id: REQ-010",
    ),
    CodeInfo(
        "VG108",
        E_,
        "id and type disagree",
        "The item would appear in the wrong document.",
        "Make the letters before the hyphen equal to the type.",
        "type: FS\nid: URS-010",
    ),
    CodeInfo(
        "VG109",
        E_,
        "empty value",
        "An empty field looks filled in the file and prints as nothing.",
        "Write the value, or remove the line.",
    ),
    CodeInfo(
        "VG110",
        E_,
        "date of the wrong form",
        "Dates must be unmistakable in every country.",
        "Write year, month and day: 2026-03-02.",
        "effective_date: 2.3.2026",
    ),
    CodeInfo(
        "VG111",
        E_,
        "retired without a reason",
        "A retired id stays in the documents, and a reviewer asks why it was retired.",
        "Add reason: with one sentence.",
        "status: retired",
    ),
    CodeInfo(
        "VG112",
        E_,
        "item without an id",
        "Nothing can refer to it, so it cannot be traced.",
        "Add id: as its first line.",
        "- title: Audit trail",
    ),
    CodeInfo(
        "VG113",
        E_,
        "unknown key of an item file",
        "A key that is silently ignored is believed to work.",
        "Use type, defaults and items only.",
    ),
    CodeInfo(
        "VG114",
        W_,
        "file without items",
        "Somebody may believe that it counts.",
        "Write the items, or remove the file.",
    ),
    CodeInfo(
        "VG115",
        E_,
        "default that cannot be a default",
        "An id belongs to one item alone.",
        "Remove id from defaults.",
    ),
    CodeInfo(
        "VG116",
        W_,
        "value written twice in a list",
        "The second one has no effect and usually stands for another that was meant.",
        "Remove it, or put in what was meant.",
        "satisfies: [URS-010, URS-010]",
    ),
    CodeInfo(
        "VG117",
        E_,
        "several lines where one is wanted",
        "Titles and short values stand in table cells and headings.",
        "Join the lines; long text belongs into text:.",
    ),
    CodeInfo(
        "VG118",
        E_,
        "figure that cannot be found",
        "Documents would lack the picture.",
        "Put the file beside the item file, or mend the name; paths are relative to the item file.",
    ),
)
