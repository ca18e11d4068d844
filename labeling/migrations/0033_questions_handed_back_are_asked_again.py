"""What was handed back in a test before is asked again, and counts as called broken in no result.

RETURNED means there from now on that the question was called broken, and stays in the quota; those
before gave their place in it back.
"""

from django.db import migrations

ASKED_AGAIN = """
    UPDATE labeling_assignment AS lease SET state = 'EXPIRED'
    FROM labeling_task AS task JOIN labeling_project AS project ON project.id = task.project_id
    WHERE project.kind = 'test' AND task.id = lease.task_id AND lease.state = 'RETURNED'
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0032_what_waits_is_found_by_project")]

    operations = [migrations.RunSQL(ASKED_AGAIN, migrations.RunSQL.noop)]
