"""Equal content gives equal bytes, on any machine and at any time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import office_samples
import pikepdf
from pdf_files import one, opened

from valgen.writers.pdf import Attachment, write_pdf

_PROGRAM = """
import sys, tempfile
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
import test_pdf_reproducible
with tempfile.TemporaryDirectory() as folder:
    print(test_pdf_reproducible.digest(Path(folder)))
"""


def digest(folder: Path) -> str:
    """Return one digest over the sample documents."""
    documents = (office_samples.urs(), office_samples.oq_report(folder), office_samples.risk_assessment())
    extra = Attachment(name="a.txt", media_type="text/plain", data=b"text", description="a text")
    whole = hashlib.sha256()
    for document in documents:
        for data in write_pdf(document, attachments=(extra,)).volumes:
            whole.update(hashlib.sha256(data).digest())
    return whole.hexdigest()


def test_bytes_do_not_depend_on_hash_seed_zone_locale_or_folder(tmp_path: Path) -> None:
    digests = {digest(tmp_path)}
    here = Path(__file__).parent
    for seed, zone, locale in (("1", "Pacific/Kiritimati", "de_DE.UTF-8"), ("2", "America/St_Johns", "C")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {
            "PYTHONHASHSEED": seed, "TZ": zone, "LANG": locale, "LC_ALL": locale, "TMPDIR": str(folder),
            "SOURCE_DATE_EPOCH": seed,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM, str(here), str(here.parent / "writers")],
            capture_output=True, text=True, check=True, env=environment, cwd=folder,
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_file_names_no_machine(tmp_path: Path) -> None:
    file = opened(one(office_samples.oq_report(tmp_path)))
    for item in file.objects:
        if isinstance(item, pikepdf.Stream):
            assert str(tmp_path).encode() not in bytes(item.get_raw_stream_buffer())
    assert str(tmp_path) not in str(file.docinfo)


def test_another_document_before_changes_nothing(tmp_path: Path) -> None:
    first = one(office_samples.urs())
    one(office_samples.risk_assessment())
    assert one(office_samples.urs()) == first
