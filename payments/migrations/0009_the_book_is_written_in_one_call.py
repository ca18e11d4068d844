"""The book is written by one function of PostgreSQL: a posting is one statement.

No lock is held while a program thinks, and the statements inside are planned once a connection.
What the function promises is said in `payments.ledger`, its only caller.
"""

from django.db import migrations

WRITE = """
-- These accounts, there and locked in the order of their ids: missing ones are inserted first.
CREATE FUNCTION payments_lock(purses uuid[], kinds text[])
RETURNS SETOF payments_account LANGUAGE plpgsql ROWS 4
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    INSERT INTO payments_account (purse_id, kind, balance_units)
    SELECT DISTINCT wanted.purse_id, wanted.kind, 0
    FROM unnest(purses, kinds) AS wanted (purse_id, kind)
    WHERE NOT EXISTS (
        SELECT FROM payments_account AS there
        WHERE there.purse_id = wanted.purse_id AND there.kind = wanted.kind)
    ORDER BY wanted.purse_id, wanted.kind
    ON CONFLICT (purse_id, kind) DO NOTHING;

    RETURN QUERY SELECT account.*
    FROM payments_account AS account
    JOIN (SELECT DISTINCT * FROM unnest(purses, kinds)) AS wanted (purse_id, kind)
        ON account.purse_id = wanted.purse_id AND account.kind = wanted.kind
    ORDER BY account.id
    FOR NO KEY UPDATE OF account;
END $$;

-- The ids of these entries, written now with their lines, or before: all or none. Each move says
-- by a number from 1 on of which entry it is. STKEY: a key stands for something else. STLOW: an
-- account has too little; the detail says how much is needed and how much is there.
CREATE FUNCTION payments_post(
    keys text[], fingerprints bytea[], entry_kinds text[], causes text[],
    entries int[], purses uuid[], kinds text[], units bigint[]
) RETURNS bigint[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids bigint[];
    is_fresh boolean[];
    written bigint;
    reused text;
    short text;
BEGIN
    SELECT array_agg(nextval('payments_entry_id_seq')) INTO ids
    FROM generate_series(1, cardinality(keys));
    INSERT INTO payments_entry (id, key, fingerprint, kind, cause, created_at)
    SELECT ids[given.number], given.key, given.fingerprint, given.kind, given.cause, now()
    FROM unnest(keys, fingerprints, entry_kinds, causes) WITH ORDINALITY
        AS given (key, fingerprint, kind, cause, number)
    ORDER BY given.key
    ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;

    IF written < cardinality(keys) THEN  -- some were written before, and are left alone
        SELECT array_agg(entry.id ORDER BY given.number),
            array_agg(entry.id = ids[given.number] ORDER BY given.number),
            min(given.key) FILTER (WHERE entry.fingerprint <> given.fingerprint)
        INTO ids, is_fresh, reused
        FROM unnest(keys, fingerprints) WITH ORDINALITY AS given (key, fingerprint, number)
        JOIN payments_entry AS entry ON entry.key = given.key;
        IF reused IS NOT NULL THEN
            RAISE EXCEPTION 'key reused' USING ERRCODE = 'STKEY', DETAIL = reused;
        END IF;
        SELECT array_agg(move.entry ORDER BY move.number),
            array_agg(move.purse_id ORDER BY move.number),
            array_agg(move.kind ORDER BY move.number), array_agg(move.units ORDER BY move.number)
        INTO entries, purses, kinds, units
        FROM unnest(entries, purses, kinds, units) WITH ORDINALITY
            AS move (entry, purse_id, kind, units, number)
        WHERE is_fresh[move.entry];
        IF entries IS NULL THEN
            RETURN ids;
        END IF;
    END IF;

    SELECT min(format('%s %s', -change.units, account.balance_units))
        FILTER (WHERE account.kind <> 'WORLD' AND change.units < 0
            AND account.balance_units + change.units < 0)
    INTO short
    FROM payments_lock(purses, kinds) AS account
    JOIN (
        SELECT move.purse_id, move.kind, sum(move.units)::bigint AS units
        FROM unnest(purses, kinds, units) AS move (purse_id, kind, units)
        GROUP BY move.purse_id, move.kind
    ) AS change ON change.purse_id = account.purse_id AND change.kind = account.kind;
    IF short IS NOT NULL THEN
        RAISE EXCEPTION 'insufficient funds' USING ERRCODE = 'STLOW', DETAIL = short;
    END IF;

    -- The balances move by the sums of the very lines that are written.
    WITH move AS (
        SELECT ids[given.entry] AS entry_id, account.id AS account_id, given.units, given.number,
            account.came_units,
            account.kind = 'EARNED' AND entry_kinds[given.entry] IN ('release', 'bonus') AS earns
        FROM unnest(entries, purses, kinds, units) WITH ORDINALITY
            AS given (entry, purse_id, kind, units, number)
        JOIN payments_account AS account
            ON account.purse_id = given.purse_id AND account.kind = given.kind
        WHERE given.units <> 0
    ), line AS (
        INSERT INTO payments_line (entry_id, account_id, amount_units, up_to_units)
        SELECT move.entry_id, move.account_id, move.units, CASE WHEN move.earns THEN
            move.came_units + sum(move.units) FILTER (WHERE move.earns)
                OVER (PARTITION BY move.account_id ORDER BY move.number) END
        FROM move ORDER BY move.number
        RETURNING account_id, amount_units, up_to_units
    ), change AS (
        SELECT account_id, sum(amount_units)::bigint AS units, max(up_to_units) AS came_units
        FROM line GROUP BY account_id
    )
    UPDATE payments_account AS account
    SET balance_units = account.balance_units + change.units,
        came_units = COALESCE(change.came_units, account.came_units)
    FROM change WHERE account.id = change.account_id;
    RETURN ids;
END $$;

-- What is checked at commit is planned once, too; and what can be checked in the call is.
ALTER FUNCTION payments_entry_is_balanced() SET plan_cache_mode = force_generic_plan;
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT conname FROM pg_constraint
        WHERE conrelid = 'payments_line'::regclass AND contype = 'f'
    LOOP
        EXECUTE format('ALTER TABLE payments_line ALTER CONSTRAINT %I NOT DEFERRABLE', name);
    END LOOP;
END $$;
"""
UNWRITE = """
ALTER FUNCTION payments_entry_is_balanced() RESET plan_cache_mode;
DROP FUNCTION payments_post(
    text[], bytea[], text[], text[], int[], uuid[], text[], bigint[]);
DROP FUNCTION payments_lock(uuid[], text[]);
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0008_every_dollar_has_its_place")]

    operations = [migrations.RunSQL(WRITE, UNWRITE)]
