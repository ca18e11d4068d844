"""A book of real money is never emptied; a project's funds can be paid out like earnings.

On the local chain money is a toy, and so is its book: tests and `manage.py flush` may empty it.
"""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION payments_is_never_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_network WHERE chain_id <> 31337) THEN
        RAISE EXCEPTION 'the book is never changed: % on %', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'book_is_never_changed';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_is_never_emptied BEFORE TRUNCATE ON payments_entry
    FOR EACH STATEMENT EXECUTE FUNCTION payments_is_never_emptied();
CREATE TRIGGER line_is_never_emptied BEFORE TRUNCATE ON payments_line
    FOR EACH STATEMENT EXECUTE FUNCTION payments_is_never_emptied();
"""
UNGUARD = """
DROP TRIGGER entry_is_never_emptied ON payments_entry;
DROP TRIGGER line_is_never_emptied ON payments_line;
DROP FUNCTION payments_is_never_emptied();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_the_book_is_guarded")]

    operations = [
        migrations.AddField(
            model_name="payout",
            name="source",
            field=models.CharField(
                choices=[
                    ("EARNED", "to be taken out at any time"),
                    ("FUNDS", "deposited, not promised yet"),
                ],
                default="EARNED",
                max_length=8,
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
