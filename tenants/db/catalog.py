"""A tenant's schema as PostgreSQL's catalog has it: compiled to DDL, described, hashed.

It reads `pg_catalog` (`information_schema` takes 0.4 s at 1,200 schemas) and knows the objects that
our migrations make. One it doesn't know stops the compilation: better no template than one that
leaves something out.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

#: The schema that is migrated for real and compiled. The name stands for "the schema at hand" in
#: compiled DDL, so it must not occur in it otherwise.
TEMPLATE = "souqna_template"

_UNKNOWN = """
SELECT 'relation ' || relname || ' of kind ' || relkind::text FROM pg_class
 WHERE relnamespace = %(schema)s::regnamespace AND relkind NOT IN ('r', 'i', 'S', 't')
UNION ALL SELECT 'free sequence ' || relname FROM pg_class c
 WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'S' AND NOT EXISTS (
   SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
UNION ALL SELECT 'type ' || typname FROM pg_type t
 WHERE typnamespace = %(schema)s::regnamespace AND typtype IN ('e', 'd', 'r', 'm')
UNION ALL SELECT 'policy ' || polname FROM pg_policy
 WHERE polrelid IN (SELECT oid FROM pg_class WHERE relnamespace = %(schema)s::regnamespace)
UNION ALL SELECT 'foreign key out of the schema: ' || conname FROM pg_constraint
 WHERE connamespace = %(schema)s::regnamespace AND contype = 'f'
   AND (SELECT relnamespace FROM pg_class WHERE oid = confrelid) <> connamespace
UNION ALL SELECT 'table not stored as usual (unlogged, row security, replica identity): ' || relname
  FROM pg_class WHERE relnamespace = %(schema)s::regnamespace AND relkind = 'r'
   AND (relpersistence <> 'p' OR relrowsecurity OR relreplident <> 'd')
UNION ALL SELECT 'rule ' || rulename FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
 WHERE c.relnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'statistics ' || stxname FROM pg_statistic_ext
 WHERE stxnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'trigger that does not fire: ' || tgname
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND tgenabled <> 'O'
UNION ALL SELECT 'identity with options: ' || c.relname
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
   AND (seqincrement <> 1 OR seqstart <> 1 OR seqmin <> 1 OR seqcycle OR seqcache <> 1)
UNION ALL SELECT 'column storage of ' || c.relname || '.' || attname
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r' AND attnum > 0
   AND NOT attisdropped AND (attstorage <> typstorage OR attcompression <> '' OR attstattarget >= 0)
UNION ALL SELECT 'collation ' || collname FROM pg_collation
 WHERE collnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'text search configuration ' || cfgname FROM pg_ts_config
 WHERE cfgnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'text search dictionary ' || dictname FROM pg_ts_dict
 WHERE dictnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'operator ' || oprname FROM pg_operator
 WHERE oprnamespace = %(schema)s::regnamespace
UNION ALL SELECT 'aggregate ' || proname FROM pg_proc
 WHERE pronamespace = %(schema)s::regnamespace AND prokind NOT IN ('f', 'p')
"""

_FUNCTIONS = """
SELECT proname, pg_get_functiondef(oid) FROM pg_proc
 WHERE pronamespace = %(schema)s::regnamespace ORDER BY proname, oid
"""

_COLUMNS = """
SELECT c.relname, c.reloptions, a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid),
       CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind = 'r'
 ORDER BY c.relname, a.attnum
"""

# Since PostgreSQL 18 each NOT NULL is a constraint ('n'). Left to find a name, it looks each one up.
_NOT_NULLS = """
SELECT r.relname, a.attname, c.conname FROM pg_constraint c
  JOIN pg_class r ON r.oid = c.conrelid
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
 WHERE c.connamespace = %(schema)s::regnamespace AND c.contype = 'n'
"""

# The last column: whether it can't stand in CREATE TABLE. A foreign key needs the unique key that it
# points at, and what CREATE TABLE makes counts as validated.
_CONSTRAINTS = """
SELECT r.relname, c.conname, pg_get_constraintdef(c.oid), c.contype = 'f' OR NOT c.convalidated
  FROM pg_constraint c
  JOIN pg_class r ON r.oid = c.conrelid
 WHERE c.connamespace = %(schema)s::regnamespace AND c.contype IN ('p', 'u', 'c', 'x', 'f')
 ORDER BY c.contype = 'f', r.relname, c.conname
"""

_INDEXES = """
SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = %(schema)s::regnamespace
   AND NOT EXISTS (SELECT FROM pg_constraint k
                    WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
 ORDER BY c.relname
"""

_TRIGGERS = """
SELECT tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal ORDER BY c.relname, tgname
"""

_GRANTS = """
SELECT relname, coalesce(r.rolname, 'PUBLIC'), string_agg(x.privilege_type, ',' ORDER BY x.privilege_type)
  FROM pg_class c, aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
 WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'S') AND x.grantee <> c.relowner
 GROUP BY 1, 2 ORDER BY 1, 2
"""


# PostgreSQL writes `column IN ('a', 'b')` down with other casts once it has read what it wrote.
_CASTS = re.compile(r"::(?:character varying|text)(?:\[\])?|[()]")


class UnknownObjectError(RuntimeError):
    """The schema holds something that the compiler doesn't know."""


def compile_ddl(cursor: Any, schema: str) -> str:
    """The statements that make a schema like this one, rows included, with `TEMPLATE` for its name.

    Raises UnknownObjectError. The search path is left at the schema.
    """
    _look_from(cursor, schema)
    unknown = _rows(cursor, _UNKNOWN, schema)
    if unknown:
        message = f"the schema holds what can't be compiled: {unknown[0][0]}"
        raise UnknownObjectError(message)
    columns = _rows(cursor, _COLUMNS, schema)
    constraints = _rows(cursor, _CONSTRAINTS, schema)
    names = {tuple(place): name for *place, name in _rows(cursor, _NOT_NULLS, schema)}
    statements = [
        f'CREATE SCHEMA "{schema}"',
        f'SET LOCAL search_path = "{schema}"',
        *(definition for _, definition in _rows(cursor, _FUNCTIONS, schema)),
        *_tables(columns, constraints, names),
        *(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}'
            for table, name, definition, is_apart in constraints
            if is_apart
        ),
        *(definition for _, definition in _rows(cursor, _INDEXES, schema)),
        *(definition for _, definition in _rows(cursor, _TRIGGERS, schema)),
        *_contents(cursor, columns),
    ]
    return ";\n".join(statements).replace(schema, TEMPLATE) + ";"


def describe(cursor: Any, schema: str, role: str | None) -> list[str]:
    """The schema's objects and grants, one a line, independent of its name and its role's name."""
    _look_from(cursor, schema)
    queries = (_UNKNOWN, _FUNCTIONS, _COLUMNS, _TRIGGERS)
    rows = [repr(row) for query in queries for row in _rows(cursor, query, schema)]
    rows += [
        _CASTS.sub("", repr(row))
        for query in (_CONSTRAINTS, _INDEXES)
        for row in _rows(cursor, query, schema)
    ]
    grants = [
        (table, "role" if grantee == role else grantee, privileges)
        for table, grantee, privileges in _rows(cursor, _GRANTS, schema)
    ]
    return [row.replace(schema, TEMPLATE) for row in [*rows, *map(repr, sorted(grants))]]


def catalog_hash(cursor: Any, schema: str, role: str | None = None) -> str:
    """SHA-256 of `describe`."""
    return hashlib.sha256("\n".join(describe(cursor, schema, role)).encode()).hexdigest()


def _look_from(cursor: Any, schema: str) -> None:
    # Definitions leave out the schema's name only for what the search path finds.
    cursor.execute(f'SET LOCAL search_path = "{schema}"')


def _rows(cursor: Any, query: str, schema: str) -> list[tuple[Any, ...]]:
    cursor.execute(query, {"schema": schema})
    return list(cursor.fetchall())


def _tables(
    columns: Iterable[tuple[Any, ...]],
    constraints: Iterable[tuple[Any, ...]],
    not_nulls: Mapping[tuple[str, ...], str],
) -> list[str]:
    tables: dict[str, list[str]] = {}
    options: dict[str, list[str]] = {}
    for table, reloptions, name, *column in columns:
        line = _column(name, *column, not_null_name=not_nulls.get((table, name)))
        tables.setdefault(table, []).append(line)
        options[table] = reloptions or []
    for table, name, definition, is_apart in constraints:
        if not is_apart:
            tables[table].append(f'CONSTRAINT "{name}" {definition}')
    return [
        f'CREATE TABLE "{table}" ({", ".join(lines)})'
        + (f" WITH ({', '.join(options[table])})" if options[table] else "")
        for table, lines in tables.items()
    ]


def _column(
    name: str,
    kind: str,
    not_null: bool,  # noqa: FBT001 (a catalog column)
    identity: str,
    generated: str,
    default: str | None,
    collation: str | None,
    *,
    not_null_name: str | None,
) -> str:
    parts = [f'"{name}" {kind}']
    if collation:
        parts.append(f"COLLATE {collation}")
    if generated:
        parts.append(
            f"GENERATED ALWAYS AS ({default}) {'STORED' if generated == 's' else 'VIRTUAL'}"
        )
    elif identity:
        parts.append(f"GENERATED {'ALWAYS' if identity == 'a' else 'BY DEFAULT'} AS IDENTITY")
    elif default is not None:
        parts.append(f"DEFAULT {default}")
    if not_null:
        parts.append(f'CONSTRAINT "{not_null_name}" NOT NULL' if not_null_name else "NOT NULL")
    return " ".join(parts)


def _contents(cursor: Any, columns: list[tuple[Any, ...]]) -> list[str]:
    """INSERTs of the rows that migrations put in, and the identity counters they used up."""
    tables: dict[str, list[tuple[Any, ...]]] = {}
    for row in columns:
        tables.setdefault(row[0], []).append(row)
    return [line for table, rows in tables.items() for line in _table_contents(cursor, table, rows)]


def _table_contents(cursor: Any, table: str, columns: list[tuple[Any, ...]]) -> list[str]:
    stored = [row for row in columns if not row[6]]
    names = ", ".join(f'"{row[2]}"' for row in stored)
    values = " || ', ' || ".join(f'quote_nullable("{row[2]}"::text)' for row in stored)
    cursor.execute(f"SELECT '(' || {values} || ')' FROM \"{table}\" ORDER BY 1")
    rows = [row for (row,) in cursor.fetchall()]
    if not rows:
        return []
    counters = [
        f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{row[2]}'), "
        f'(SELECT max("{row[2]}") FROM "{table}"))'
        for row in stored
        if row[5]
    ]
    insert = f'INSERT INTO "{table}" ({names}) OVERRIDING SYSTEM VALUE VALUES {", ".join(rows)}'
    return [insert, *counters]
