"""Words alone: with automatic review, too, an answer that carries a signal waits for a look."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0025_votes_keep_what_was_known"),
    ]

    operations = [
        migrations.AlterField(
            model_name="project",
            name="review",
            field=models.CharField(
                choices=[
                    ("auto", "who carries no signal is accepted when their task is judged"),
                    ("consensus", "who agrees with the consensus is accepted, others wait"),
                    ("manual", "the requester decides"),
                ],
                default="consensus",
                max_length=10,
            ),
        ),
    ]
