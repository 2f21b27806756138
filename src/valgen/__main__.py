"""``python -m valgen``."""

from valgen.cli import main

main()
