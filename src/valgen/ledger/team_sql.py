"""The tables of a team store in PostgreSQL: how they are made, and whether they are still what was made.

An administrator of the database makes them, with the SQL given here, and owns them. The role that writes records owns
nothing, may read and add, and may move the head of a ledger on. Triggers refuse to change or remove rows to everybody,
owner and superuser included, until somebody disables them, which is found.

Nothing here keeps an owner from rewriting rows after all. That is found by comparing them with signed checkpoints
that are kept elsewhere (``team_verify``).

Source: integrity.md I-18. Implements: DS-045.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

FORMAT = 1
"""Of the tables."""

_TABLES = {
    "ledger": """
    origin text PRIMARY KEY,
    format integer NOT NULL CHECK (format = 1),
    root bytea NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    kept bigint NOT NULL CHECK (kept >= 0),
    checkpoint bytea NOT NULL""",
    "record": """
    origin text NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 0),
    line bytea NOT NULL,
    PRIMARY KEY (origin, seq)""",
    "kept": """
    origin text NOT NULL,
    number bigint NOT NULL CHECK (number >= 0),
    line bytea NOT NULL,
    PRIMARY KEY (origin, number)""",
    "blob": """
    origin text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content bytea NOT NULL,
    PRIMARY KEY (origin, sha256)""",
}
_REFUSE = """
BEGIN
    RAISE EXCEPTION 'valgen: rows of %.% are only ever added', TG_TABLE_SCHEMA, TG_TABLE_NAME;
END
"""
_FORWARD = """
BEGIN
    IF NEW.origin <> OLD.origin OR NEW.format <> OLD.format OR NEW.root <> OLD.root
        OR NEW.size < OLD.size OR NEW.kept < OLD.kept THEN
        RAISE EXCEPTION 'valgen: a ledger only moves forward';
    END IF;
    RETURN NEW;
END
"""
# Bits of pg_trigger.tgtype: row 1, before 2, insert 4, delete 8, update 16, truncate 32.
_TRIGGERS = (
    ("ledger", "never_removed", "BEFORE DELETE OR TRUNCATE", "STATEMENT", "refuse", 2 + 8 + 32),
    ("ledger", "only_forward", "BEFORE UPDATE", "ROW", "forward", 1 + 2 + 16),
    ("record", "only_added", "BEFORE UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "refuse", 2 + 8 + 16 + 32),
    ("kept", "only_added", "BEFORE UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "refuse", 2 + 8 + 16 + 32),
    ("blob", "only_added", "BEFORE UPDATE OR DELETE OR TRUNCATE", "STATEMENT", "refuse", 2 + 8 + 16 + 32),
)
_FORBIDDEN = {
    "ledger": ("DELETE", "TRUNCATE", "TRIGGER"),
    "record": ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"),
    "kept": ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"),
    "blob": ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"),
}
_NEEDED_SETTINGS = {"fsync": "on", "full_page_writes": "on"}

Run = Callable[..., Sequence[Sequence[Any]]]


def setup_sql(schema: str, roles: Sequence[str]) -> str:
    """Return the SQL that makes the tables and gives roles what they need, for an administrator of the database.

    Args:
        schema: a plain name of small letters.
        roles: that write records; they must exist.
    """
    parts = [f"CREATE SCHEMA {schema};"]
    parts += [f"CREATE TABLE {schema}.{name} ({columns}\n);" for name, columns in _TABLES.items()]
    for name, body, result in (("refuse", _REFUSE, "trigger"), ("forward", _FORWARD, "trigger")):
        parts.append(f"CREATE FUNCTION {schema}.{name}() RETURNS {result} LANGUAGE plpgsql AS $valgen${body}$valgen$;")
    for table, name, when, each, function, _ in _TRIGGERS:
        parts.append(
            f"CREATE TRIGGER {name} {when} ON {schema}.{table} FOR EACH {each} EXECUTE FUNCTION {schema}.{function}();"
        )
        parts.append(f"ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {name};")
    for role in roles:
        quoted = '"' + role.replace('"', '""') + '"'
        parts.append(f"GRANT USAGE ON SCHEMA {schema} TO {quoted};")
        parts += [f"GRANT SELECT, INSERT ON {schema}.{table} TO {quoted};" for table in _TABLES]
        parts.append(f"GRANT UPDATE (size, kept, checkpoint) ON {schema}.ledger TO {quoted};")
    return "BEGIN;\n" + "\n".join(parts) + "\nCOMMIT;\n"


def wrong_tables(run: Run, schema: str) -> list[str]:
    """Return what is not as it was made: tables, triggers, functions, rules. Empty when all is.

    Args:
        run: executes SQL with named parameters and returns rows.
        schema: of the tables.
    """
    found = {
        row[0]
        for row in run(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = :schema AND c.relkind = 'r'",
            schema=schema,
        )
    }
    missing = sorted(_TABLES.keys() - found)
    if missing:
        return [f"the schema {schema} has no table {', '.join(missing)}"]
    problems = []
    triggers = {
        (row[0], row[1]): row[2:]
        for row in run(
            "SELECT c.relname, t.tgname, t.tgenabled::text, t.tgtype::int, t.tgqual IS NULL AND t.tgattr::text = '', "
            "p.prosrc, l.lanname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid "
            "JOIN pg_language l ON l.oid = p.prolang WHERE n.nspname = :schema AND NOT t.tgisinternal",
            schema=schema,
        )
    }
    sources = {"refuse": _REFUSE, "forward": _FORWARD}
    for table, name, _, _, function, bits in _TRIGGERS:
        state = triggers.pop((table, name), None)
        if state is None:
            problems.append(f"the trigger {name} of {schema}.{table} is missing")
        elif state[0] != "A":
            problems.append(f"the trigger {name} of {schema}.{table} is disabled")
        elif tuple(state[1:]) != (bits, True, sources[function], "plpgsql"):
            problems.append(f"the trigger {name} of {schema}.{table} is not the one that was made")
    problems += [f"{schema}.{table} has a trigger {name} that valgen did not make" for table, name in sorted(triggers)]
    rules = run("SELECT tablename, rulename FROM pg_rules WHERE schemaname = :schema", schema=schema)
    problems += [f"{schema}.{table} has a rule {name}" for table, name in rules]
    return problems


def wrong_rights(run: Run, schema: str) -> list[str]:
    """Return what the role of this connection may do and should not, and settings that could lose records."""
    problems = []
    for table, rights in _FORBIDDEN.items():
        held = [right for right in rights if _may(run, f"{schema}.{table}", right)]
        if held:
            user = run("SELECT current_user::text")[0][0]
            problems.append(f"the role {user} may {', '.join(held)} on {schema}.{table}")
    for name, value in _NEEDED_SETTINGS.items():
        now = run("SELECT current_setting(:name)", name=name)[0][0]
        if now != value:
            problems.append(f"the server runs with {name} = {now}, so that a loss of power can take committed records")
    return problems


def _may(run: Run, table: str, right: str) -> bool:
    """Tell whether the role of this connection holds a right on a table, or on one of its columns."""
    asked = "has_any_column_privilege" if right == "UPDATE" else "has_table_privilege"
    return bool(run(f"SELECT {asked}(current_user, :name, :right)", name=table, right=right)[0][0])
