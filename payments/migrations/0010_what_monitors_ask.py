"""How far the chain is read, and what a proof of the book counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0009_the_book_is_written_in_one_call"),
    ]

    operations = [
        migrations.AddField(
            model_name="network",
            name="head_block",
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="network",
            name="read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="reconciliation",
            name="facts",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
