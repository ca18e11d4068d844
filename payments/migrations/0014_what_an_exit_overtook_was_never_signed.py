"""A chain tx that was never signed can fail: somebody's exit from the vault came before it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_one_clock_tells_how_long_payouts_wait")]

    operations = [
        migrations.RemoveConstraint(model_name="chaintx", name="signed_bytes_are_kept"),
        migrations.AddConstraint(
            model_name="chaintx",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["READY", "FAILED"]),
                    models.Q(("nonce__isnull", False), ("raw__isnull", False)),
                    _connector="OR",
                ),
                name="signed_bytes_are_kept",
            ),
        ),
    ]
