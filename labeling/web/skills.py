"""The page of a labeler's skills, and of the tests that grant some more."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from labeling.crowd import skills
from labeling.orders import entry_tests


@never_cache
@login_required
def skill_list(request: HttpRequest) -> HttpResponse:
    """What this person holds and from where, what tests are open, and how tests went."""
    tests = entry_tests.for_person(request.user)
    context = {
        "grants": skills.of(request.user.pk),
        "to_take": [one for one in tests if one.is_open],
        "taken": [one for one in tests if not one.is_open],
    }
    return render(request, "labeling/skills.html", context)
