"""The corridor without a person: from a funded project to money in labelers' wallets."""

import asyncio
from itertools import islice
from time import monotonic
from typing import Any

from demo import bill, cast, digits, findings, labelers, payday, report, requester
from demo.findings import Findings
from demo.labelers import Labeler
from demo.progress import Bar
from demo.wire import Client, MalformedHttp, Refused
from payments import jobs, money
from payments.chain.errors import ChainError

OVERLAP = 3
PRICE = "0.02"
PNG = b"\x89PNG\r\n\x1a\n"
LABELERS_LIMIT = 100


def run(url: str, *, tasks_count: int, labelers_count: int) -> list[str]:
    """Plays it all against the product at `url`; the sentences about what is off, if any."""
    if not OVERLAP <= labelers_count <= LABELERS_LIMIT:
        return [f"It takes {OVERLAP} to {LABELERS_LIMIT} labelers: each task wants {OVERLAP}."]
    if not 1 <= tasks_count <= digits.COUNT:
        return [f"There are 1 to {digits.COUNT:,} digits to label."]
    if not cast.enter_stage():
        return ["Another demo is running on this product; wait for its end."]
    print(f"The corridor at {url}: {tasks_count:,} digits, {labelers_count} labelers")
    client, people = cast.requester(url), cast.cast(url, count=labelers_count)
    try:
        facts = asyncio.run(_play(client, people, tasks_count=tasks_count))
        problems = jobs.prove().problems
    except (OSError, TimeoutError, MalformedHttp, Refused, ChainError, RuntimeError) as error:
        return [f"The corridor broke off: {error or type(error).__name__}"]
    finally:
        cast.leave()
    paid = bill.of([one["tx_hash"] for one in facts["payouts"]])
    found = Findings(paid=paid, reconcile_problems=problems, **facts)
    print("\n" + report.text(found))
    return findings.problems(found)


async def _play(client: Client, people: list[Labeler], *, tasks_count: int) -> dict[str, Any]:
    """What the findings are made of."""
    truth = dict(islice(digits.truth().items(), tasks_count))
    await _see_images(client, list(truth))
    project = await _open(client, truth)
    before = await payday.balances(people)
    label_seconds = await _label(client, people, project["id"], truth)
    payouts = await _pay(people)
    rows = await requester.export(client, project["id"])
    after = await payday.balances(people)
    for one in (client, *(labeler.client for labeler in people)):
        one.close()
    return {
        "tasks_count": tasks_count,
        "overlap": OVERLAP,
        "price_units": money.parse(PRICE),
        "label_seconds": label_seconds,
        "labelers": people,
        "truth": truth,
        "rows": rows,
        "before": before,
        "after": after,
        "payouts": payouts,
    }


async def _see_images(client: Client, addresses: list[str]) -> None:
    """The first and the last image can be seen; raises RuntimeError."""
    for address in {addresses[0], addresses[-1]}:
        answer = await client.send(client.request("GET", address))
        if answer.status != 200 or not answer.body.startswith(PNG):
            raise RuntimeError(f"{address} is not an image (HTTP {answer.status}).")


async def _open(client: Client, truth: dict[str, int]) -> dict[str, Any]:
    """A project with all the digits, funded through the vault and open."""
    wanted = requester.Wanted(digits.TITLE, digits.INSTRUCTIONS, digits.CONFIG, PRICE, OVERLAP)
    project = await requester.create(client, wanted)
    loaded = await requester.load(client, project["id"], ({"image": image} for image in truth))
    cost_units = money.parse(project["cost_per_task"]) * loaded["added"]
    started_at = monotonic()
    tx_hash = await requester.fund(client, project, amount_units=cost_units)
    print(
        f"  project {project['id']}: {loaded['added']:,} tasks loaded; {money.format(cost_units)} "
        f"deposited and confirmed in {monotonic() - started_at:.1f} s, tx {tx_hash[:12]}…"
    )
    opening = await requester.open_tasks(client, project["id"])
    return opening["project"]


async def _label(
    client: Client, people: list[Labeler], project_id: int, truth: dict[str, int]
) -> float:
    """The seconds in which all labels were given; afterwards all of them are accepted."""
    wanted = len(truth) * OVERLAP
    with Bar("labels", total=wanted, is_rated=True) as bar:
        await labelers.work_together(people, project_id, truth=truth, wanted=wanted, tick=bar.add)
        label_seconds = bar.seconds
    with Bar("accepted", total=wanted) as bar:
        await requester.accepted(client, project_id, wanted=wanted, reach=bar.reach)
    return label_seconds


async def _pay(people: list[Labeler]) -> list[dict[str, Any]]:
    """Everybody's payouts, settled."""
    owed = await payday.balances(people)
    wanted = sum(one.earned_units > 0 for one in owed.values())
    with Bar("payouts", total=wanted) as bar:
        return await payday.pay_out(people, owed, tick=bar.add)
