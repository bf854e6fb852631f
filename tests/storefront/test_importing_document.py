"""docs/importing.md speaks of every column and no other."""

import re

from storefront.domain.item_tables import COLUMNS
from tests.look.messages import ROOT


def test_every_column_has_its_row():
    text = (ROOT / "docs" / "importing.md").read_text()
    section = text.split("## Columns")[1].split("\n## ")[0]

    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == [one.name for one in COLUMNS]
