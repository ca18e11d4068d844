"""Addresses under /api/v1/."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from labeling.api import (
    assignments,
    bonuses,
    cases,
    exports,
    gold,
    jury,
    media,
    money,
    offers,
    practice,
    projects,
    quality,
    records,
    reports,
    reputation,
    reviewers,
    reviews,
    skills,
    submissions,
    tasks,
    wallets,
    withdrawals,
)


class RowId(IntConverter):
    """A number that a row can have: an address with a longer one is none."""

    regex = "[0-9]{1,18}"


register_converter(RowId, "row")

urlpatterns = [
    # The hot path first: an address is compared with one after the other.
    path("projects/<row:project_id>/next/", assignments.NextView.as_view()),
    path("assignments/<row:assignment_id>/submit/", assignments.SubmitView.as_view()),
    path("assignments/<row:assignment_id>/extend/", assignments.ExtendView.as_view()),
    path("assignments/<row:assignment_id>/return/", assignments.ReturnView.as_view()),
    path("projects/", projects.ProjectsView.as_view()),
    path("projects/<row:project_id>/", projects.ProjectView.as_view()),
    path("projects/<row:project_id>/tasks/", tasks.TasksView.as_view()),
    path("projects/<row:project_id>/media/", media.MediaView.as_view()),
    path("projects/<row:project_id>/media/<str:name>/", media.MediumView.as_view()),
    path("projects/<row:project_id>/open/", projects.OpenView.as_view()),
    path("projects/<row:project_id>/pause/", projects.PauseView.as_view()),
    path("projects/<row:project_id>/close/", projects.CloseView.as_view()),
    path("projects/<row:project_id>/deposits/", money.DepositsView.as_view()),
    path("projects/<row:project_id>/statement/", money.ProjectStatementView.as_view()),
    path("projects/<row:project_id>/statement/months/", money.ProjectMonthsView.as_view()),
    path("projects/<row:project_id>/statement/csv/", money.ProjectStatementFileView.as_view()),
    path("projects/<row:project_id>/withdrawals/", withdrawals.WithdrawalsView.as_view()),
    path("projects/<row:project_id>/wallet/", wallets.ProjectWalletView.as_view()),
    path("projects/<row:project_id>/wallet/coming/", wallets.ProjectComingView.as_view()),
    path("projects/<row:project_id>/wallet/confirm/", wallets.ProjectConfirmView.as_view()),
    path("projects/<row:project_id>/gold/", gold.GoldView.as_view()),
    path("projects/<row:project_id>/gold/<row:task_id>/retire/", gold.RetireView.as_view()),
    path("projects/<row:project_id>/gold/<row:task_id>/practice/", practice.SetAsideView.as_view()),
    path("projects/<row:project_id>/commitments/", gold.CommitmentsView.as_view()),
    path("submissions/<row:submission_id>/gold-proof/", gold.ProofView.as_view()),
    path("projects/<row:project_id>/cases/", cases.CasesView.as_view()),
    path("answers/", cases.AnswersView.as_view()),
    path("answers/pending/", cases.PendingView.as_view()),
    path("cases/<uuid:case_id>/", cases.CaseView.as_view()),
    path("cases/<uuid:case_id>/appeal/", cases.AppealView.as_view()),
    path("cases/<uuid:case_id>/overturn/", cases.OverturnView.as_view()),
    path("jury/next/", jury.JuryNextView.as_view()),
    path("jury/<row:seat_id>/vote/", jury.JuryVoteView.as_view()),
    path("projects/<row:project_id>/quality/", quality.QualityView.as_view()),
    path("projects/<row:project_id>/submissions/", submissions.SubmissionsView.as_view()),
    path("projects/<row:project_id>/review/", reviews.QueueView.as_view()),
    path("projects/<row:project_id>/review/next/", reviews.NextView.as_view()),
    path("projects/<row:project_id>/review/accept/", reviews.AcceptAllView.as_view()),
    path("projects/<row:project_id>/review/reject/", reviews.RejectAllView.as_view()),
    path("projects/<row:project_id>/reviewers/", reviewers.ReviewersView.as_view()),
    path("projects/<row:project_id>/export/", exports.ExportView.as_view()),
    path("projects/<row:project_id>/export/proofs/", exports.AnchorsView.as_view()),
    path("offers/", offers.OffersView.as_view()),
    path("offers/<row:project_id>/", offers.OfferView.as_view()),
    path("offers/<row:project_id>/practice/", practice.PracticeView.as_view()),
    path("offers/<row:project_id>/practice/<row:example_id>/", practice.TryView.as_view()),
    path("reputation/", reputation.ReputationView.as_view()),
    path("requesters/<slug:pseudonym>/", records.RequesterView.as_view()),
    path("skills/", skills.SkillsView.as_view()),
    path("skills/tests/", skills.EntryTestsView.as_view()),
    path("skills/<slug:slug>/grants/", skills.GrantsView.as_view()),
    path("skills/<slug:slug>/grants/<slug:pseudonym>/", skills.GrantView.as_view()),
    path("assignments/<row:assignment_id>/report/", assignments.ReportView.as_view()),
    path("projects/<row:project_id>/reports/", reports.ReportsView.as_view()),
    path("projects/<row:project_id>/tasks/<row:task_id>/resume/", reports.ResumeView.as_view()),
    path("projects/<row:project_id>/tasks/<row:task_id>/drop/", reports.DropView.as_view()),
    path("submissions/<row:submission_id>/accept/", submissions.AcceptView.as_view()),
    path("submissions/<row:submission_id>/bonus/", bonuses.BonusView.as_view()),
    path("submissions/<row:submission_id>/reject/", submissions.RejectView.as_view()),
    path("submissions/<row:submission_id>/fix/", submissions.FixView.as_view()),
]
