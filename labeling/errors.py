"""What can go wrong in the workshop: each a stable code, a sentence and its data.

Answers are checked without Django. So these classes know no translator of their own: the app gives
them one when it is loaded (`speak`), and until then they are in English.
"""

import re
from collections.abc import Callable
from typing import Any, Self

HOLE = re.compile(r"%\((\w+)\)s")

_translator: list[Callable[[str], str]] = []


def speak(translate: Callable[[str], str]) -> None:
    """From now on errors say their sentences through this."""
    _translator[:] = [translate]


def marked(sentence: str) -> str:
    """The sentence, which an error will say: imported as `_`, the name that catalogues look for."""
    return sentence


class LabelingError(Exception):
    """Carries a stable code for programs and a sentence for people.

    The sentence is plain English, a whole one, and the data fill its holes: `%(said)s is none of
    the choices.` As text the error speaks the reader's language.
    """

    code = "labeling_error"
    http_status = 400
    message = "This is not possible."

    def __init__(self, message: str = "", **data: Any) -> None:
        super().__init__(message or self.message)
        self.data = data
        self.subject = ""

    def about(self, subject: str) -> Self:
        """The same error, which names first what its sentence is about."""
        self.subject = subject
        return self

    def __str__(self) -> str:
        sentence = self.args[0]
        for translate in _translator:
            sentence = translate(sentence)
        said = HOLE.sub(lambda hole: str(self.data.get(hole[1], hole[0])), sentence)
        return f"{self.subject}: {said}" if self.subject else said


class MalformedConfig(LabelingError):
    code = "malformed_config"
    message = "The labeling configuration is not valid."


class UnknownControl(LabelingError):
    code = "unknown_control"
    message = "The labeling configuration uses a tag that is not known here."


class MissingField(LabelingError):
    code = "missing_field"
    message = "The task's data lacks a field that the configuration names."


class MalformedField(LabelingError):
    code = "malformed_field"
    message = "A field of the task's data cannot be shown."


class MalformedFile(LabelingError):
    code = "malformed_file"
    message = "The file cannot be read."


class FileTooLarge(LabelingError):
    code = "file_too_large"
    http_status = 413
    message = "This is larger than allowed."


class AnswerTooLarge(FileTooLarge):
    message = "The answer is larger than %(limit_bytes)s bytes."


class MalformedAnswer(LabelingError):
    code = "malformed_answer"
    message = "The answer does not fit the project's configuration."


class AnswerOutsideChoices(MalformedAnswer):
    code = "answer_outside_choices"
    message = "The answer is none of the choices."


class AnswerHidden(MalformedAnswer):
    code = "answer_hidden"
    message = "This was not asked: what is shown depends on the other answers."


class RegionMissing(MalformedAnswer):
    code = "region_missing"
    message = "The answer is about a region that is not there."


class NotFound(LabelingError):
    code = "not_found"
    http_status = 404
    message = "There is no such thing here."


class OwnProject(LabelingError):
    code = "own_project"
    http_status = 403
    message = "Nobody labels their own project."


class ProjectNotOpen(LabelingError):
    code = "project_not_open"
    http_status = 409
    message = "The project is not open for work."


class ProjectClosed(ProjectNotOpen):
    code = "project_closed"
    message = "The project is closed."


class NothingToOpen(LabelingError):
    code = "nothing_to_open"
    http_status = 409
    message = "There are no tasks to open: load some first."


class NotYourAssignment(LabelingError):
    code = "not_your_assignment"
    http_status = 403
    message = "This assignment belongs to somebody else."


class LeaseExpired(LabelingError):
    code = "lease_expired"
    http_status = 409
    message = "The time for this task is over, so it was given to others."


class AlreadySubmitted(LabelingError):
    code = "already_submitted"
    http_status = 409
    message = "This assignment has been answered already."


class AlreadyJudged(LabelingError):
    code = "already_judged"
    http_status = 409
    message = "This submission has its verdict already."


class ReasonMissing(LabelingError):
    code = "reason_missing"
    message = "A rejection needs a reason that the labeler can read."


class InvalidSettings(LabelingError):
    code = "invalid_settings"
    message = "These settings do not make sense together."


class GoldKnown(LabelingError):
    code = "gold_known"
    http_status = 409
    message = "Some of this is in the project already: its answers would be seen, or asked twice."


class GoldShown(LabelingError):
    code = "gold_shown"
    http_status = 409
    message = "This is gold that people are judged by: as an example it would give its answer away."


class NotEligible(LabelingError):
    """`data["reasons"]` says what is missing, a sentence each."""

    code = "not_eligible"
    http_status = 403
    message = "This project asks for something you do not have yet."


class QuotaReached(LabelingError):
    code = "quota_reached"
    http_status = 409
    message = "You have done as many tasks of this project as one person may."


class Barred(LabelingError):
    code = "barred"
    http_status = 403
    message = "Too many of your answers to tasks with a known answer were wrong here."


class LoadOpened(LabelingError):
    code = "load_opened"
    http_status = 409
    message = "This load is open: its tasks are offered."


class TaskNotPaused(LabelingError):
    code = "task_not_paused"
    http_status = 409
    message = "The task is not paused."


class MalformedRequirement(LabelingError):
    """`data["position"]` is the character, from 1 on, where the text goes wrong."""

    code = "malformed_requirement"
    message = "The requirement cannot be read."


class UnknownSkill(LabelingError):
    """`data["skills"]` are all that there are not."""

    code = "unknown_skill"
    message = "There is no skill %(skill)s."


class ImpossibleRequirement(LabelingError):
    code = "impossible_requirement"
    message = "Nobody can ever meet this requirement: it contradicts itself."


class SkillExists(LabelingError):
    code = "skill_exists"
    http_status = 409
    message = "There is a skill of this name already."


class MalformedSkill(LabelingError):
    code = "malformed_skill"
    message = "A skill's name has small letters, digits and hyphens, and at least one letter."


class TooManySkills(LabelingError):
    code = "too_many_skills"
    http_status = 409
    message = "You have as many skills as one requester may."


class InvalidValue(LabelingError):
    code = "invalid_value"
    message = "A skill's value is a whole number from 0 to 100."


class UnknownReason(ReasonMissing):
    """`data["reasons"]` says which there are, by code."""

    code = "unknown_reason"
    message = "A rejection has one of the reasons of the list."


class NoteMissing(LabelingError):
    code = "note_missing"
    message = "A rejection needs a note: what in this answer is wrong?"


class OwnAnswer(LabelingError):
    code = "own_answer"
    http_status = 403
    message = "Nobody judges their own answer."


class KnownAnswer(LabelingError):
    code = "known_answer"
    http_status = 409
    message = "The answer to this task was known before, and does not change."


class TaskNotJudged(LabelingError):
    code = "task_not_judged"
    http_status = 409
    message = "The task still waits for answers or for quality control."


class TooManyReviewers(LabelingError):
    code = "too_many_reviewers"
    http_status = 409
    message = "The project has as many reviewers as one may have."


class MalformedCursor(LabelingError):
    code = "malformed_cursor"
    message = "This is no place in the queue: pass on what `next` said."


class TooManyRejections(LabelingError):
    code = "too_many_rejections"
    http_status = 409
    message = "So many would be an unusual share: at most %(left)s more can be rejected now."


class RejectionsFrozen(LabelingError):
    code = "rejections_frozen"
    http_status = 409
    message = "An unusual share of answers was rejected, so rejections wait until an admin looks."


class NotRejectable(LabelingError):
    code = "not_rejectable"
    http_status = 409
    message = "This answer cannot be rejected like this."


class CaseDecided(LabelingError):
    code = "case_decided"
    http_status = 409
    message = "This case is not open for that any more."


class AppealOver(LabelingError):
    code = "appeal_over"
    http_status = 409
    message = "The time for an appeal is over."


class TooManyAppeals(LabelingError):
    code = "too_many_appeals"
    http_status = 409
    message = "One appeal at a time without a stake: wait for its verdict, or earn something first."


class SeatTaken(LabelingError):
    code = "seat_over"
    http_status = 409
    message = "The time for this case is over, so somebody else decides it."


class MalformedVotes(LabelingError):
    code = "malformed_votes"
    message = "Each answer of the case gets one vote: acceptable, or not."


class AlreadyVoted(LabelingError):
    code = "already_voted"
    http_status = 409
    message = "You have voted on this case before, and otherwise."


# --- Media: files that are sent here, and files that are fetched from elsewhere ---------------


class WrongMediaType(LabelingError):
    code = "media_wrong_type"
    http_status = 415
    message = "This is no PNG, JPEG, WebP or GIF image, and no MP3, WAV or Ogg recording."


class BrokenMedia(LabelingError):
    code = "media_broken"
    message = "The image cannot be opened."


class TooManyPixels(LabelingError):
    code = "media_too_many_pixels"
    http_status = 413
    message = "The image has more than %(limit)s pixels."


class MediaTooLarge(FileTooLarge):
    code = "media_too_large"
    message = "The file is larger than %(limit_bytes)s bytes."


class MediaFull(LabelingError):
    code = "media_full"
    http_status = 409
    message = "The project's media would be more than %(limit_bytes)s bytes."


class MediaInUse(LabelingError):
    code = "media_in_use"
    http_status = 409
    message = "Tasks or examples still need this file. Close or finish them first."


class MediaRemoved(LabelingError):
    code = "media_removed"
    http_status = 410
    message = "The requester has taken this away."


class NoFiles(LabelingError):
    code = "media_missing"
    message = "Send a form with one file or several."


class MediaElsewhere(LabelingError):
    """What a task's address names could not be had; `is_passing`: it may be had later."""

    code = "media_elsewhere"
    http_status = 502
    message = "What this address names cannot be had."
    is_passing = False


class MalformedAddress(MediaElsewhere):
    code = "media_malformed_address"
    message = "This is no address of the web that can be fetched."


class PrivateAddress(MediaElsewhere):
    code = "media_private_address"
    message = "This address leads into a private network. Nothing is fetched from there."


class TooManyRedirects(MediaElsewhere):
    code = "media_too_many_redirects"
    message = "This address leads on and on, to more than %(limit)s others."


class MediaEncoded(MediaElsewhere):
    code = "media_encoded"
    message = "The server packs the file, which it was asked not to do."


class MediaElsewhereRefused(MediaElsewhere):
    code = "media_refused"
    message = "The server there does not give the file."
    is_passing = True


class MediaUnreachable(MediaElsewhere):
    code = "media_unreachable"
    message = "The server there cannot be reached."
    is_passing = True


class MediaTooSlow(MediaElsewhere):
    code = "media_too_slow"
    message = "The server there is too slow."
    is_passing = True
