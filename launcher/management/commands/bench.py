"""`bench`: what measures speed; the last line is one JSON object."""

import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bench import handout
from demo.wire import MalformedHttp, Refused
from launcher import product
from launcher.errors import CannotRun
from payments.chain.errors import ChainError


class Command(BaseCommand):
    help = "Measures the product: `handout` how fast tasks go out and answers come in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        hand = kinds.add_parser("handout", help="closed-loop labelers over HTTP")
        hand.add_argument("--tasks", type=int, default=10_000)
        hand.add_argument("--overlap", type=int, default=1)
        hand.add_argument("--labelers", type=int, default=32)
        hand.add_argument("--seconds", type=float, default=30.0)
        hand.add_argument("--url", help="of a running product, instead of one of the bench's own")

    def handle(self, *args: Any, url: str | None, **options: Any) -> None:
        if url is None:
            self._on_a_product_of_its_own()
            return
        names = ("tasks", "overlap", "labelers", "seconds")
        wanted = handout.Options(**{name: options[name] for name in names})
        try:
            handout.measure(url.rstrip("/"), wanted)
        except (OSError, TimeoutError, MalformedHttp, Refused, ChainError, RuntimeError) as error:
            raise CommandError(f"The measurement broke off: {error or type(error).__name__}")

    def _on_a_product_of_its_own(self) -> None:
        """The same command once more, as a process that knows the services of a fresh product."""
        with TemporaryDirectory(prefix="stipend-bench-") as home:
            try:
                with product.started(Path(home)) as started:
                    command = [sys.executable, *sys.argv, "--url", started.url]
                    env = {**os.environ, **started.environment}
                    done = subprocess.run(command, env=env, check=False)
            except CannotRun as error:
                raise CommandError(str(error))
        if done.returncode:
            sys.exit(done.returncode)
