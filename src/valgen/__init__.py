"""valgen: validation documents with executed evidence."""

__version__ = "0.1.0"
