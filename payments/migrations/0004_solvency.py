"""Batches get a number, by which the vault knows them, and say what is owed after them."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

NUMBERS = """
CREATE SEQUENCE payments_batch_numbers;
"""
NO_NUMBERS = """
DROP SEQUENCE payments_batch_numbers;
"""
NUMBER_ALL = """
UPDATE payments_batch SET number = nextval('payments_batch_numbers') WHERE number IS NULL;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0003_the_book_is_never_emptied")]

    operations: ClassVar = [
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
        migrations.AddField("batch", "number", models.BigIntegerField(null=True, editable=False)),
        migrations.RunSQL(NUMBER_ALL, migrations.RunSQL.noop),
        migrations.AlterField(
            "batch", "number", models.BigIntegerField(unique=True, editable=False)
        ),
        migrations.CreateModel(
            name="Owed",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="owed",
                        serialize=False,
                        to="payments.batch",
                    ),
                ),
                ("balances_root", models.CharField(max_length=66)),
                ("labels_root", models.CharField(max_length=66)),
                ("total_units", models.BigIntegerField()),
                ("homeless_units", models.BigIntegerField()),
                ("balances", models.JSONField(null=True)),
                ("labels", models.JSONField(null=True)),
            ],
            options={
                "verbose_name": "balances owed",
                "verbose_name_plural": "balances owed",
                "ordering": ["-batch__number"],
            },
        ),
    ]
