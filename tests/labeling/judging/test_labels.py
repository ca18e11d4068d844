"""Labels fitted anew of forms with several questions: each asks what it has to, and no more."""

import numpy as np
import pytest

from labeling.aggregation import models
from labeling.aggregation.votes import Labels, Votes
from labeling.content import configs
from labeling.handout import submissions
from labeling.judging import audits, labels, quality
from labeling.models import Project, Task
from tests.labeling import house
from tests.labeling.judging.test_audits import TWO, asked_both, said

pytestmark = pytest.mark.django_db
WHY = '<Choices name="why" '
STRICT = TWO.replace(WHY, WHY + 'required="true" ')
GOOD, BAD, RUDE, FALSE = said("Good"), said("Bad"), said("Bad", "Rude"), said("Bad", "False")
THREE = (
    '<View><Text name="text" value="$text"/>'
    + "".join(
        f'<Choices name="{name}" toName="text"><Choice value="Good"/><Choice value="Bad"/>'
        "</Choices>"
        for name in "abc"
    )
    + "</View>"
)


def judged(*results: list, config: str) -> Project:
    """Of one task, with these answers."""
    return asked_both(*([one] for one in results), config=config)


def turned(made: Project, *, chance: float) -> None:
    """Its label is written as if a model were so sure that it is Bad; of why none is."""
    config = configs.form_of(made.pk, version=made.config_version).config
    answers, _ = audits._answers(made, config)
    votes = Votes.of([(made.tasks.get().pk, "somebody", ("Bad",))], labels=[("Good",)])
    mood = Labels(votes, "dawid_skene", np.array([[chance, 1 - chance]]), np.ones(1))
    rows = labels.rows(config.controls["why"], answers)
    why = models.alike(Votes.of(rows), labels_count=2)
    labels.write(made, config, {"mood": mood, "why": why}, answers)


def label() -> tuple[dict[str, str], float]:
    """What the only task is said to be, and how sure that is."""
    task = Task.objects.get()
    told = {one["from_name"]: one["value"]["choices"][0] for one in task.consensus}
    return told, round(task.confidence, 6)


def test_a_label_that_asks_what_the_consensus_did_not_says_what_most_say_of_it():
    made = judged(GOOD, GOOD, GOOD, GOOD, RUDE, RUDE, FALSE, config=STRICT)
    assert label()[0] == {"mood": "Good"}

    turned(made, chance=0.9)

    assert label() == ({"mood": "Bad", "why": "Rude"}, 0.8)  # 0.8² · 0.2 against 0.2² · 0.8


def test_where_nobody_said_what_a_label_requires_it_stays_as_it_is():
    made = judged(GOOD, GOOD, config=STRICT)
    before = label()

    turned(made, chance=0.9)

    assert label() == before


def test_of_what_a_label_may_leave_out_fewer_than_half_say_nothing():
    made = judged(GOOD, GOOD, GOOD, GOOD, RUDE, BAD, BAD, config=TWO)

    turned(made, chance=0.9)

    assert label() == ({"mood": "Bad"}, 0.9)


def test_a_label_that_once_lost_what_it_requires_has_it_again():
    made = judged(GOOD, RUDE, RUDE, config=STRICT)
    Task.objects.update(consensus=BAD)

    turned(made, chance=0.9)

    assert label()[0] == {"mood": "Bad", "why": "Rude"}


def test_where_the_consensus_leaves_everything_out_no_label_is_fitted():
    made = house.opened(tasks=8, overlap=3, config=THREE, aggregation="dawid_skene")
    for name in "abc":
        who, part = house.labeler(), [{**house.answer()[0], "from_name": name}]
        for _ in range(8):
            lease = house.take(made, who)
            submissions.submit(lease.id, labeler_id=who.pk, result=part)
    quality.judge()
    before = list(Task.objects.order_by("id").values("consensus", "confidence", "consensus_by"))
    assert [one["consensus"] for one in before] == [[]] * 8

    audits.of_project(made)

    after = Task.objects.order_by("id").values("consensus", "confidence", "consensus_by")
    assert list(after) == before
