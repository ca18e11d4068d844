"""Proofs in a file, as they were downloaded."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError


def rows(file: Path) -> list[Any]:
    """What a JSON list, a single object, or JSON lines hold; raises CommandError.

    A line ends with a line feed alone: texts may hold what Unicode ends lines with, too.
    """
    try:
        text = file.read_text(encoding="utf-8")
        try:
            found = json.loads(text)
        except ValueError:
            found = [json.loads(line) for line in text.split("\n") if line.strip()]
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error}")
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{file} is neither JSON nor JSON lines: {error}")
    return found if isinstance(found, list) else [found]
