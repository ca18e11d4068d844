"""The database refuses to change an answer, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION labeling_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER submission_answer_never_changes
    BEFORE UPDATE OF result, assignment_id, task_id, labeler_id, submitted_at
    ON labeling_submission FOR EACH ROW
    WHEN (OLD.result IS DISTINCT FROM NEW.result
        OR OLD.assignment_id <> NEW.assignment_id OR OLD.task_id <> NEW.task_id
        OR OLD.labeler_id <> NEW.labeler_id OR OLD.submitted_at <> NEW.submitted_at)
    EXECUTE FUNCTION labeling_refuse_change();
CREATE TRIGGER judgement_never_changes
    BEFORE UPDATE ON labeling_judgement FOR EACH ROW
    EXECUTE FUNCTION labeling_refuse_change();
"""
ALLOW = """
DROP TRIGGER judgement_never_changes ON labeling_judgement;
DROP TRIGGER submission_answer_never_changes ON labeling_submission;
DROP FUNCTION labeling_refuse_change();
"""
# Room for new row versions beside the old ones: these rows change several times each.
ROOM = """
ALTER TABLE labeling_task SET (fillfactor = 80);
ALTER TABLE labeling_assignment SET (fillfactor = 80);
ALTER TABLE labeling_submission SET (fillfactor = 80);
ALTER TABLE labeling_membership SET (fillfactor = 50);
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
