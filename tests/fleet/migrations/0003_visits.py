from importlib import import_module

Migration = import_module("storefront.migrations.0003_visits").Migration
