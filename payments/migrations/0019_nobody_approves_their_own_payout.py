"""Whose the payout is, is none of the two admins who let it leave: PostgreSQL refuses that word."""

from django.db import migrations

OTHERS = """
CREATE FUNCTION payments_approval_is_anothers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_payout
        WHERE id = NEW.payout_id AND owner = 'person:' || NEW.admin_id)
    THEN
        RAISE EXCEPTION 'payout % is the one of admin %', NEW.payout_id, NEW.admin_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'nobody_approves_their_own_payout';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER nobody_approves_their_own_payout
    BEFORE INSERT OR UPDATE ON payments_approval FOR EACH ROW
    EXECUTE FUNCTION payments_approval_is_anothers();

CREATE OR REPLACE FUNCTION payments_payout_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.needs_approval
        OR (SELECT count(*) FROM payments_approval
            WHERE payout_id = NEW.id AND 'person:' || admin_id <> NEW.owner) < 2
    THEN
        RAISE EXCEPTION 'payout % has not the word of two admins', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'large_payout_takes_two_admins';
    END IF;
    RETURN NEW;
END $$;
"""

ANYBODYS = """
CREATE OR REPLACE FUNCTION payments_payout_is_approved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT NEW.needs_approval
        OR (SELECT count(*) FROM payments_approval WHERE payout_id = NEW.id) < 2
    THEN
        RAISE EXCEPTION 'payout % has not the word of two admins', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'large_payout_takes_two_admins';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER nobody_approves_their_own_payout ON payments_approval;
DROP FUNCTION payments_approval_is_anothers();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_payouts_have_an_owner")]

    operations = [migrations.RunSQL(OTHERS, ANYBODYS)]
