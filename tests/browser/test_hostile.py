"""Whatever a requester or a labeler writes, nothing of it runs: not on any page."""

import pytest
from django.core.cache import cache
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
    f"<style>@import 'https://evil.example/x.css';</style><noscript><p title='</noscript>"
    f"<img src=x onerror={RUN}>'>",
    "%(count)s {0} ${7*7} <% x %>\u2028\u2029",
]
ALL = " ".join(PAYLOADS)
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


def test_nothing_runs_before_requesters_and_admins(bare: Page, live_server, project, mallory):
    watch = Watch(bare, live_server.url)
    signed_in(bare, mallory, at=live_server.url)
    for path in ("/review/", f"/review/{project.pk}/", "/money/", f"/money/{project.pk}/"):
        watch.visit(path)
    submission = project.submissions.earliest("id")
    for path in (
        *("/admin/", "/admin/labeling/project/", f"/admin/labeling/project/{project.pk}/change/"),
        *("/admin/labeling/task/", f"/admin/labeling/task/{submission.task_id}/change/"),
        *("/admin/labeling/submission/", "/admin/labeling/case/", "/admin/people/user/"),
        f"/admin/labeling/submission/{submission.pk}/change/",
        f"/admin/people/user/{mallory.pk}/change/",
    ):
        watch.visit(path)


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
