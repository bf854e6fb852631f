"""A tenant's theme as a stylesheet of its own: a function of the colour in its address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from storefront.domain.colours import Palette, palette

YEAR = 365 * 24 * 3600  # seconds


@require_safe
def stylesheet(request: HttpRequest, version: int, colour: str) -> HttpResponse:
    """The four accent properties for `colour` (six hexadecimal digits), kept by browsers for good.

    `version` only tells apart what older releases answered.
    """
    response = HttpResponse(_rules(palette(colour)), content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def _rules(colours: Palette) -> str:
    light, dark = colours.light, colours.dark
    return (
        "@layer tokens{:root{"
        f"--accent:light-dark({light.accent},{dark.accent});"
        f"--accent-strong:light-dark({light.strong},{dark.strong});"
        f"--accent-soft:light-dark({light.soft},{dark.soft});"
        f"--on-accent:light-dark({light.on_accent},{dark.on_accent})"
        "}}\n"
    )
