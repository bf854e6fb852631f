from importlib import import_module

Migration = import_module("storefront.migrations.0004_visits").Migration
