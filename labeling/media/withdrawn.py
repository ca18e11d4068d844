"""What requesters have taken away, as data spell it: nothing new shows it again."""

import json
from typing import Any

from labeling.errors import MediaRemoved
from labeling.media import addresses
from labeling.models import Elsewhere, Medium


def addresses_of(project_id: int) -> list[str]:
    """Those that lead to what this project has taken away, as JSON spells them; most have none."""
    removed = Medium.objects.filter(project=project_id, removed_at__isnull=False)
    places = Elsewhere.objects.filter(project=project_id, problem=MediaRemoved.code)
    found = [addresses.of_file(name) for name in removed.values_list("name", flat=True)]
    return [spelt(one) for one in [*found, *places.values_list("address", flat=True)]]


def spelt(address: str) -> str:
    """As it stands in JSON."""
    return json.dumps(address, ensure_ascii=False)[1:-1]


def check(content: str, gone: list[str]) -> None:
    """Raises MediaRemoved if what JSON says there names one of these addresses."""
    if any(address in content for address in gone):
        raise MediaRemoved()


def is_whole(data: Any, gone: list[str]) -> bool:
    """True if all that these data show is still there."""
    content = json.dumps(data, ensure_ascii=False) if gone else ""
    return not any(address in content for address in gone)
