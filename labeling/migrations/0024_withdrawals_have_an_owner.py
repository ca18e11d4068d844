"""Whose the withdrawals are that were asked for before: the limits of a day count them together."""

from django.db import migrations

OWNERS = """
UPDATE payments_payout AS payout SET owner = 'person:' || project.owner_id
FROM labeling_project AS project WHERE project.purse_id = payout.purse_id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0023_looks_go_on_where_they_stopped"),
        ("payments", "0018_payouts_have_an_owner"),
    ]

    operations = [migrations.RunSQL(OWNERS, migrations.RunSQL.noop)]
