"""What a project demands of people and of answers: the settings of its requester."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

OVERLAP_LIMIT = 100
TEST_OVERLAP_LIMIT = 1000  # people asked each question of a test
REVIEW_HOURS_LIMIT = 7 * 24
GOLD_PERCENT_LIMIT = 50
REQUIREMENTS_CHARACTERS = 1000
TOO_FAST_SECONDS_LIMIT = 3600
TOO_FAST_CHARACTERS_LIMIT = 1000
CONSTANT_ANSWERS_LIMIT = 1000
COPIED_CHARACTERS_LIMIT = 10_000


def within(least: int, most: int) -> list[Any]:
    """Validators that name the limit, where the database would name a constraint."""
    return [MinValueValidator(least), MaxValueValidator(most)]


class SignalKind(models.TextChoices):
    """What asks for a look at an answer."""

    TOO_FAST = "too_fast", _("Answered faster than the content can be read.")
    CONSTANT = "constant", _("The same answer again and again.")
    COPIED = "copied", _("The text is the same as somebody else's, or as the task's.")


def every_signal() -> list[str]:
    """All kinds: what a project looks for unless its requester says otherwise."""
    return list(SignalKind.values)


class Quality(models.Model):
    """How many answers, checked how, accepted by whom.

    `overlap` answers are asked for at first; while the consensus is less sure than `confidence`,
    one more at a time up to `overlap_max`. No confidence: the overlap is fixed. Of a labeler's
    answers `gold_percent` in a hundred are to gold. An answer that agrees with the consensus (or
    the gold) to `accept_score` is right. Silence accepts after `review_hours`. The labels of single
    choices are made by `aggregation`; answers that carry one of the `signals` are looked at.

    Too fast is less than `too_fast_seconds`, or more than `too_fast_characters` a second; constant
    are `constant_answers` in a row; texts of up to `copied_characters` are alike by chance. Where
    one of these is none, the deployment's setting holds (`labeling.judging.signals`).
    """

    class Review(models.TextChoices):
        AUTO = "auto", "who carries no signal is accepted when their task is judged"
        CONSENSUS = "consensus", "who agrees with the consensus is accepted, others wait"
        MANUAL = "manual", "the requester decides"

    class Aggregation(models.TextChoices):
        AUTO = "auto", "the model that the answers can carry"
        MAJORITY = "majority", "every answer counts alike"
        WEIGHTED_MAJORITY = "weighted_majority", "answers count by how often their giver agrees"
        ONE_COIN = "one_coin", "a number for each labeler: how often they are right"
        DAWID_SKENE = "dawid_skene", "a table for each labeler: what they say when what is true"

    overlap = models.PositiveSmallIntegerField(validators=within(1, TEST_OVERLAP_LIMIT))
    overlap_max = models.PositiveSmallIntegerField(
        default=1, validators=within(1, TEST_OVERLAP_LIMIT)
    )
    confidence = models.FloatField(null=True, blank=True)
    review = models.CharField(max_length=10, choices=Review, default=Review.CONSENSUS)
    review_hours = models.PositiveSmallIntegerField(
        default=72, validators=within(1, REVIEW_HOURS_LIMIT)
    )
    accept_score = models.FloatField(default=0.5, validators=within(0, 1))
    aggregation = models.CharField(max_length=20, choices=Aggregation, default=Aggregation.AUTO)
    signals = ArrayField(
        models.CharField(max_length=10, choices=SignalKind), default=every_signal, blank=True
    )
    too_fast_seconds = models.FloatField(
        null=True, blank=True, validators=within(0, TOO_FAST_SECONDS_LIMIT)
    )
    too_fast_characters = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=within(1, TOO_FAST_CHARACTERS_LIMIT)
    )
    constant_answers = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=within(2, CONSTANT_ANSWERS_LIMIT)
    )
    copied_characters = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=within(0, COPIED_CHARACTERS_LIMIT)
    )
    gold_percent = models.PositiveSmallIntegerField(
        default=5, validators=within(0, GOLD_PERCENT_LIMIT)
    )
    gold_floor_percent = models.PositiveSmallIntegerField(default=60, validators=within(0, 100))

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(overlap__gte=1)
                & Q(overlap_max__lte=TEST_OVERLAP_LIMIT)
                & Q(overlap__lte=F("overlap_max")),
                name="%(class)s_overlap_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gt=0, confidence__lt=1),
                name="%(class)s_confidence_is_a_chance",
            ),
            models.CheckConstraint(
                condition=Q(review_hours__gte=1) & Q(review_hours__lte=REVIEW_HOURS_LIMIT),
                name="%(class)s_review_within_a_week",
            ),
            models.CheckConstraint(
                condition=Q(gold_percent__lte=GOLD_PERCENT_LIMIT)
                & Q(gold_floor_percent__lte=100)
                & Q(accept_score__gte=0, accept_score__lte=1),
                name="%(class)s_shares_are_shares",
            ),
            models.CheckConstraint(
                condition=Q(
                    too_fast_seconds__range=(0, TOO_FAST_SECONDS_LIMIT),
                    too_fast_characters__range=(1, TOO_FAST_CHARACTERS_LIMIT),
                    constant_answers__range=(2, CONSTANT_ANSWERS_LIMIT),
                    copied_characters__range=(0, COPIED_CHARACTERS_LIMIT),
                ),  # of one that is none the database says nothing against it
                name="%(class)s_signals_within_limit",
            ),
        ]


class Admission(models.Model):
    """Who may work, decided per person and project, never per task.

    `requirements` is an expression over skills (`labeling.crowd.requirements`); countries and
    languages are ISO codes, empty lists demand nothing. `quota` bounds the leases of one labeler.
    `admission_version` rises with every change, and former admissions end.
    """

    class Producers(models.TextChoices):
        ANYONE = "anyone"
        PEOPLE = "people"
        AGENTS = "agents"

    requirements = models.CharField(max_length=REQUIREMENTS_CHARACTERS, blank=True)
    languages = ArrayField(models.CharField(max_length=8), default=list, blank=True)
    countries_only = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    countries_except = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    minimum_reputation = models.FloatField(null=True, blank=True)
    producers = models.CharField(max_length=10, choices=Producers, default=Producers.ANYONE)
    quota = models.PositiveIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    is_restricted = models.BooleanField(default=False, editable=False)
    admission_version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_reputation=None)
                | Q(minimum_reputation__gt=0, minimum_reputation__lt=1),
                name="%(class)s_reputation_is_a_share",
            ),
        ]


class Turns(models.Model):
    """The fair queue: while work is scarce, a labeler takes at most `ration` tasks a round."""

    ration = models.PositiveIntegerField(null=True, editable=False)
    ration_round = models.BigIntegerField(default=0, editable=False)

    class Meta:
        abstract = True
