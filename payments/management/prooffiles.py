"""Proofs in a file, as they were downloaded."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError


def rows(file: Path) -> list[Any]:
    """What a JSON list, a single object, or JSON lines hold; raises CommandError."""
    try:
        text = file.read_text()
        try:
            found = json.loads(text)
        except ValueError:
            found = [json.loads(line) for line in text.splitlines()]
    except (OSError, ValueError, RecursionError) as error:
        raise CommandError(f"{file} cannot be read: {error}")
    return found if isinstance(found, list) else [found]
