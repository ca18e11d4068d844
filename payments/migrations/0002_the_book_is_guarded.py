"""PostgreSQL itself keeps the book: entries sum to zero, and what is written stays written."""

from django.db import migrations

GUARD = """
CREATE FUNCTION payments_entry_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
    lines bigint;
BEGIN
    SELECT COALESCE(sum(amount_units), 0), count(*) INTO total, lines
    FROM payments_line WHERE entry_id = NEW.id;
    IF total <> 0 OR lines < 2 THEN
        RAISE EXCEPTION 'entry % has % lines that sum to %', NEW.id, lines, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_sums_to_zero';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payments_line_joins_new_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh JOIN payments_entry AS entry ON entry.id = fresh.entry_id
        WHERE entry.created_at <> transaction_timestamp()
    ) THEN
        RAISE EXCEPTION 'lines are written together with their entry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_is_complete';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION payments_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the book is never changed: % on %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'book_is_never_changed';
END $$;

-- The entry alone is checked at commit: lines can only be written in its own transaction.
CREATE CONSTRAINT TRIGGER entry_sums_to_zero AFTER INSERT ON payments_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_entry_is_balanced();
CREATE TRIGGER entry_is_complete AFTER INSERT ON payments_line
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION payments_line_joins_new_entry();
CREATE TRIGGER entry_is_never_changed BEFORE UPDATE OR DELETE ON payments_entry
    FOR EACH STATEMENT EXECUTE FUNCTION payments_is_written();
CREATE TRIGGER line_is_never_changed BEFORE UPDATE OR DELETE ON payments_line
    FOR EACH STATEMENT EXECUTE FUNCTION payments_is_written();
"""

UNGUARD = """
DROP TRIGGER entry_sums_to_zero ON payments_entry;
DROP TRIGGER entry_is_complete ON payments_line;
DROP TRIGGER entry_is_never_changed ON payments_entry;
DROP TRIGGER line_is_never_changed ON payments_line;
DROP FUNCTION payments_entry_is_balanced();
DROP FUNCTION payments_line_joins_new_entry();
DROP FUNCTION payments_is_written();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_the_book_and_the_chain")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
