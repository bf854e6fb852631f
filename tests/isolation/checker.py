"""Walks the catalog and names everything that isolation forbids. An empty list is the proof."""

from typing import Any

from tenants import scopes
from tenants.db.catalog import TEMPLATE

_TENANT_SCHEMAS = f"""
SELECT oid, nspname FROM pg_namespace WHERE nspname ~ '^t_[a-z2-7]{{26}}$' OR nspname = '{TEMPLATE}'
"""

#: Tables whose rows belong to tenants, and the column that says to which. `tenants` has no such
#: column: its own key is the tenant. The index that row-level security needs is then the primary key.
_ROWS_OF_TENANTS = """
SELECT c.oid, c.relname, a.attname, a.attnum, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND a.attname = CASE WHEN c.relname = 'tenants' THEN 'id' ELSE 'tenant_id' END
"""
_LEADING_INDEX = "SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = %s AND indkey[0] = %s)"
_POLICIES = """
SELECT polname, polroles::regrole[]::text[], pg_get_expr(polqual, polrelid),
       pg_get_expr(polwithcheck, polrelid) FROM pg_policy WHERE polrelid = %s
"""

_FAULTS = {
    "a table without a tenant's column has row-level security or lacks a rule": """
SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
   AND relrowsecurity <> (relname = 'tenants' OR EXISTS (
     SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id' AND NOT attisdropped))
""",
    "a tenant's object is granted to somebody else": """
SELECT s.nspname || '.' || c.relname || ' to ' || coalesce(r.rolname, 'PUBLIC')
  FROM (SELECT oid, nspname FROM ({schemas}) x) s JOIN pg_class c ON c.relnamespace = s.oid,
       aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
 WHERE x.grantee <> c.relowner AND r.rolname IS DISTINCT FROM %(prefix)s || '_' || s.nspname
""",
    "a tenant's schema is granted to somebody else": """
SELECT s.nspname || ' to ' || coalesce(r.rolname, 'PUBLIC') || ': ' || x.privilege_type
  FROM pg_namespace s, aclexplode(s.nspacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
 WHERE s.oid IN (SELECT oid FROM ({schemas}) y) AND x.grantee <> s.nspowner
   AND (r.rolname IS DISTINCT FROM %(prefix)s || '_' || s.nspname OR x.privilege_type <> 'USAGE')
""",
    "a tenant's table also exists in public": """
SELECT DISTINCT c.relname FROM pg_class c JOIN pg_class p ON p.relname = c.relname
   AND p.relnamespace = 'public'::regnamespace
 WHERE c.relnamespace IN (SELECT oid FROM ({schemas}) x) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
   AND c.relname NOT LIKE 'django\\_migrations%%'
""",
    "a foreign key leaves a tenant's schema or leads into one": """
SELECT conname FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid
  JOIN pg_class t ON t.oid = k.confrelid
 WHERE contype = 'f' AND f.relnamespace <> t.relnamespace
   AND (f.relnamespace IN (SELECT oid FROM ({schemas}) x)
     OR t.relnamespace IN (SELECT oid FROM ({schemas}) x))
""",
    "an object of a tenant's schema or of public isn't the owner's": """
SELECT c.relname FROM pg_class c WHERE (c.relnamespace = 'public'::regnamespace
   OR c.relnamespace IN (SELECT oid FROM ({schemas}) x)) AND relowner::regrole::text <> current_user
""",
    "a function of a tenant's schema or of public runs with its owner's rights": """
SELECT proname FROM pg_proc WHERE prosecdef AND (pronamespace = 'public'::regnamespace
   OR pronamespace IN (SELECT oid FROM ({schemas}) x))
""",
    "PUBLIC may use the schema public, or an object in it": """
SELECT 'schema' FROM pg_namespace, aclexplode(nspacl) x WHERE nspname = 'public' AND x.grantee = 0
 UNION ALL SELECT relname FROM pg_class, aclexplode(relacl) x
  WHERE relnamespace = 'public'::regnamespace AND x.grantee = 0
""",
    "PUBLIC may connect or make temporary tables": """
SELECT x.privilege_type FROM pg_database, aclexplode(datacl) x
 WHERE datname = current_database() AND x.grantee = 0
""",
    "a default privilege would open future objects": """
SELECT defaclobjtype::text FROM pg_default_acl
""",
    "a role has a power or can log in": """
SELECT rolname FROM pg_roles
 WHERE rolname ~ ('^' || %(prefix)s || '_(tenant|public|platform|t_[a-z2-7]{{26}})$')
   AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
""",
    "the login has a power": """
SELECT rolname FROM pg_roles WHERE rolname = %(login)s
   AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit)
""",
    "the login inherits a role, may pass it on, or has one too many": """
SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles l ON l.oid = m.member WHERE l.rolname = %(login)s
   AND (m.inherit_option OR m.admin_option OR NOT m.set_option
     OR r.rolname !~ ('^' || %(prefix)s || '_(public|platform|t_[a-z2-7]{{26}})$'))
""",
    "a tenant's role is a member of more than the group": """
SELECT l.rolname || ' of ' || r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
  JOIN pg_roles l ON l.oid = m.member WHERE l.rolname ~ ('^' || %(prefix)s || '_t_[a-z2-7]{{26}}$')
   AND (r.rolname <> %(prefix)s || '_tenant' OR m.set_option OR m.admin_option)
""",
    "a tenant's schema has no role or a role no schema": """
SELECT coalesce(s.nspname, r.rolname) FROM
  (SELECT nspname FROM ({schemas}) x WHERE nspname <> '{template}') s
  FULL JOIN (SELECT rolname FROM pg_roles
    WHERE rolname ~ ('^' || %(prefix)s || '_t_[a-z2-7]{{26}}$')) r
  ON r.rolname = %(prefix)s || '_' || s.nspname WHERE s.nspname IS NULL OR r.rolname IS NULL
""",
    "a tenant's role has rights on django_migrations or another closed table": """
SELECT t FROM unnest(ARRAY['django_migrations', 'users', 'logins', 'one_time_codes',
  'signing_keys', 'external_identities', 'account_emailaddress', 'mfa_authenticator',
  'django_session', 'schema_pool',
  'schema_releases', 'fleet_migrations', 'django_admin_log', 'auth_permission']) t
 WHERE has_table_privilege(%(prefix)s || '_tenant', 'public.' || t, 'SELECT,INSERT,UPDATE,DELETE')
""",
}


def faults(cursor: Any, *, login: str) -> list[str]:
    """Every fault, as the owner sees the catalog."""
    return [*_of_shared_tables(cursor), *_of_the_rest(cursor, login)]


def _of_the_rest(cursor: Any, login: str) -> list[str]:
    given = {"prefix": scopes.role_name("")[:-1], "login": login}
    found = []
    for fault, query in _FAULTS.items():
        cursor.execute(query.format(schemas=_TENANT_SCHEMAS, template=TEMPLATE), given)
        found += [f"{fault}: {name}" for (name,) in cursor.fetchall()]
    return found


def _of_shared_tables(cursor: Any) -> list[str]:
    cursor.execute(_ROWS_OF_TENANTS)
    found = []
    for oid, table, column, number, enabled, forced in cursor.fetchall():
        if not enabled:
            found.append(f"{table}: row-level security is off")
        if not forced:
            found.append(f"{table}: row-level security isn't forced")
        cursor.execute(_LEADING_INDEX, [oid, number])
        if not cursor.fetchone()[0]:
            found.append(f"{table}: no index leads with {column}")
        cursor.execute(_POLICIES, [oid])
        found += _of_policies(table, column, cursor.fetchall())
    return found


def _of_policies(table: str, column: str, rows: list[tuple[Any, ...]]) -> list[str]:
    policies = {name: (roles, using, check) for name, roles, using, check in rows}
    public, platform = scopes.role_name("public"), scopes.role_name("platform")
    found = [
        f"{table}: no policy {name}"
        for name in ("tenant_rows", "platform_rows", "owner_rows")
        if name not in policies
    ]
    if "tenant_rows" in policies:
        _, *conditions = policies["tenant_rows"]
        for condition in conditions:
            if not condition or column not in condition or "app.current_tenant" not in condition:
                found.append(f"{table}: tenant_rows allows {condition}")
    for name, (roles, using, check) in policies.items():
        if "true" in (using, check) and not {public, platform, _owner_of(roles, name)} >= set(
            roles
        ):
            found.append(f"{table}: {name} opens all rows to {roles}")
        if name.startswith("public_") and roles != [public]:
            found.append(f"{table}: {name} is for {roles}")
    return found


def _owner_of(roles: list[str], name: str) -> str:
    return roles[0] if name == "owner_rows" and len(roles) == 1 else ""
