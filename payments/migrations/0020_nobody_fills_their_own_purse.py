"""Whose purse a correction fills, is none of the two admins who agree on it."""

from django.db import migrations

OTHERS = """
CREATE FUNCTION payments_correction_is_others() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_purse WHERE id = NEW.target_id
        AND holder IN ('person:' || NEW.proposed_by_id, 'person:' || NEW.decided_by_id))
    THEN
        RAISE EXCEPTION 'correction % fills the purse of one of its two admins', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_fills_their_own_purse';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER nobody_fills_their_own_purse
    BEFORE INSERT OR UPDATE ON payments_correction FOR EACH ROW
    WHEN (NEW.state = 'POSTED')
    EXECUTE FUNCTION payments_correction_is_others();
"""

ANYBODY = """
DROP TRIGGER nobody_fills_their_own_purse ON payments_correction;
DROP FUNCTION payments_correction_is_others();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0019_nobody_approves_their_own_payout")]

    operations = [migrations.RunSQL(OTHERS, ANYBODY)]
