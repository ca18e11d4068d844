"""What of a labeler's stake a jury was paid: it is given back when the rejection is thought over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("labeling", "0010_examples")]

    operations = [
        migrations.AddField(
            model_name="case", name="lost_units", field=models.BigIntegerField(default=0)
        ),
        migrations.RemoveConstraint(model_name="case", name="case_secures_no_debt"),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(lost_units__gte=0, secured_units__gte=0, stake_units__gte=0),
                name="case_secures_no_debt",
            ),
        ),
    ]
