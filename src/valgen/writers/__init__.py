"""Blocks into files: Word, HTML, Excel. No decision about content is left here."""
