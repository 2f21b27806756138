"""Frozen values in the field's words; nothing here opens a file or reads the clock."""
