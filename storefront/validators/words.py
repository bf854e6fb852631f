"""Words as the search compares them: Arabic and Latin spellings made alike, and what a slip of the finger
makes of them.

Everything is text in one array of an item, under a plain GIN index: it works on any PostgreSQL. The first
character of an entry says what it is:

    =word   a word of the item's names or address
    ^pre    how such a word begins
    ~wrd    such a word with one letter left out, or whole: two words that differ by one letter more, one
            less, another one or two swapped ones have such an entry in common
    .word   a word of the descriptions
"""

import re
import unicodedata
from collections.abc import Iterable

#: Words of a query beyond these are not looked for.
MOST_WORDS = 8
#: Words shorter than this are looked for as they are typed: a slip would make them any other.
SHORTEST_FORGIVEN = 4
#: Different words of descriptions that can be found; the first ones.
MOST_DESCRIBED = 300
#: Letters of a word that are looked at.
_LONGEST = 24

_TATWEEL_AND_HAMZA = "\u0640\u0621"
_LETTERS = str.maketrans(
    {
        "ٱ": "ا",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ے": "ي",
        "ة": "ه",
        "ە": "ه",
        "ہ": "ه",
        "ک": "ك",
        "گ": "ك",
        "ڪ": "ك",
        "چ": "ج",
        "پ": "ب",
        "ڤ": "ف",
        "ژ": "ز",
        "ڨ": "ق",
        "ø": "o",
        "đ": "d",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        **dict.fromkeys(_TATWEEL_AND_HAMZA),
    }
)
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['’‘ʼʻ`´]")
#: The article, alone and after the particles that are written on to it; the longest first.
_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "لل", "ال")
#: What must be left of a word without its article.
_SHORTEST_STEM = 3
#: Normalised words that join others and say nothing themselves: "oil for men" is oil, men.
_JOINING = frozenset(
    "a an and at by for from in of on or the to with في من عن الي مع او ثم".split()  # noqa: SIM905 (two scripts in one list)
)


def normalised(text: str) -> str:
    """`text` in small letters without accents, vowel marks, tatweel and hamza, each Arabic letter in its
    plain form, digits as Latin ones. NFKD takes the carriers of hamza and the presentation forms apart.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(_digit(one) for one in parts if unicodedata.category(one) not in ("Mn", "Cf"))
    return plain.translate(_LETTERS)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def words_of(text: str) -> list[str]:
    """The different words of `text`, normalised, in their order."""
    joined = _APOSTROPHES.sub("", text)
    return list(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(normalised(joined))))


def looked_for(search: str) -> list[str]:
    """The words of a query that something is found by: the first ones, without those that only join
    others unless there are no others.
    """
    words = words_of(search)
    telling = [word for word in words if word not in _JOINING]
    return (telling or words)[:MOST_WORDS]


def forms_of(word: str) -> list[str]:
    """A normalised word, and the word without its article if it has one."""
    for article in _ARTICLES:
        stem = word.removeprefix(article)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            return [word, stem]
    return [word]


def slips_of(word: str) -> list[str]:
    """A normalised word, whole and with each of its letters left out; none of a short word."""
    if len(word) < SHORTEST_FORGIVEN:
        return []
    return [word, *(word[:place] + word[place + 1 :] for place in range(len(word)))]


def entries_of(*, names: Iterable[str], descriptions: Iterable[str] = ()) -> list[str]:
    """What an item with these names and descriptions can be found by, sorted."""
    entries: set[str] = set()
    for form in _forms(names):
        entries.add(f"={form}")
        entries.update(f"^{form[:length]}" for length in range(1, len(form) + 1))
        # A short one whole: a longer word with one letter too many, as many plurals have, comes to it.
        entries.update(f"~{slip}" for slip in slips_of(form) or [form])
    described = _forms(descriptions)[:MOST_DESCRIBED]
    entries.update(f".{form}" for form in described if f"={form}" not in entries)
    return sorted(entries)


def _forms(texts: Iterable[str]) -> list[str]:
    forms = (form for text in texts for word in words_of(text) for form in forms_of(word))
    return list(dict.fromkeys(forms))
