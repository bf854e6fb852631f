"""The Arabic catalog says everything that the program can say, and nothing else."""

import os
import re

import pytest
from babel.messages.pofile import read_po
from django.core.management import call_command
from django.utils.translation import gettext, override, pgettext

from tests.look.messages import ROOT, Message, messages

CATALOG = ROOT / "locale" / "ar" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")
# None, one and two say their number in words.
NUMBERLESS = {0, 1, 2}


def _key(entry):
    text, plural = entry.id if isinstance(entry.id, tuple) else (entry.id, None)
    return Message(text, entry.context, plural)


@pytest.fixture(scope="module")
def catalog():
    with CATALOG.open("rb") as source:
        return {_key(entry): entry for entry in read_po(source, locale="ar") if entry.id}


def test_every_text_is_in_the_catalog(catalog):
    assert {text: place for text, place in messages().items() if text not in catalog} == {}


def test_nothing_in_the_catalog_is_unused(catalog):
    assert set(catalog) - set(messages()) == set()


def test_everything_is_translated_by_a_person(catalog):
    unfinished = [entry.id for entry in catalog.values() if entry.fuzzy or not all(_strings(entry))]

    assert unfinished == []


def test_placeholders_survive_translation(catalog):
    for entry in catalog.values():
        source = entry.id[1] if isinstance(entry.id, tuple) else entry.id
        wanted = sorted(PLACEHOLDER.findall(source))
        for number, text in enumerate(_strings(entry)):
            found = sorted(PLACEHOLDER.findall(text))
            numberless = isinstance(entry.id, tuple) and number in NUMBERLESS
            assert found == wanted or (numberless and set(found) <= set(wanted)), entry.id


def test_arabic_texts_are_arabic(catalog):
    plain = [text for entry in catalog.values() for text in _strings(entry)]

    assert [text for text in plain if not re.search("[\u0600-\u06ff]", text)] == []


def test_a_catalog_is_compiled_when_it_is_newer(settings, tmp_path, capsys):
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = folder / "django.po"
    catalog.write_bytes(CATALOG.read_bytes())
    settings.LOCALE_PATHS = [tmp_path]
    compiled = catalog.with_suffix(".mo")

    call_command("compile_translations")
    first = compiled.stat().st_mtime_ns
    os.utime(catalog, ns=(first - 10**9, first - 10**9))
    call_command("compile_translations")
    assert compiled.stat().st_mtime_ns == first

    os.utime(catalog, ns=(first + 10**9, first + 10**9))
    call_command("compile_translations")

    assert compiled.stat().st_mtime_ns > first
    assert sorted(path.name for path in folder.iterdir()) == ["django.mo", "django.po"]
    assert capsys.readouterr().out.count("compiled ") == 2


def test_the_compiled_catalog_is_what_people_read():
    with override("ar"):
        assert gettext("Order") == "طلب"
        assert pgettext("pledge", "Active") == "قائم"


def _strings(entry):
    return entry.string if isinstance(entry.string, tuple) else (entry.string,)
