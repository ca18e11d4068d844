"""A posting is one call, whoever its purses belong to, and holds no account while the disk writes.

PostgreSQL keeps a transaction's locks until its commit is on disk. The releases of one project, who
all want the same account, waited for the disk one after the other; now they wait together. Purses
may be named by their holders, so that nobody has to ask for their ids first. What the functions
promise is said in `payments.ledger`, their only caller.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("payments.migrations.0009_the_book_is_written_in_one_call")

WRITE = """
DROP FUNCTION payments_post(
    text[], bytea[], text[], text[], int[], uuid[], text[], bigint[]);

-- The ids of purses, of which some are named by their holder alone: opened now if there was none.
CREATE FUNCTION payments_open(purses uuid[], holders text[])
RETURNS uuid[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    found uuid[];
BEGIN
    LOOP
        SELECT array_agg(COALESCE(given.purse_id, purse.id) ORDER BY given.number) INTO found
        FROM unnest(purses, holders) WITH ORDINALITY AS given (purse_id, holder, number)
        LEFT JOIN payments_purse AS purse ON purse.holder = given.holder;
        EXIT WHEN array_position(found, NULL) IS NULL;
        INSERT INTO payments_purse (id, holder, created_at)
        SELECT gen_random_uuid(), given.holder, now()
        FROM (SELECT DISTINCT holder FROM unnest(holders) AS named (holder)) AS given
        WHERE given.holder IS NOT NULL
        ORDER BY given.holder
        ON CONFLICT (holder) DO NOTHING;
    END LOOP;
    RETURN found;
END $$;

-- The ids of these entries, written now with their lines, or before: all or none. Each move says
-- by a number from 1 on of which entry it is, and names a purse or its holder. STKEY: a key stands
-- for something else. STLOW: an account has too little; the detail says how much is needed and how
-- much is there.
CREATE FUNCTION payments_post(
    keys text[], entry_kinds text[], causes text[],
    entries int[], purses uuid[], holders text[], kinds text[], units bigint[]
) RETURNS bigint[] LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    ids bigint[];
    fingerprints bytea[];
    is_fresh boolean[];
    written bigint;
    reused text;
    short text;
BEGIN
    IF array_position(purses, NULL) IS NOT NULL THEN
        purses := payments_open(purses, holders);
    END IF;
    -- The fingerprint is a digest of what is moved; the cause is a text for people and no part of it.
    SELECT array_agg(nextval('payments_entry_id_seq')), array_agg(one.fingerprint ORDER BY one.entry)
    INTO ids, fingerprints
    FROM (
        SELECT move.entry, sha256(convert_to(jsonb_build_array(entry_kinds[move.entry], jsonb_agg(
            jsonb_build_array(move.purse_id, move.kind, move.units)
            ORDER BY move.purse_id::text COLLATE "C", move.kind COLLATE "C", move.units
        ))::text, 'UTF8')) AS fingerprint
        FROM unnest(entries, purses, kinds, units) AS move (entry, purse_id, kind, units)
        GROUP BY move.entry
    ) AS one;
    INSERT INTO payments_entry (id, key, fingerprint, kind, cause, created_at)
    SELECT ids[given.number], given.key, given.fingerprint, given.kind, given.cause, now()
    FROM unnest(keys, fingerprints, entry_kinds, causes) WITH ORDINALITY
        AS given (key, fingerprint, kind, cause, number)
    ORDER BY given.key
    ON CONFLICT (key) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;

    IF written < cardinality(keys) THEN  -- some were written before, and are left alone
        PERFORM pg_logical_emit_message(true, 'payments', '');  -- wait for them, see below
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

-- What payments_post does, committed and on disk. The first commit lets the accounts go before it
-- is on disk; the second comes behind it in the same log, and waits until both are: it would not if
-- nothing were written, so an empty message is. Whoever reads the entry in between and writes
-- something because of it is behind it in the log, too.
CREATE PROCEDURE payments_post_now(
    keys text[], entry_kinds text[], causes text[],
    entries int[], purses uuid[], holders text[], kinds text[], units bigint[], INOUT ids bigint[]
) LANGUAGE plpgsql AS $$
DECLARE
    place pg_lsn;
BEGIN
    SET LOCAL synchronous_commit TO off;
    ids := payments_post(keys, entry_kinds, causes, entries, purses, holders, kinds, units);
    COMMIT;
    place := pg_logical_emit_message(true, 'payments', '');
END $$;
"""
UNWRITE = f"""
DROP PROCEDURE payments_post_now(
    text[], text[], text[], int[], uuid[], text[], text[], bigint[], bigint[]);
DROP FUNCTION payments_post(
    text[], text[], text[], int[], uuid[], text[], text[], bigint[]);
DROP FUNCTION payments_open(uuid[], text[]);
DROP FUNCTION payments_lock(uuid[], text[]);
{BEFORE.WRITE}
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_who_was_told")]

    operations = [migrations.RunSQL(WRITE, UNWRITE)]
