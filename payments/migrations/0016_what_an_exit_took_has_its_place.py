"""What was taken out of the vault with a proof is a span of dollars, as a payout is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0015_what_takes_two_admins_takes_them_in_postgresql"),
    ]

    operations = [
        migrations.CreateModel(
            name="Exit",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="exit",
                        serialize=False,
                        to="payments.entry",
                    ),
                ),
                ("amount_units", models.BigIntegerField()),
                ("up_to_units", models.BigIntegerField()),
                ("address", models.CharField(max_length=42)),
                ("tx_hash", models.CharField(max_length=66)),
                (
                    "purse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exits",
                        to="payments.purse",
                    ),
                ),
            ],
            options={
                "ordering": ["entry"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_units__gt", 0)), name="exit_of_something"
                    ),
                    models.UniqueConstraint(
                        fields=("purse", "up_to_units"), name="exit_has_its_place"
                    ),
                ],
            },
        ),
    ]
