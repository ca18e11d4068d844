"""Broken tasks: a labeler says so, enough of them pause it, the requester decides.

Promises: to report costs nothing, but for a question of a test, which is then not right; the slot
is given back; the money of a paused task stays held.
Lock order: project, task, then assignment.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, QuerySet
from django.db.models.expressions import RawSQL
from django.db.transaction import atomic

from labeling import attempts
from labeling.crowd import skills
from labeling.errors import ProjectClosed, TaskNotPaused
from labeling.handout import assignments
from labeling.models import Assignment, Project, Report, Task
from labeling.orders import projects

DROPPED = "Not wanted any more: over when nobody holds it."  # why such a task is paused


@atomic
def report(assignment_id: int, *, labeler_id: int, reason: str, note: str = "") -> Report:
    """The report on a task that this person holds, which goes back; reported twice is once.

    Raises NotFound, NotYourAssignment, LeaseExpired when it is over or answered.
    """
    held = assignments.get(assignment_id, labeler_id=labeler_id)
    before = Report.objects.filter(assignment=held).first()
    if before is not None and held.state != Assignment.State.LIVE:
        return before
    _door(held.project_id)
    assignments.give_back(assignment_id, labeler_id=labeler_id, is_broken=True)
    task = Task.objects.select_for_update(no_key=True).get(pk=held.task_id)
    made, is_new = Report.objects.get_or_create(
        assignment=held,
        defaults={"task": task, "labeler_id": labeler_id, "reason": reason, "note": note.strip()},
    )
    if is_new:
        task.reports_count += 1
        if task.reports_count >= settings.STIPEND_TASK_REPORTS:
            pause(task, why=f"Reported by {task.reports_count} people.")
        task.save(update_fields=["reports_count"])
        if not held.project.is_work:
            skills.settle(held.project, {labeler_id})
    return made


def _door(project_id: int) -> None:
    """The project is locked first: a closed one may get money back, and who waits for its row with
    a share of it held would wait for another report, and that one for them. So is that money: the
    judge has it before the seats, and who gives a task back has a seat."""
    project = Project.objects.locked().get(pk=project_id)
    if project.state == Project.State.CLOSED:
        projects.lock_money(project)


def pause(task: Task, *, why: str) -> None:
    """Not offered for now; its free slots stay paid for. The caller has locked the task."""
    if task.state != Task.State.OPEN:
        return
    task.state, task.paused_for = Task.State.PAUSED, why
    task.spare_count, task.free_count = task.spare_count + task.free_count, 0
    task.save(update_fields=["state", "paused_for", "spare_count", "free_count"])


def of_project(project: Project) -> QuerySet[Report]:
    """What was reported, newest first."""
    return Report.objects.filter(task__project=project).select_related("task", "labeler")


@atomic
def resume(project: Project, *, task_id: int) -> Task:
    """The task is offered again, its reports done with; raises TaskNotPaused, ProjectClosed.

    It goes to the end of its lane, where those look who have not seen it. Gold that people practise
    on is asked no more.
    """
    task = _paused(project, task_id)
    is_known = project.examples.filter(content_hash=bytes(task.content_hash)).exists()
    if task.paused_for == DROPPED:
        raise TaskNotPaused()
    if task.expected is not None and is_known:
        raise TaskNotPaused("People practise on this gold: its answer is known.")
    task.state, task.paused_for, task.reports_count = Task.State.OPEN, "", 0
    offered = min(max(task.overlap - task.done_count - task.live_count, 0), task.spare_count)
    if task.expected is None:  # answers beyond the first ones are asked for as they are needed
        offered = min(offered, max(project.overlap - task.done_count - task.live_count, 1))
        task.rank = RawSQL("nextval('labeling_task_id_seq')", [], output_field=BigIntegerField())
    task.free_count, task.spare_count = offered, task.spare_count - offered
    task.save()
    task.refresh_from_db(fields=["rank"])
    return task


@atomic
def drop(project: Project, *, task_id: int) -> Task:
    """The task asks nobody any more: what it has goes to quality control, its money back.

    While somebody holds it, it stays PAUSED, for they may answer; `end_dropped` does the rest.
    Raises TaskNotPaused, ProjectClosed.
    """
    task = _paused(project, task_id)
    task.paused_for = DROPPED if task.live_count else ""
    if not task.live_count:  # answers to gold are judged by themselves, and it is not asked again
        has_answers = task.done_count > 0 and task.expected is None
        task.state = Task.State.ANSWERED if has_answers else Task.State.CLOSED
    spare_count, task.spare_count = task.spare_count, 0
    task.save()
    projects.refund_slots(project, spare_count)
    task.refresh_from_db()
    return task


def end_dropped() -> int:
    """How many dropped tasks nobody holds any more: they are over, as `drop` says. Those of a
    project that somebody changes are so the next time."""
    over = Task.objects.filter(state=Task.State.PAUSED, paused_for=DROPPED, live_count=0)
    over = over.exclude(project__state=Project.State.CLOSED).select_related("project")
    with attempts.apart("end_dropped") as tried:
        return sum(tried(f"task {task.pk}", partial(_end, task)) for task in over.order_by("id"))


@atomic
def _end(task: Task) -> bool:
    if Project.objects.free().filter(pk=task.project_id).first() is None:
        return False
    try:
        drop(task.project, task_id=task.pk)
    except (TaskNotPaused, ProjectClosed):  # another process was faster
        return False
    return True


def _paused(project: Project, task_id: int) -> Any:
    projects.lock(project.pk)
    found = Task.objects.select_for_update(no_key=True).filter(project=project, pk=task_id)
    task = found.first()
    if task is None or task.state != Task.State.PAUSED:
        raise TaskNotPaused()
    return task
