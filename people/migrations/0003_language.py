"""The language that pages and mails speak to a person."""

from django.db import migrations, models

import people.models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_country_languages_and_agents")]

    operations = [
        migrations.AddField(
            "user",
            "language",
            models.CharField(blank=True, default=people.models.language_of_page, max_length=8),
        ),
    ]
