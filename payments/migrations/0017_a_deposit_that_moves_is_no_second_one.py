"""Events are told apart by their tx and their place in it: their place in a block may change."""

from django.db import migrations, models

# As they are in the book already: under their place in the block. What two blocks tell of one tx was
# read twice, and the older one is on the chain no more.
AS_THEY_WERE = """
    UPDATE payments_chainevent AS event SET position = log_index, lost_at = CASE
        WHEN settled_at IS NOT NULL AND EXISTS (
            SELECT FROM payments_chainevent AS newer
            WHERE newer.tx_hash = event.tx_hash AND newer.name = event.name
                AND newer.block_hash <> event.block_hash AND newer.id > event.id)
        THEN clock_timestamp() END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0016_what_an_exit_took_has_its_place"),
    ]

    operations = [
        migrations.AddField(
            model_name="chainevent",
            name="position",
            field=models.IntegerField(default=0),
        ),
        migrations.AddField(
            model_name="chainevent",
            name="lost_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunSQL(AS_THEY_WERE, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="chainevent",
            index=models.Index(
                condition=models.Q(("lost_at__isnull", False)),
                fields=["tx_hash"],
                name="lost_event_by_tx",
            ),
        ),
    ]
