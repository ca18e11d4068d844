"""`manage.py sweep_fees`: what the house has earned is in its own purse."""

from typing import Any

from django.core.management.base import BaseCommand

from payments import house, money


class Command(BaseCommand):
    help = "Moves the fees that lie in the purses of projects into the house's purse."

    def handle(self, *args: Any, **options: Any) -> None:
        swept = house.sweep()
        self.stdout.write(f"{money.format(swept)} swept, {money.format(house.funds_units())} there")
