"""Each line of earnings and each paid payout knows its place among all dollars that were earned.

So which payout paid which work is looked up, and nobody's history is summed up for it.
"""

from django.db import migrations, models

# What was written before gets its places once; nothing else of it changes.
COUNT = """
ALTER TABLE payments_line DISABLE TRIGGER line_is_never_changed;
WITH place AS (
    SELECT line.id,
        sum(line.amount_units) OVER (PARTITION BY line.account_id ORDER BY line.id) AS up_to_units
    FROM payments_line AS line
    JOIN payments_account AS account ON account.id = line.account_id AND account.kind = 'EARNED'
    JOIN payments_entry AS entry
        ON entry.id = line.entry_id AND entry.kind IN ('release', 'bonus')
)
UPDATE payments_line AS line SET up_to_units = place.up_to_units
FROM place WHERE place.id = line.id;
ALTER TABLE payments_line ENABLE TRIGGER line_is_never_changed;

UPDATE payments_account AS account SET came_units = came.units
FROM (
    SELECT account_id, max(up_to_units) AS units FROM payments_line
    WHERE up_to_units IS NOT NULL GROUP BY account_id
) AS came WHERE came.account_id = account.id;

WITH place AS (
    SELECT payout.id,
        sum(payout.amount_units) OVER (PARTITION BY payout.purse_id ORDER BY entry.id) AS up_to_units
    FROM payments_payout AS payout
    JOIN payments_entry AS entry ON entry.key = 'settle:' || payout.id
    WHERE payout.state = 'PAID' AND payout.source = 'EARNED'
)
UPDATE payments_payout AS payout SET up_to_units = place.up_to_units
FROM place WHERE place.id = payout.id;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_deposits_are_followed_and_sent_back")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="came_units",
            field=models.BigIntegerField(db_default=0, editable=False),
        ),
        migrations.AddField(
            model_name="line",
            name="up_to_units",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="payout",
            name="up_to_units",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(
                condition=models.Q(("up_to_units__isnull", False)),
                fields=["account", "up_to_units"],
                name="line_by_dollar",
            ),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("up_to_units__isnull", False)),
                fields=["purse", "up_to_units"],
                name="payout_by_dollar",
            ),
        ),
    ]
