"""One graph of requirements, risks, tests and clauses, and the questions put to it.

Nothing in this room opens a file or reads the clock.
"""
