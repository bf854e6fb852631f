from importlib import import_module

Migration = import_module("storefront.migrations.0005_settings_and_catalog").Migration
