"""PostgreSQL, too, lets a large payout leave by the word of two admins alone."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION payments_payout_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.needs_approval
        OR (SELECT count(*) FROM payments_approval WHERE payout_id = NEW.id) < 2
    THEN
        RAISE EXCEPTION 'payout % has not the word of two admins', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'large_payout_takes_two_admins';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER large_payout_takes_two_admins
    BEFORE UPDATE OF needs_approval, batch_id ON payments_payout FOR EACH ROW
    WHEN (OLD.needs_approval
        AND (NOT NEW.needs_approval OR (OLD.batch_id IS NULL AND NEW.batch_id IS NOT NULL)))
    EXECUTE FUNCTION payments_payout_is_approved();
"""

UNGUARD = """
DROP TRIGGER large_payout_takes_two_admins ON payments_payout;
DROP FUNCTION payments_payout_is_approved();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0014_what_an_exit_overtook_was_never_signed")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RemoveConstraint(model_name="correction", name="correction_takes_two_admins"),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "POSTED"), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="correction_takes_two_admins",
            ),
        ),
    ]
