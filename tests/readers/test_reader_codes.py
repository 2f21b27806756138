"""The codes of the readers: each is raised somewhere, and each says what, why and how to mend it."""

import re
from pathlib import Path

import pytest

import valgen.readers
from valgen.codes import CODES
from valgen.codes.documents import DOCUMENTS
from valgen.codes.items import ITEMS
from valgen.codes.reading import READING
from valgen.codes.scripts import SCRIPTS

OWN = [info for table in (READING, ITEMS, SCRIPTS, DOCUMENTS) for info in table]
SOURCES = "\n".join(path.read_text("utf-8") for path in Path(valgen.readers.__file__).parent.glob("*.py"))


def test_every_code_that_readers_raise_is_explained():
    assert set(re.findall(r'"(VG\d{3})"', SOURCES)) <= set(CODES)


def test_every_code_of_the_readers_is_raised():
    raised = set(re.findall(r'"(VG\d{3})"', SOURCES)) | {"VG001"}  # VG001 is the code of SourceError itself
    assert [info.code for info in OWN if _is_reader_code(info.code) and info.code not in raised] == []


def _is_reader_code(code):
    number = int(code[2:])
    return number < 100 or 100 <= number < 140 or 200 <= number < 230 or 300 <= number < 320


@pytest.mark.parametrize("info", OWN, ids=lambda info: info.code)
def test_code_is_explained_in_whole_sentences(info):
    assert info.title
    assert not info.title.endswith(".")
    assert info.why.endswith(".")
    assert info.fix
