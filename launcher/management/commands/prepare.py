"""`prepare`: what must be true before the product serves."""

import json
from typing import Any

import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from config.environment import flag
from launcher import folders, network, roles, seed
from launcher.errors import CannotRun


class Command(BaseCommand):
    help = "Migrates, deploys the vault on a fresh local chain, and makes the demo accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._prepare()
        except CannotRun as error:
            raise CommandError(str(error))
        except OperationalError as error:
            raise CommandError(f"The database does not answer at DATABASE_URL: {error}")
        except redis.RedisError as error:
            raise CommandError(f"Redis does not answer at REDIS_URL: {error}")

    def _prepare(self) -> None:
        redis.Redis.from_url(settings.REDIS_URL).ping()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)
        has_vault = network.ensure()
        home, with_demo = folders.home(), network.is_local() and flag("STIPEND_DEMO", default=True)
        if with_demo:
            seed.accounts(home)
        is_seeded = not with_demo or seed.is_done()
        prepared = {"seeded": is_seeded, "has_vault": has_vault}
        prepared["migrations"] = roles.migrations()
        folders.write(home / "prepared.json", json.dumps(prepared))
        self.stdout.write("Prepared.")
