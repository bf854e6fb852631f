"""The operators' panel on `admin.`, for super admins alone."""

from tenants.admin import plans, tenants, users

__all__ = ["plans", "tenants", "users"]
