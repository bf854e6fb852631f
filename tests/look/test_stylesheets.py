"""Templates and stylesheets keep the rules that right-to-left and a strict policy rest on."""

import re

import pytest

from storefront.domain import colours
from tests.look.messages import ROOT

STYLESHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
# Mail programs know nothing but inline styles.
MAIL = ROOT / "templates" / "mail"
TEMPLATES = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if MAIL not in path.parents
)
# Declarations that mean a side of the screen where a side of the text is meant.
PHYSICAL = re.compile(
    r"""(?<![\w-])(?:
        (?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*
      | border-(?:top|bottom)-(?:left|right)-radius
      | (?:left|right|top|bottom)
      | (?:min-|max-)?(?:width|height)
      | (?:float|clear|text-align)\s*:\s*(?:left|right)
      )\s*(?::|;|$)""",
    re.VERBOSE | re.MULTILINE,
)
SHORTHAND = re.compile(r"(?:margin|padding|inset|border-radius):\s*(?:[^\s;]+ ){3}[^\s;]+;")
MEDIA_QUERY = re.compile(r"@media[^{]*")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INLINE = re.compile(r"""\s(?:style|on[a-z]+)\s*=|<style\b|javascript:""", re.IGNORECASE)
# JSON-LD is data: no policy keeps it from being read.
SCRIPT = re.compile(r"<script\b(?![^>]*\ssrc=)(?! type=\"application/ld\+json\">)", re.IGNORECASE)


def rules(stylesheet):
    return MEDIA_QUERY.sub("", COMMENT.sub("", stylesheet.read_text()))


@pytest.mark.parametrize("stylesheet", STYLESHEETS, ids=lambda path: path.name)
def test_only_logical_properties(stylesheet):
    assert PHYSICAL.findall(rules(stylesheet)) == []
    assert SHORTHAND.findall(rules(stylesheet)) == []


@pytest.mark.parametrize(
    "rule",
    ["margin-left: 0;", "border-right-width: 1px;", "left: 0;", "text-align: left;", "width: 4px;"],
)
def test_the_search_finds_physical_ones(rule):
    assert PHYSICAL.search(f".a {{ {rule} }}")


@pytest.mark.parametrize("stylesheet", STYLESHEETS, ids=lambda path: path.name)
def test_every_rule_is_in_a_layer(stylesheet):
    outside = re.findall(r"^(?!@layer|@font-face|[\s}/])\S.*", stylesheet.read_text(), re.MULTILINE)

    assert outside == []


@pytest.mark.parametrize("stylesheet", STYLESHEETS, ids=lambda path: path.name)
def test_only_tokens_name_colours(stylesheet):
    named = re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(", rules(stylesheet))

    assert named == [] or stylesheet.name == "tokens.css"


def test_tokens_that_are_used_exist():
    everything = "".join(path.read_text() for path in STYLESHEETS)

    assert set(re.findall(r"var\((--[\w-]+)", everything)) <= set(
        re.findall(r"(--[\w-]+):", everything)
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_an_inline_style_or_script(template):
    assert INLINE.findall(template.read_text()) == []
    assert SCRIPT.findall(template.read_text()) == []


def test_accents_are_corrected_against_the_surfaces_there_are():
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text()
    pairs = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", tokens))
    grounds = {name: tuple(pair.split(", ")) for name, pair in pairs.items()}

    for light, dark in (grounds["paper"], grounds["surface"], grounds["sunken"]):
        for text in (grounds["ink"], grounds["ink-soft"], grounds["ink-faint"]):
            assert colours.contrast(light, text[0]) >= colours.AA
            assert colours.contrast(dark, text[1]) >= colours.AA
        for ground, surface in ((colours.LIGHT, light), (colours.DARK, dark)):
            luminous = ground is colours.LIGHT
            hardest = colours.contrast(ground.hardest, "#000000")
            assert (colours.contrast(surface, "#000000") >= hardest) is luminous or (
                surface == ground.hardest
            )


def test_statuses_are_readable_on_their_tints():
    tokens = (ROOT / "static" / "css" / "tokens.css").read_text()
    pairs = dict(re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", tokens))

    for name in ("accent", "positive", "caution", "critical"):
        for text, tint in zip(
            pairs[name].split(", "), pairs[f"{name}-soft"].split(", "), strict=True
        ):
            assert colours.contrast(text, tint) >= colours.AA
