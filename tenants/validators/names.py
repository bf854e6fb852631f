"""From an organisation's name to the slug that is suggested for it."""

import re

from anyascii import anyascii

LONGEST = 63
SHORTEST = 3
#: A slug of this length is easy to say; what is suggested is cut at a word about there.
_HANDY = 40

# anyascii spells consonants only (`dr l`wd`). What carries a vowel is written out before it is asked.
_SPELT = str.maketrans(
    {
        "ا": "a",
        "أ": "a",
        "آ": "a",
        "إ": "i",
        "ى": "a",
        "ة": "a",
        "ع": "ʿ",  # kept until the vowels around it are known
        "ء": "",
        "ؤ": "u",
        "ئ": "i",
        "ـ": "",
    }
)
_MARKS = re.compile("[\u064b-\u065f\u0670'’`]")
_ARTICLE = re.compile(r"(?<!\w)ال(?=\w)")
# و and ي are long vowels after a consonant, unless a vowel follows them.
_LONG = ((re.compile(r"(?<=\w)و(?![aiu])"), "u"), (re.compile(r"(?<=\w)ي(?![aiu])"), "i"))
_GLIDE = re.compile(r"(?<=\w)ي(?=a)")
_AIN = re.compile(r"\bʿ(?![aiu])")
_OTHER = re.compile(r"[^a-z0-9]+")


def slug_from(name: str) -> str:
    """A slug's form of a name in Arabic or Latin letters (`دار العود` → `dar-al-ud`); empty if nothing of
    it can be spelt in three letters.
    """
    spelt = _MARKS.sub("", name)
    spelt = _ARTICLE.sub("al ", spelt).translate(_SPELT)
    spelt = _GLIDE.sub("iy", spelt)
    for long, vowel in _LONG:
        spelt = long.sub(vowel, spelt)
    spelt = _AIN.sub("a", spelt).replace("ʿ", "")
    words = _OTHER.sub("-", anyascii(spelt).lower()).strip("-")
    slug = _cut(words)
    return slug if len(slug) >= SHORTEST else ""


def numbered(slug: str, number: int) -> str:
    """`slug` with a number behind it, cut so that it stays a slug."""
    tail = f"-{number}"
    return slug[: LONGEST - len(tail)].rstrip("-") + tail


def _cut(words: str) -> str:
    if len(words) <= _HANDY:
        return words
    whole = words[: _HANDY + 1].rpartition("-")[0] or words[:_HANDY]
    return whole.removesuffix("-al")
