"""`bench`: what measures speed; the last line is one JSON object."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bench import (
    book,
    crowdkit,
    elsewhere,
    gas,
    handout,
    imports,
    labelstudio,
    page,
    payouts,
    quality,
)
from bench.floor import NoFloor
from demo import stage
from demo.wire import MalformedHttp, Refused
from labeling.aggregation.adaptive import Rule
from launcher import postgres
from launcher.errors import CannotRun
from payments.chain.errors import ChainError

ANSWERS = "CSV: task, worker, label and maybe truth"
LIMITS = {"tasks": 1_000_000, "overlap": 100, "labelers": 1_000, "seconds": 86_400}
HANDOUT = tuple(LIMITS)
LIMITS |= {"lines": 100_000_000, "people": 1_000_000, "runs": 100}


class Command(BaseCommand):
    help = (
        "Measures: `handout` how fast tasks go out, `imports` how fast they come in, "
        "`page` what the labeling page weighs and how soon it is ready, "
        "`payouts` how fast people are paid, `book` how fast money is booked and proved, "
        "`gas` what a payee costs on chain, `quality` how good labels become and how fast, "
        "`crowdkit` whether crowd-kit concludes the same, "
        "`labelstudio` whether label-studio reads our exports."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        hand = kinds.add_parser("handout", help="closed-loop labelers over HTTP")
        hand.add_argument("--tasks", type=int, default=10_000)
        hand.add_argument("--overlap", type=int, default=1)
        hand.add_argument("--labelers", type=int, default=32)
        hand.add_argument("--seconds", type=float, default=30.0)
        hand.add_argument(
            "--floor", action="store_true", help="also the same statements straight in PostgreSQL"
        )
        hand.add_argument("--url", help="of a running product, instead of one of the bench's own")

        load = kinds.add_parser("imports", help="files of tasks over HTTP")
        load.add_argument("--tasks", type=int, default=100_000)
        load.add_argument("--url", help="of a running product, instead of one of the bench's own")

        look = kinds.add_parser("page", help="the labeling page in a browser, on a slow phone")
        look.add_argument("--runs", type=int, default=3, help="openings of the page a connection")
        look.add_argument("--url", help="of a running product, instead of one of the bench's own")

        pay = kinds.add_parser("payouts", help="a payday, from the request to the settled book")
        pay.add_argument("--people", type=int, default=10_000)
        pay.add_argument("--url", help="of a running product, instead of one of the bench's own")

        accounts = kinds.add_parser("book", help="postings at once, and the proof of a large book")
        accounts.add_argument("--seconds", type=float, default=5.0, help="of each of four runs")
        accounts.add_argument("--lines", type=int, default=1_000_000)
        accounts.add_argument("--url", help="of a running product, not one of the bench's own")

        read = kinds.add_parser("labelstudio", help="whether label-studio reads our exports")
        read.add_argument("--url", help="of a running product, instead of one of the bench's own")

        kinds.add_parser("gas", help="what a payee costs, beside a bare loop and single transfers")

        good = kinds.add_parser("quality", help="models and adaptive overlap on real answers")
        good.add_argument("file", type=Path, nargs="?", help=ANSWERS)
        good.add_argument("--speed", action="store_true", help="CPU seconds on made answers")
        good.add_argument("--confidence", type=float, default=Rule.confidence)
        good.add_argument("--at-least", type=int, default=Rule.at_least)
        good.add_argument("--at-most", type=int, default=Rule.at_most)

        kit = kinds.add_parser("crowdkit", help="whether our models say what crowd-kit's say")
        kit.add_argument("file", type=Path, help=ANSWERS)

    def handle(self, *args: Any, kind: str, **options: Any) -> None:
        if kind == "quality":
            self._quality(**options)
        elif kind == "crowdkit":
            self._crowdkit(**options)
        elif kind == "gas":
            gas.measure()
        elif kind == "page":
            self._on_a_product(self._page, **options)
        elif kind == "payouts":
            self._on_a_product(self._payouts, **options)
        elif kind == "book":
            self._on_a_product(self._book, **options)
        elif kind == "labelstudio":
            self._on_a_product(self._labelstudio, **options)
        elif kind == "imports":
            self._on_a_product(self._imports, **options)
        else:
            self._on_a_product(self._handout, **options)

    def _quality(self, file: Path | None, *, speed: bool, **options: Any) -> None:
        if (file is None) != speed:
            raise CommandError("Name a file of answers, or ask for --speed.")
        if file is None:
            quality.measure_speed()
            return
        rule = Rule(**{name: options[name] for name in ("confidence", "at_least", "at_most")})
        try:
            quality.measure(file, rule)
        except (OSError, ValueError) as error:
            raise CommandError(str(error))

    def _crowdkit(self, file: Path, **options: Any) -> None:
        try:
            crowdkit.measure(file)
        except (OSError, ValueError, CannotRun, elsewhere.Failed) as error:
            raise CommandError(str(error))

    def _imports(self, url: str, *, tasks: int, **options: Any) -> None:
        imports.measure(url, tasks=tasks)

    def _page(self, url: str, *, runs: int, **options: Any) -> None:
        page.measure(url, runs=runs)

    def _labelstudio(self, url: str, **options: Any) -> None:
        labelstudio.measure(url)

    def _payouts(self, url: str, *, people: int, **options: Any) -> None:
        payouts.measure(people=people)

    def _book(self, url: str, *, seconds: float, lines: int, **options: Any) -> None:
        book.measure(seconds=seconds, lines=lines)

    def _handout(self, url: str, *, floor: bool, **options: Any) -> None:
        pgbench = postgres.binaries() / "pgbench" if floor else None
        wanted = handout.Options(**{name: options[name] for name in HANDOUT}, pgbench=pgbench)
        handout.measure(url, wanted)

    def _on_a_product(
        self, measure: Callable[..., None], *, url: str | None, **options: Any
    ) -> None:
        for name in LIMITS.keys() & options.keys():
            if not 0 < options[name] <= LIMITS[name]:
                raise CommandError(f"--{name} is from 1 to {LIMITS[name]:,}.")
        if url is None:
            sys.exit(self._on_a_product_of_its_own())
        try:
            measure(url.rstrip("/"), **options)
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130)
        except (
            OSError,
            TimeoutError,
            MalformedHttp,
            Refused,
            ChainError,
            RuntimeError,
            NoFloor,
        ) as error:
            raise CommandError(f"The measurement broke off: {error or type(error).__name__}")

    def _on_a_product_of_its_own(self) -> int:
        """A fresh one in a folder that is gone afterwards."""
        with TemporaryDirectory(prefix="stipend-bench-") as home:
            Path(home).chmod(0o711)  # PostgreSQL runs as somebody else when we are root
            try:
                return stage.play_again(Path(home), "--url", "{url}")
            except CannotRun as error:
                raise CommandError(str(error))
