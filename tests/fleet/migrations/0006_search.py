from importlib import import_module

Migration = import_module("storefront.migrations.0006_search").Migration
