"""Whatever a requester or a labeler writes, nothing of it runs: not on any page."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, Page

from labeling.content import examples
from labeling.data import imports
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Project
from labeling.orders import projects
from labeling.review import reviews
from people.models import User
from tests.browser.people import signed_in
from tests.labeling import house

pytestmark = pytest.mark.broken_book  # its money was never on the chain
SETTLE_MS = 150  # in which what is going to run has run: the twin needs less
SHOWN = """() => document.readyState === "complete" && (!document.querySelector("#work-setup")
    || ["task", "nothing", "lost"].includes(document.body.dataset.shown))"""
RUN = "window.hacked=(window.hacked||0)+1;alert(1)"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"'><svg onload='{RUN}'>",
    f"<svg><script>{RUN}</script></svg>",
    f'<math><mtext></form><form><mglyph><style></math><img src onerror="{RUN}">',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f'<a href="javascript:{RUN}" autofocus onfocus="{RUN}">x</a>',
    f'<details open ontoggle="{RUN}">x</details>',
    f'<input autofocus onfocus="{RUN}">',
    f"--><!--><script>{RUN}</script>",
    f"]]><script>{RUN}</script>",
    "{{constructor.constructor('window.hacked=1')()}}",
    f'" x-data x-init="{RUN}" x="',
    '<base href="https://evil.example/"><link rel=stylesheet href=//evil.example/x.css>',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    f'<p x-data x-init="{RUN}">x</p>',
    f"<style>@import 'https://evil.example/x.css';</style><noscript><p title='</noscript>"
    f"<img src=x onerror={RUN}>'>",
    "%(count)s {0} ${7*7} <% x %>\u2028\u2029",
]
ALL = " ".join(PAYLOADS)
EVALUATED = re.compile(r"x-|:|@|on|hx-on|hx-vals")
ADDRESSES = [
    f"javascript:{RUN}",
    "https://evil.example/track.png",
    "//evil.example/track.png",
    "/projects/1/work/",
    "/media/../sign-out/",
    f'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"/>',
    f'x" onerror="{RUN}',
]


def quoted(text: str) -> str:
    """As an attribute of XML."""
    for sign, name in {"&": "&amp;", "<": "&lt;", '"': "&quot;"}.items():
        text = text.replace(sign, name)
    return text.translate({0x2028: " ", 0x2029: " "})


CONFIG = f"""<View>
<Header value="{quoted(ALL)}"/>
<Text name="text" value="$text"/>
<HyperText name="page" value="$page"/>
<Paragraphs name="talk" value="$talk" layout="dialogue"/>
<Image name="image" value="$image"/>
<Audio name="sound" value="$sound"/>
<Choices name="mood" toName="text" required="true">
<Choice value="Good" hint="{quoted(ALL[:500])}"/>
{"".join(f'<Choice value="{quoted(one)}"/>' for one in PAYLOADS)}
</Choices>
<TextArea name="why" toName="text" placeholder="{quoted(PAYLOADS[2])}"/>
</View>"""


def data(address: str, number: int) -> dict[str, object]:
    image = address if address.startswith(("http", "/", "data:")) else "/media/none.png"
    sound = "https://evil.example/a.mp3"
    talk = [{"author": one, "text": one} for one in PAYLOADS]
    return {
        "text": f"{number} {ALL}",
        "page": f"<p>{number} words</p>{ALL}",
        "talk": talk,
        "image": image if not image.startswith("//") else "/media/none.png",
        "sound": sound,
    }


@pytest.fixture
def mallory(transactional_db, chain) -> User:
    """A requester, labeler and admin whose own name is an attack."""
    cache.clear()
    user = User.objects.create_superuser("mallory", is_requester=True)
    User.objects.filter(pk=user.pk).update(username=PAYLOADS[2][:150], first_name=ALL[:100])
    user.refresh_from_db()
    return user


@pytest.fixture
def project(mallory: User) -> Project:
    """Its every field is an attack; one answer was accepted, one rejected with a hostile note."""
    made = house.project(
        mallory,
        title=PAYLOADS[0] + PAYLOADS[2],
        instructions=ALL,
        config=CONFIG,
        accept_score=0,
        review="manual",
    )
    rows = [data(address, number) for number, address in enumerate(ADDRESSES)]
    answer = [
        *_answer("Good"),
        {"from_name": "why", "to_name": "text", "type": "textarea", "value": {"text": [ALL]}},
    ]
    example = {"data": rows[0] | {"text": "an example"}, "result": answer, "why": ALL[:900]}
    examples.put(made, [example])
    imports.load(made, rows=rows)
    house.fund(made, amount_units=20 * made.cost_per_task_units)
    projects.open_tasks(made)
    worker = house.labeler()
    User.objects.filter(pk=worker.pk).update(username=PAYLOADS[3][:150])
    for _ in range(2):
        lease = house.take(made, worker)
        submissions.submit(lease.id, labeler_id=worker.pk, result=answer)
    quality.judge()
    first = made.submissions.order_by("id").first()
    reviews.reject(first.pk, reviewer=mallory, reason="wrong", note=ALL[:500])
    return made


def _answer(choice: str) -> list[dict[str, object]]:
    value = {"choices": [choice]}
    return [{"from_name": "mood", "to_name": "text", "type": "choices", "value": value}]


class Watch:
    """What a page tried: dialogs, and anything from elsewhere that was answered."""

    def __init__(self, page: Page, own: str) -> None:
        self.page, self.own = page, own
        self.dialogs: list[str] = []
        self.left: list[str] = []
        page.on("dialog", self.dialog)
        page.on("response", lambda answer: self.note(answer.url))
        page.on("requestfinished", lambda request: self.note(request.url))

    def dialog(self, dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def note(self, url: str) -> None:
        if not url.startswith((self.own, "data:", "blob:")):
            self.left.append(url)

    def visit(self, path: str) -> None:
        answer = self.page.goto(path)
        self.page.wait_for_function(SHOWN)
        self.page.wait_for_timeout(SETTLE_MS)
        assert answer is not None
        assert answer.status == 200, path
        assert "default-src" in answer.headers["content-security-policy"], path
        found = self.page.evaluate(
            """() => ({
                hacked: window.hacked ?? null,
                handlers: [...document.querySelectorAll("*")].flatMap((one) =>
                    [...one.attributes].filter(({ name, value }) => /^on/.test(name)
                        || /^\\s*javascript:/i.test(value))
                    .map(({ value }) => value)).filter((value) => value.includes("hacked")),
                foreign: [...document.querySelectorAll("script")]
                    .filter((one) => one.textContent.startsWith("window.hacked")).length,
            })"""
        )
        assert found == {"hacked": None, "handlers": [], "foreign": 0}, path
        assert (self.dialogs, self.left) == ([], []), path
        assert self.page.url.startswith(self.own), path


@pytest.fixture
def bare(context) -> Page:
    """A page whose refusals are no failure: there are many, and that is the point."""
    return context.pages[0]


def test_nothing_that_anybody_wrote_runs(bare: Page, live_server, project: Project):
    watch = Watch(bare, live_server.url)
    reader = house.labeler()
    signed_in(bare, reader, at=live_server.url)
    for path in ("/", f"/projects/{project.pk}/", f"/projects/{project.pk}/practice/"):
        watch.visit(path)
    for _ in ADDRESSES:
        watch.visit(f"/projects/{project.pk}/work/")
        if not bare.locator("#skip").is_visible():
            break
        bare.locator("#skip").click()
        bare.wait_for_timeout(SETTLE_MS)
    worker = project.submissions.earliest("id").labeler
    signed_in(bare, worker, at=live_server.url)
    case = project.submissions.exclude(case=None).get().case_id
    for path in ("/answers/", f"/cases/{case}/", "/earnings/", "/reputation/", "/account/"):
        watch.visit(path)


def test_nothing_runs_before_requesters(bare: Page, live_server, project, mallory):
    watch = Watch(bare, live_server.url)
    signed_in(bare, mallory, at=live_server.url)
    for path in ("/review/", f"/review/{project.pk}/", "/money/", f"/money/{project.pk}/"):
        watch.visit(path)


def test_nothing_runs_before_admins(page: Page, live_server, project, mallory):
    """Nor does the policy refuse anything there: `page` fails on that."""
    watch = Watch(page, live_server.url)
    signed_in(page, mallory, at=live_server.url)

    watch.visit("/admin/")
    for name in ("labeling_project", "labeling_submission", "labeling_case", "people_user"):
        for path in _of_model(name):
            if not path.endswith("/add/"):
                watch.visit(path)


def test_no_page_of_the_admin_holds_markup_of_anybodys(client: Client, project, mallory):
    """Every list, form and row of it, and no words in what the theme evaluates."""
    client.force_login(mallory)
    hostile = []

    for path in admin_pages():
        answer = client.get(path)
        assert answer.status_code == 200 or path.endswith("/add/"), path
        page = answer.content.decode()
        assert not [one for one in PAYLOADS if "<" in one and one in page], path
        assert not [one for one in evaluated_in(page) if "hacked" in one], path
        hostile += [path] if "hacked" in page else []

    assert len(hostile) > 20


def admin_pages() -> Iterator[str]:
    """Each list of the admin, the form for a new row, and the oldest and the newest row."""
    for route in admin.site.get_urls():
        for page in getattr(route, "url_patterns", ()):
            if page.name and page.name.endswith("_changelist"):
                yield from _of_model(page.name.removesuffix("_changelist"))


def _of_model(name: str) -> Iterator[str]:
    yield reverse(f"admin:{name}_changelist")
    yield reverse(f"admin:{name}_add")
    rows = apps.get_model(*name.split("_", 1))._default_manager.order_by("pk")
    for row in {rows.first(), rows.last()} - {None}:
        yield reverse(f"admin:{name}_change", args=[quote(row.pk)])


def evaluated_in(page: str) -> list[str]:
    """Attributes that Alpine and htmx make functions of."""
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            found.extend(str(value) for name, value in attributes if EVALUATED.match(name))

    Reader(convert_charrefs=True).feed(page)
    return found


def test_where_nothing_holds_them_off_they_run(bare: Page):
    """The twin: the same words as markup on a page without a policy."""
    ran = 0
    for payload in PAYLOADS:
        fresh = bare.context.new_page()  # one that was sent elsewhere may be on its way for long
        fresh.set_content(f"<!doctype html><p>{payload}</p>", wait_until="commit")
        fresh.wait_for_timeout(100)
        ran += acted(fresh)
        fresh.close()

    assert ran >= 8


def acted(page: Page) -> bool:
    """True if a script ran, or sent the page elsewhere while it was asked."""
    try:
        return bool(page.evaluate("window.hacked ?? 0"))
    except Error:
        return True
