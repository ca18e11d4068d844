"""What needs a look most is found at once, however many answers a project has."""

from django.db import migrations, models
from django.db.models import Case, F, Q, When

NEED = F("score") - Case(
    When(is_signalled=True, is_gold=True, score__lt=1.0, then=6.0),
    When(is_signalled=True, then=4.0),
    When(is_gold=True, score__lt=1.0, then=2.0),
    default=0.0,
    output_field=models.FloatField(),
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
