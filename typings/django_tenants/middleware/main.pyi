from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

class TenantMainMiddleware(MiddlewareMixin):
    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None: ...
