"""Equal content gives equal bytes, on any machine and at any time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import office_samples

from valgen.writers.docx import write_docx
from valgen.writers.rows import write_csv, write_json
from valgen.writers.xlsx import write_workbook

_PROGRAM = """
import hashlib, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_reproducible
with tempfile.TemporaryDirectory() as folder:
    print(test_reproducible.digest(Path(folder)))
"""


def _files(folder: Path) -> list[bytes]:
    book = office_samples.matrix()
    documents = (office_samples.urs(), office_samples.oq_report(folder), office_samples.risk_assessment())
    return [
        *(write_docx(document) for document in documents),
        write_workbook(book, pages={f"URS-{number:03d}": "URS" for number in range(30)}),
        write_csv(book.sheets[0].table),
        write_json(book.sheets[0].table),
    ]


def digest(folder: Path) -> str:
    """Return one digest over all sample files."""
    return hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in _files(folder))).hexdigest()


def test_bytes_do_not_depend_on_hash_seed_zone_locale_or_folder(tmp_path: Path) -> None:
    digests = {digest(tmp_path)}
    for seed, zone, locale in (("1", "Pacific/Kiritimati", "de_DE.UTF-8"), ("2", "America/St_Johns", "C")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LANG": locale, "LC_ALL": locale}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(Path(__file__).parent)],
            capture_output=True, text=True, check=True, env=environment, cwd=folder,
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_parts_carry_one_fixed_time_and_no_machine(tmp_path: Path) -> None:
    for data in _files(tmp_path)[:4]:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist()]
            assert names[0] == "[Content_Types].xml" and len(names) == len(set(names))
            for info in archive.infolist():
                assert info.date_time == (1980, 1, 1, 0, 0, 0)
                assert (info.create_system, info.external_attr) == (0, 0x20)
                assert str(tmp_path).encode() not in archive.read(info)
