"""Addresses under /api/v1/."""

from django.urls import path

from labeling.api import assignments, exports, projects, submissions, tasks

urlpatterns = [
    path("projects/", projects.ProjectsView.as_view()),
    path("projects/<int:project_id>/", projects.ProjectView.as_view()),
    path("projects/<int:project_id>/tasks/", tasks.TasksView.as_view()),
    path("projects/<int:project_id>/open/", projects.OpenView.as_view()),
    path("projects/<int:project_id>/pause/", projects.PauseView.as_view()),
    path("projects/<int:project_id>/close/", projects.CloseView.as_view()),
    path("projects/<int:project_id>/next/", assignments.NextView.as_view()),
    path("projects/<int:project_id>/submissions/", submissions.SubmissionsView.as_view()),
    path("projects/<int:project_id>/export/", exports.ExportView.as_view()),
    path("assignments/<int:assignment_id>/submit/", assignments.SubmitView.as_view()),
    path("assignments/<int:assignment_id>/return/", assignments.ReturnView.as_view()),
    path("submissions/<int:submission_id>/accept/", submissions.AcceptView.as_view()),
    path("submissions/<int:submission_id>/reject/", submissions.RejectView.as_view()),
]
