"""The practice page: the form of the work over examples, and at once what would be right."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie

from labeling.content import configs, examples
from labeling.errors import NotFound
from labeling.handout import offers
from labeling.media import addresses
from labeling.web import families


@never_cache
@login_required
@ensure_csrf_cookie
def practice(request: HttpRequest, project_id: int) -> HttpResponse:
    """Every example to try, without its answer: the API tells that after a try."""
    try:
        found = offers.get(request.user, project_id=project_id)
        known = list(examples.project_of(project_id).examples.all())
    except NotFound as error:
        raise Http404(str(error))
    config = configs.form_of(project_id, version=found.config_version).config
    own = addresses.own(project_id)
    setup = {
        "project": project_id,
        "config": found.config,
        "examples": [{"id": one.pk, "data": config.shown(one.data, own)} for one in known],
        "families": families.modules(found.config),
    }
    scripts = families.scripts(found.config)
    context = {"offer": found, "setup": setup, "scripts": scripts, "count": len(known)}
    return render(request, "labeling/practice.html", context)
