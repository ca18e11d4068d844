from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("labeling", "0019_projects_say_where_signals_begin"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="key",
            field=models.CharField(editable=False, max_length=100, null=True),
        ),
        migrations.AddField(
            model_name="project",
            name="fingerprint",
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddConstraint(
            model_name="project",
            constraint=models.UniqueConstraint(
                fields=("owner", "key"), name="project_asked_for_once"
            ),
        ),
    ]
