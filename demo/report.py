"""The demo's report, for a person."""

from demo.findings import Findings
from payments import money


def text(found: Findings) -> str:
    """The findings in plain text."""
    return "\n".join([*_head(found), "", *_people(found), "", *_chain(found)])


def _head(found: Findings) -> list[str]:
    labels_count = len(found.labels)
    expected, _ = found.expected
    speed = labels_count / found.label_seconds
    return [
        "What came out",
        f"  tasks                    {found.tasks_count:>9,}",
        f"  labels                   {labels_count:>9,}   {found.overlap} a task, "
        f"in {found.label_seconds:.1f} s",
        f"  labels per second        {speed:>9,.0f}",
        f"  agreement                {found.agreement:>9.3f}   mean over the tasks",
        f"  accuracy of consensus    {found.accuracy:>9.3f}   against the truth; the error rates "
        f"allow {expected:.3f}",
    ]


def _people(found: Findings) -> list[str]:
    lines = [
        "  labeler           errs: set   seen  labels    earned      paid  on chain",
    ]
    totals = [0, 0, 0]
    for labeler in found.labelers:
        wrong, labels_count = found.errors_of(labeler)
        gained = found.gained(labeler)
        totals = [total + units for total, units in zip(totals, gained, strict=True)]
        seen = wrong / labels_count if labels_count else 0.0
        lines.append(
            f"  {labeler.username:<17} {labeler.error_rate:>9.1%} {seen:>6.1%} {labels_count:>7,}"
            + "".join(f"{money.format(units):>10}" for units in gained)
        )
    sums = "".join(f"{money.format(units):>10}" for units in totals)
    lines.append(f"  {'all':<17} {'':>9} {'':>6} {len(found.labels):>7,}{sums}")
    return lines


def _chain(found: Findings) -> list[str]:
    paid = found.paid
    each = paid.gas_used / paid.payees_count if paid.payees_count else 0
    verdict = "clean" if not found.reconcile_problems else "NOT CLEAN"
    return [
        f"  payouts                  {len(found.payouts):>9,}   in {paid.batches_count} "
        f"{'batch' if paid.batches_count == 1 else 'batches'} on the chain",
        f"  gas per payee            {each:>9,.0f}   {paid.gas_used:,} in all",
        f"  reconcile                {verdict:>9}",
    ]
