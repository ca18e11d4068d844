"""`services.json` in the home folder: where the running services are; settings read it."""

import json
from pathlib import Path

from launcher import folders

KEYS = {"DATABASE_URL": "database_url", "REDIS_URL": "redis_url", "CHAIN_RPC_URL": "chain_rpc_url"}


def write(home: Path, urls: dict[str, str]) -> None:
    """Addresses by the name of their environment variable, and `web_url` once it serves."""
    folders.write(home / "services.json", json.dumps({KEYS.get(k, k): v for k, v in urls.items()}))


def read(home: Path) -> dict[str, str]:
    """What was written last; nothing if there is nothing to be read."""
    try:
        return dict(json.loads((home / "services.json").read_text()))
    except (OSError, ValueError):
        return {}


def clear(home: Path) -> None:
    """Nothing runs any more."""
    (home / "services.json").unlink(missing_ok=True)
