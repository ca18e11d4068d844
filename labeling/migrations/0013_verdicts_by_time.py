"""Acceptances are events of a reputation, and verdicts of a month are found among all of them."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models

KINDS = [
    ("gold_right", "A known answer was met."),
    ("gold_wrong", "A known answer was missed."),
    ("gold_withdrawn", "A known answer turned out doubtful; its mark is undone."),
    ("agreed", "The answer agreed with the others."),
    ("disagreed", "The answer did not agree with the others."),
    ("accepted", "The requester accepted the answer."),
    ("rejected", "A rejection became final."),
    ("overturned", "A rejection was overturned."),
]


class Migration(migrations.Migration):
    dependencies = [("labeling", "0012_media")]

    operations = [
        migrations.AlterField(
            model_name="reputationevent",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=20),
        ),
        migrations.AddIndex(
            model_name="judgement",
            index=BrinIndex(fields=["created_at"], name="judgement_by_time", autosummarize=True),
        ),
    ]
