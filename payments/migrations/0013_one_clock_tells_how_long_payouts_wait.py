"""PostgreSQL says when a payout was asked for: clocks of web servers and workers may disagree."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0012_releases_share_the_wait_for_the_disk"),
    ]

    operations = [
        migrations.AlterField(
            model_name="payout",
            name="requested_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(), editable=False
            ),
        ),
    ]
