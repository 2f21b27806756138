"""Reading a log without lock and keys.

Records under the newest checkpoint are compared with its root while they are read, so that altered results are never
shown as results; signatures and everything else are the matter of ``verify``.

Format: docs/format.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from valgen.errors import VerificationError
from valgen.ledger import canonical
from valgen.ledger.files import Layout, read_lines, read_plain
from valgen.ledger.heads import read_head
from valgen.ledger.merkle import Edge, leaf_hash
from valgen.ledger.note import Checkpoint
from valgen.ledger.record import Stored, read_line


def read_log(folder: Path) -> Iterator[Stored]:
    """Yield every record of a log, oldest first, without lock and keys and in bounded memory.

    Ends at the last line that is complete and valid. Signatures are not checked; the records under the newest
    checkpoint are compared with its root once they were all read. A folder without a log yields nothing.

    Raises:
        VerificationError: records under the newest checkpoint are missing or altered, or the checkpoint is missing.
    """
    layout = Layout(folder)
    try:
        sealed: Checkpoint | None = read_head(read_plain(layout.checkpoint)).checkpoint
    except FileNotFoundError:
        sealed = None
    edge = Edge()
    for first, path in layout.segments():
        if first != edge.size:
            break
        for line in read_lines(path):
            inside = sealed is not None and edge.size < sealed.size
            try:
                if not line.complete:
                    raise VerificationError("the line has no end", code="VG510")
                body = canonical.decode_line(line.data)["body"] if inside else read_line(line.data)[0]
            except (VerificationError, KeyError) as error:
                if inside:
                    raise _altered(layout, f"record {edge.size} in log/{path.name} cannot be read") from error
                return
            if sealed is None and edge.size:
                # The first record is sealed before a second one is written, so somebody took the seal away.
                raise _altered(layout, "the checkpoint that sealed them is missing")
            leaf = leaf_hash(line.data)
            if not inside and body["seq"] != edge.size:
                return
            yield Stored(seq=edge.size, leaf=leaf.hex(), body=body, file=path.name, offset=line.offset)
            edge.append(leaf)
            if sealed is not None and edge.size == sealed.size and edge.root() != sealed.root:
                raise _altered(layout, f"the first {sealed.size} records are not those that were sealed")
    if sealed is not None and edge.size < sealed.size:
        raise _altered(layout, f"{sealed.size} records were sealed and only {edge.size} can be read")


def root_at(folder: Path, size: int) -> bytes:
    """Return the root over the first `size` records as they lie there, 32 bytes; empty where there are fewer."""
    edge = Edge()
    for _, path in Layout(folder).segments():
        for line in read_lines(path):
            if edge.size == size:
                return edge.root()
            if line.complete:
                edge.append(leaf_hash(line.data))
    return edge.root() if edge.size == size else b""


def _altered(layout: Layout, reason: str) -> VerificationError:
    return VerificationError(
        f"the records in {layout.root} were altered: {reason}",
        why="results that may have been changed are not shown as results",
        fix="run `valgen verify` to see where; restore the folder from a backup, or, for a dry log, move it away",
        code="VG507",
    )
