"""What was known of an answer that measures a juror is kept with the vote: of those already drawn, as
it is by now."""

from django.db import migrations, models

KNOWN = """
    UPDATE labeling_vote AS vote
    SET was_acceptable = COALESCE(answer.score >= project.accept_score, false)
    FROM labeling_submission AS answer
    JOIN labeling_project AS project ON project.id = answer.project_id
    WHERE vote.is_gold AND answer.id = vote.submission_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0024_withdrawals_have_an_owner"),
    ]

    operations = [
        migrations.AddField(
            model_name="vote",
            name="was_acceptable",
            field=models.BooleanField(null=True),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
