"""How much answers agree with what is said of their tasks."""

import pytest

from labeling.content import configs
from labeling.judging import scores
from tests.labeling import house
from tests.labeling.judging.test_final_rejections import opened, say

pytestmark = pytest.mark.django_db
PARAMETERS_LIMIT = 65_535  # PostgreSQL takes no more of them


def test_answers_to_more_tasks_than_a_statement_has_parameters_are_scored_anew():
    made = opened(overlap=1)
    bad = say(made, "Bad")
    made.submissions.update(score=1)
    config = configs.form_of(made.pk, version=made.config_version).config
    right = config.validate(house.answer("Good"))
    task = made.tasks.get()

    scores.renew(config, dict.fromkeys(range(task.pk, task.pk + PARAMETERS_LIMIT + 1), right))

    assert made.submissions.get(pk=bad).score == 0
