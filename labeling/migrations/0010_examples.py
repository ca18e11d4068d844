"""Examples, what a task weighs, and which controls a project asks with."""

import re

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

TAG = re.compile(r"<(\w+)")
CONTROLS = {"Choices", "TextArea", "Rating", "Labels", "RectangleLabels"}  # known until now


def name_controls(apps, schema_editor):
    """Projects from before say what they ask with."""
    for project in apps.get_model("labeling", "Project").objects.only("config").iterator():
        project.controls = sorted(CONTROLS.intersection(TAG.findall(project.config)))
        project.save(update_fields=["controls"])


class Migration(migrations.Migration):
    dependencies = [("labeling", "0009_offered")]

    operations = [
        migrations.AddField("load", "task_bytes", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "project",
            "controls",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, editable=False, size=None
            ),
        ),
        migrations.RunPython(name_controls, migrations.RunPython.noop),
        migrations.CreateModel(
            "Example",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("data", models.JSONField()),
                ("content_hash", models.BinaryField(max_length=32, editable=False)),
                ("result", models.JSONField()),
                ("why", models.CharField(blank=True, max_length=1000)),
                ("is_shown", models.BooleanField(default=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="examples",
                        to="labeling.project",
                    ),
                ),
            ],
            options={"ordering": ["position", "id"]},
        ),
        migrations.AddConstraint(
            "example",
            models.UniqueConstraint(
                fields=("project", "content_hash"), name="example_once_a_project"
            ),
        ),
    ]
