"""Who may do what with which table, as data.

Every model of the public schema says it in its `access` attribute (`TableAccess`), and what other
packages brought along is listed here. `tenants.domain.access` turns it into grants and policies;
a table that no line speaks of stops the migration, so none can be forgotten.

Three roles take part (docs/architecture.md, "Isolation"): a tenant's role through its group, `public`
and `platform`. The owner owns everything and has policies of its own, row-level security being forced.
"""

from dataclasses import dataclass

ALL = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"
CURRENT_TENANT = "(select nullif(current_setting('app.current_tenant', true), '')::uuid)"
CURRENT_USER = "(select nullif(current_setting('app.current_user', true), '')::uuid)"


@dataclass(frozen=True, slots=True)
class TableAccess:
    """Privileges on one table of the public schema, by role; empty means none.

    `tenant_column` puts the table under row-level security: a row is a tenant's if that column holds
    its id. `public_reads` and `public_adds` are further SQL conditions under which the public role may
    see rows and add them, and with `public_writes` it may see and write all of them (signing a tenant
    up, finding a host).
    """

    tenant: str = ""
    public: str = ""
    platform: str = ALL
    tenant_column: str | None = None
    public_reads: str = ""
    public_adds: str = ""
    public_writes: bool = False


#: The condition of rows that are no tenant's but a person's. Who adds them reads them as well: Django's
#: INSERT returns what the database filled in, and PostgreSQL asks the policies for reading then.
OF_NO_TENANT = "tenant_id IS NULL"


def tenant_rows(
    privileges: str = ALL,
    *,
    platform: str | None = None,
    public_reads: str = "",
    public_adds: str = "",
) -> TableAccess:
    """A shared table whose rows belong to tenants through `tenant_id`."""
    return TableAccess(
        tenant=privileges,
        public=privileges,
        platform=platform or privileges,
        tenant_column="tenant_id",
        public_reads=public_reads,
        public_adds=public_adds,
    )


_STAFF_ONLY = TableAccess(public=ALL)
_IDENTITY = TableAccess(public=ALL, platform="")
_PLATFORM_ONLY = TableAccess()
_READ_BY_PUBLIC = TableAccess(public="SELECT")

#: Tables of other packages. Nothing here can be touched from a tenant's scope.
THIRD_PARTY: dict[str, TableAccess] = {
    "django_migrations": TableAccess(public="SELECT", platform="SELECT"),
    "django_content_type": _READ_BY_PUBLIC,
    "django_session": _STAFF_ONLY,
    "django_admin_log": _PLATFORM_ONLY,
    "account_emailaddress": _IDENTITY,
    "account_emailconfirmation": _IDENTITY,
    "mfa_authenticator": _IDENTITY,
    "auth_permission": _READ_BY_PUBLIC,
    "auth_group": _READ_BY_PUBLIC,
    "auth_group_permissions": _READ_BY_PUBLIC,
    "users_groups": _READ_BY_PUBLIC,
    "users_user_permissions": _READ_BY_PUBLIC,
    "django_celery_beat_clockedschedule": _PLATFORM_ONLY,
    "django_celery_beat_crontabschedule": _PLATFORM_ONLY,
    "django_celery_beat_intervalschedule": _PLATFORM_ONLY,
    "django_celery_beat_periodictask": _PLATFORM_ONLY,
    "django_celery_beat_periodictasks": _PLATFORM_ONLY,
    "django_celery_beat_solarschedule": _PLATFORM_ONLY,
}
