"""Codes about a company's Word template."""

from __future__ import annotations

from valgen.codes._entry import CodeInfo
from valgen.errors import Severity

E_, W_, I_ = Severity.ERROR, Severity.WARNING, Severity.INFO

WORD_TEMPLATES: tuple[CodeInfo, ...] = (
    CodeInfo(
        "VG710",
        E_,
        "Word template whose pages do not name the document",
        "Every page must show number, title, version, status, page x of y and content digest, so that a loose page "
        "can be told from one of another document or version.",
        "valgen adds a line with the missing facts to the foot of every page. To have them where you want them, put "
        "what the message names into the head or foot in Word: placeholders such as {{document.version}}, and the "
        "fields PAGE and NUMPAGES. Or remove the head and foot, and valgen's own stand there.",
    ),
    CodeInfo(
        "VG711",
        E_,
        "unknown placeholder in a Word template",
        "It would be printed in every document as it stands.",
        "Correct the name. `valgen template list --word` shows every name.",
        "{{document.verson}}",
    ),
    CodeInfo(
        "VG712",
        E_,
        "block placeholder in the wrong place",
        "Sections and tables can only stand in the text of the page itself, each of them once.",
        "Put the placeholder alone into a paragraph of the body: not into a table, a text box, a head or foot, and not "
        "beside other text.",
        "Contents: {{contents}}",
    ),
    CodeInfo(
        "VG713",
        W_,
        "style missing in a Word template",
        "valgen adds the style in the fonts and colours of the template, which may not be what the company wants.",
        "Make a style of that name in Word, or take it over from the template that `valgen template eject word` "
        "writes. Nothing needs to be done when the look is right.",
    ),
    CodeInfo(
        "VG714",
        E_,
        "style of a Word template that cannot be used",
        "A style of another kind cannot give a paragraph, a table or a word its look.",
        "Rename the style, or make one of the kind that the message names.",
    ),
    CodeInfo(
        "VG715",
        E_,
        "page of a Word template too narrow",
        "Tables with results need at least 10 cm between the margins.",
        "Choose a wider paper or narrower margins for the section that holds {{content}}.",
    ),
    CodeInfo(
        "VG716",
        I_,
        "text of a Word template not used",
        "Without {{content}} nobody can know where the sections of a document belong. Styles, page, heads and feet are "
        "used all the same.",
        "Write {{content}} alone into the paragraph where the sections shall stand, or leave it so.",
    ),
    CodeInfo(
        "VG717",
        W_,
        "Word template without a part that reviewers expect",
        "A controlled document has a control block on its first pages and a table of contents.",
        "Write {{control}} or {{contents}} alone into a paragraph.",
    ),
    CodeInfo(
        "VG718",
        W_,
        "field in a Word template that valgen does not fill",
        "A reader would see what stood there when the template was saved, or a value that changes with the reader's "
        "computer.",
        "Use a placeholder such as {{document.title}}, or remove the field.",
    ),
    CodeInfo(
        "VG719",
        I_,
        "numbering of heading styles switched off",
        "Section numbers are part of what is signed, so documents carry them as text. The numbering of the style would "
        "print them twice.",
        "Nothing needs to be done. Headings that the template itself contains keep their numbering.",
    ),
    CodeInfo(
        "VG723",
        W_,
        "Word template that no document uses",
        "A file that lies in the folder and does nothing is easily taken for the one in use.",
        "Remove it, or give it the key or type of a document, such as URS.docx or protocol.docx.",
    ),
    CodeInfo(
        "VG724",
        E_,
        "several Word templates and none for all documents",
        "The look of a document must not depend on the order of files in a folder.",
        "Name the general one company.docx, or set word_template under [project] in the settings.",
    ),
    CodeInfo(
        "VG725",
        I_,
        "Word template in another language",
        "Word checks spelling and hyphenates in the language that a text is marked with. valgen marks its documents "
        "with the language of the project.",
        "Set language under [project] if the documents are written in the language of the template.",
    ),
    CodeInfo(
        "VG726",
        W_,
        "comments, tracked changes or footnotes in a Word template",
        "They do not belong into issued documents: changes are taken as accepted, comments and footnotes of the "
        "template's own text are left out.",
        "Accept or reject the changes and delete comments and footnotes in Word.",
    ),
    CodeInfo(
        "VG727",
        E_,
        "Word template not found",
        "Documents would be written in another look than the settings ask for.",
        "Correct word_template under [project]: a .docx or .dotx file inside the project, with forward slashes.",
    ),
    CodeInfo(
        "VG728",
        I_,
        "valgen's own head or foot on pages without one",
        "Every page must name the document; the template has no head or foot there that could.",
        "Nothing needs to be done, or write a head and foot in Word.",
    ),
    CodeInfo(
        "VG729",
        W_,
        "unknown line of the control block",
        "A placeholder for a line that no control block has prints a dash in every document.",
        "Correct the name, or remove the placeholder.",
        "{{control.Efective date}}",
    ),
    CodeInfo(
        "VG760",
        E_,
        "finished document used as a Word template",
        "Its cover and head name that document, and would stand in every other one.",
        "Take the Word template from which it was made, or write one with `valgen template eject word`.",
    ),
)
