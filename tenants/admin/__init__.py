"""The operators' panel on `admin.`, for super admins alone."""

from tenants.admin import abuse, plans, tenants, users

__all__ = ["abuse", "plans", "tenants", "users"]
