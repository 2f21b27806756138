"""The append-only log of records: bytes, tree, checkpoints, blobs, keys, verification.

Everything here is specified byte by byte in docs/format.md. No clock is read in this room: times come in with each
record."""
