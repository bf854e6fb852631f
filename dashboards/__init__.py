"""Dashboards: staff pages, reports and exports."""
