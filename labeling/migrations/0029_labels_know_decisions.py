"""A case says whether the labels of its tasks are by its decision.

Those decided before are left to be weighed, once, at the next look: some were decided before any look
weighed, or committed behind the look that should have seen them, and nothing tells them apart. To weigh
what was weighed is cheap, and changes what it knows more of by now.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0028_missed_gold_and_tests_apart"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="is_weighed",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False), ("is_weighed", False)),
                fields=["project", "decided_at"],
                name="case_to_weigh",
            ),
        ),
    ]
