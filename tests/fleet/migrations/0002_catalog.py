from importlib import import_module

Migration = import_module("storefront.migrations.0002_catalog").Migration
