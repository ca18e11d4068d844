"""Days: how much a purse earned on each of the last ones."""

from datetime import date, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

LINES_LIMIT = 50_000  # the newest, looked at; older days are then not told in full

EARNED = """
    SELECT (entry.created_at AT TIME ZONE 'UTC')::date, sum(line.amount_units)::bigint
    FROM (
        SELECT line.entry_id, line.amount_units FROM payments_line AS line
        JOIN payments_account AS account
            ON account.id = line.account_id AND account.kind = 'EARNED'
        WHERE account.purse_id = %s ORDER BY line.id DESC LIMIT %s
    ) AS line JOIN payments_entry AS entry ON entry.id = line.entry_id
    WHERE entry.kind IN ('release', 'bonus') AND entry.created_at >= %s
    GROUP BY 1
"""


def earned(purse_id: UUID | None, *, count: int) -> list[tuple[date, int]]:
    """Each of the last `count` days in UTC, the oldest first, with the units earned on it."""
    today = timezone.now().date()
    days = [today - timedelta(days=back) for back in reversed(range(count))]
    with connection.cursor() as cursor:
        cursor.execute(EARNED, [purse_id, LINES_LIMIT, days[0]])
        units_on = dict(cursor.fetchall())
    return [(day, units_on.get(day, 0)) for day in days]
