"""Numbers of bank accounts as they are printed."""

from django import template

from storefront.validators.banks import spaced_iban

register = template.Library()
register.filter("iban", spaced_iban)
