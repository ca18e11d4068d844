"""What was committed stays as it was: PostgreSQL refuses to change it, whoever asks."""

from django.db import migrations

REFUSE = """
CREATE TRIGGER load_root_never_changes
    BEFORE UPDATE OF gold_root ON labeling_load FOR EACH ROW
    WHEN (OLD.gold_root IS NOT NULL AND OLD.gold_root IS DISTINCT FROM NEW.gold_root)
    EXECUTE FUNCTION labeling_refuse_change();
CREATE TRIGGER gold_never_changes
    BEFORE UPDATE OF data, content_hash, expected, salt ON labeling_task FOR EACH ROW
    WHEN (OLD.salt IS NOT NULL AND (OLD.data IS DISTINCT FROM NEW.data
        OR OLD.content_hash <> NEW.content_hash
        OR OLD.expected IS DISTINCT FROM NEW.expected OR OLD.salt IS DISTINCT FROM NEW.salt))
    EXECUTE FUNCTION labeling_refuse_change();
"""
ALLOW = """
DROP TRIGGER gold_never_changes ON labeling_task;
DROP TRIGGER load_root_never_changes ON labeling_load;
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0007_audits")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
