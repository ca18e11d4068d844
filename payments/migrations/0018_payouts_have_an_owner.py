"""Whose a payout is in the end, for the limits: of a person's own purse its holder.

Whose a project's is the workshop knows: its migration 0024 says so of those asked for before.
"""

from django.db import migrations, models

OWNERS = """
UPDATE payments_payout AS payout SET owner = purse.holder
FROM payments_purse AS purse WHERE purse.id = payout.purse_id;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0017_a_deposit_that_moves_is_no_second_one")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="owner",
            field=models.CharField(default="", editable=False, max_length=80),
            preserve_default=False,
        ),
        migrations.RunSQL(OWNERS, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["owner", "requested_at"], name="payout_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", ""), _negated=True), name="payout_of_somebody"
            ),
        ),
    ]
