"""What needs a look most is found at once, however many answers a project has."""

from django.db import migrations, models
from django.db.models import F, Q

NEED = (
    F("score")
    - models.Func(
        F("is_signalled"),
        template="CASE WHEN %(expressions)s THEN 4 ELSE 0 END",
        output_field=models.FloatField(),
    )
    - models.Func(
        F("is_gold"),
        F("score"),
        template="CASE WHEN %(expressions)s < 1 THEN 2 ELSE 0 END",
        arg_joiner=" AND ",
        output_field=models.FloatField(),
    )
)


class Migration(migrations.Migration):
    dependencies = [("labeling", "0003_lanes_gold_and_cases")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="is_signalled",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                F("project"),
                NEED,
                F("id"),
                condition=Q(state="SUBMITTED", score__isnull=False),
                name="submission_to_review",
            ),
        ),
    ]
