"""What a jury found stays known when a requester thinks again; of older cases as far as it is told."""

from django.db import migrations, models

FOUND = """
    UPDATE labeling_case SET jury_state = CASE
        WHEN state = 'OVERTURNED' AND NOT EXISTS (
            SELECT FROM labeling_submission AS answer
            JOIN labeling_judgement AS found ON found.submission_id = answer.id
            WHERE answer.case_id = labeling_case.id AND found.verdict = 'ACCEPTED'
                AND found.by IN ('requester', 'admin')
                AND found.created_at > labeling_case.appealed_at
        ) THEN 'OVERTURNED' ELSE 'UPHELD' END
    WHERE appealed_at IS NOT NULL AND state IN ('OVERTURNED', 'UPHELD') AND seats_count >= 3
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0015_media_removed")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="jury_state",
            field=models.CharField(blank=True, db_default="", max_length=10),
        ),
        migrations.RunSQL(FOUND, migrations.RunSQL.noop),
    ]
