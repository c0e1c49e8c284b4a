"""Knows which of Syncfy's sites may be logged in at by tests, and how."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# The sandbox sites that Syncfy's documents print: normal, token, captcha, with attachments, SAT CIEC; SAT All in One.
SANDBOX = (
    "56cf5728784806f72b8b4568",
    "56cf5728784806f72b8b4569",
    "572ba390784806060f8b458b",
    "58b884fc056f295aa1483a02",
    "5da784f1f9de2a06483abec1",
)
ALL_IN_ONE = "61c12b8cde3c034b3c8b25b1"
# Who the documents log in as.
LOGIN: Mapping[str, str] = {"username": "test", "rfc": "ACM010101ABC", "password": "test"}


def chosen(known: Mapping[str, Any], *, any_site: bool) -> tuple[Sequence[str], str, Mapping[str, str]]:
    """Return the sites to link, the one that is linked as a job or nothing, and what to log in with.

    Args:
        known: the sites of the catalogue by their ids.
        any_site: whether others than those of the sandbox will do, where the catalogue has none of these.
    """
    linked = [id for id, row in known.items() if row.get("credentials")]
    jobs = [id for id, row in known.items() if row.get("input")]
    sites = [id for id in SANDBOX if id in known] or linked[: len(SANDBOX) if any_site else 0]
    job = ALL_IN_ONE if ALL_IN_ONE in known else next(iter(jobs if any_site else ()), "")
    names = {name for id, row in known.items() if id in (*sites, job) for name in _fields(row)}
    return sites, job, {**dict.fromkeys(sorted(names), "test"), **LOGIN}


def _fields(site: Mapping[str, Any]) -> Iterator[str]:
    """Return the names of the fields that a site's login has."""
    for row in (*(site.get("credentials") or ()), *(each for way in site.get("input") or () for each in way["fields"])):
        yield row["name"]
