"""Our side with pages kept, as the shipped settings have it."""

from itertools import cycle, islice

from tests.bench import cpu
from tests.bench.shops import rows_to_share, tenant_ids
from tests.bench.side import cost
from tests.bench.visits import LANGUAGES, answers, ask, pages

__all__ = ["answers", "pages", "rows_to_share", "tenant_ids"]


def kept_pages(hosts: list[str], path: str, times: int, valkey: int) -> int:
    """CPU of `times` pages that are kept, in the process `valkey` too."""
    before = cpu.of_process(valkey)
    return pages(hosts, path, times) + cpu.of_process(valkey) - before


def known_pages(hosts: list[str], path: str, times: int, valkey: int) -> int:
    """The same for a browser that has the page, and asks whether it is still that."""
    asked = [(host, f"/{language}/{path}") for host in hosts for language in LANGUAGES]
    tags = {one: ask(*one)["headers"]["ETag"] for one in asked}
    rotation = islice(cycle(asked), times)
    before = cpu.of_process(valkey)

    def again() -> None:
        one = next(rotation)
        answer = ask(*one, HTTP_IF_NONE_MATCH=tags[one])
        if answer["status"] != "304 Not Modified":
            raise RuntimeError(answer["status"])

    return cost(again, times) + cpu.of_process(valkey) - before
