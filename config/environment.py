"""What the environment and the embedded services' registry say, typed.

The environment wins; `$STIPEND_HOME/services.json`, written by the launcher, comes next; then
the default.
"""

import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

BASE_DIR = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The one git-ignored folder that holds all data of the embedded product."""
    return Path(os.environ.get("STIPEND_HOME") or BASE_DIR / ".stipend").resolve()


def text(name: str, *, default: str) -> str:
    return os.environ.get(name, default)


def number(name: str, *, default: int) -> int:
    return int(os.environ.get(name) or default)


def real(name: str, *, default: float) -> float:
    return float(os.environ.get(name) or default)


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    return default if not value else value.lower() in {"1", "true", "yes", "on"}


def words(name: str, *, default: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def service_url(key: str, *, env: str, default: str) -> str:
    """The address of a service: the environment's, else the embedded one's, else `default`."""
    if os.environ.get(env):
        return os.environ[env]
    try:
        return str(json.loads((home() / "services.json").read_text())[key])
    except (OSError, ValueError, KeyError):
        return default


def database() -> dict[str, Any]:
    """Django's database settings from DATABASE_URL, one connection kept a thread.

    STIPEND_PLANS is PostgreSQL's plan_cache_mode. A plan made once for all values cannot use an
    index of one state only, so it is left to the web process, whose few hot statements name states
    in their text; everywhere else each statement is planned for the values it comes with.

    A connection that is used again is tried first, but by the web process: there a try before each
    request costs more than the few requests that meet a database just restarted.
    """
    plans = os.environ.get("STIPEND_PLANS", "force_custom_plan")
    default = "postgres://stipend@127.0.0.1:5432/stipend"
    url = urlsplit(service_url("database_url", env="DATABASE_URL", default=default))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": number("STIPEND_CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": flag("STIPEND_TRY_CONNECTIONS", default=True),
        # A statement met a fifth time is parsed once for the whole connection.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 5,
            "options": f"-c plan_cache_mode={plans}",
        },
    }


def secret_key() -> str:
    """STIPEND_SECRET_KEY, else a random one made once and kept in the home folder."""
    if os.environ.get("STIPEND_SECRET_KEY"):
        return os.environ["STIPEND_SECRET_KEY"]
    path = home() / "secret-key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(50))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()
