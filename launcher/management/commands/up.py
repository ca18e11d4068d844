"""`up`: the whole product under one supervisor; the same as `python -m launcher up`."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from launcher import supervisor


class Command(BaseCommand):
    help = "Starts PostgreSQL, Redis, the chain, web, worker and beat; Ctrl-C stops them all."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(supervisor.main())
