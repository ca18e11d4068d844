"""A small town to take pictures of: people, projects and money, so that no page is empty."""

import base64
import io
from datetime import timedelta
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from labeling.crowd import skills
from labeling.data import imports
from labeling.handout import submissions
from labeling.judging import quality
from labeling.models import Assignment, Case, Project, Submission
from labeling.orders import projects
from labeling.review import appeals, cases, reviews
from payments import wallets
from payments.chain.wallet import Wallet
from payments.models import Payout
from people.models import User
from tests.labeling import house, school
from tests.payments.house import ask
from tests.payments.test_statements import end

SECONDS = 24  # that a task takes
HASH = "0x" + "5a3f" * 16
INSTRUCTIONS = """Read the sentence once, then decide how it sounds.

Good: it praises, thanks or hopes.
Bad: it complains, warns or mourns.

If you are torn, take the feeling of the last words."""
SENTENCES = [
    "What a day! The bus came early, and the driver waved.",
    "It broke at once, and nobody answered my three letters.",
    "The soup was hot, the bread was old, the view made up for both.",
    "My grandmother laughed so hard that she had to sit down.",
]
TEXT = '<Text name="text" value="$text"/>'
SPANS = (
    f'<View><Header value="Who and where?"/>{TEXT}<Labels name="names" toName="text">'
    '<Label value="Person" background="#1f77b4"/><Label value="Place" background="#d62728"/>'
    "</Labels></View>"
)
BOXES = (
    '<View><Image name="photo" value="$photo"/><RectangleLabels name="things" toName="photo">'
    '<Label value="Box" background="#c83c32"/><Label value="Ball" background="#3c5ac8"/>'
    "</RectangleLabels></View>"
)
WRITING = (
    f'<View>{TEXT}<TextArea name="translation" toName="text" required="true"/>'
    '<Rating name="sure" toName="text"/></View>'
)
EXAMPLES = [
    {"data": {"text": SENTENCES[0]}, "result": house.answer("Good"), "why": "It praises."},
    {
        "data": {"text": SENTENCES[1]},
        "result": house.answer("Bad"),
        "why": "Two complaints in one sentence, and nothing that makes up for them.",
    },
    {"data": {"text": SENTENCES[2]}, "result": house.answer("Good"), "shown": False},
]


class Town:
    """`amina` labels and has done a lot, `rui` asks for labels, `juror` is asked to judge, `root`
    is the admin, `nil` is new."""

    def __init__(self) -> None:
        about = {"country": "KE", "languages": ["en", "sw"], "email": "amina@example.org"}
        self.amina = User.objects.create_user("amina", **about)
        self.amina.wallets.create(address=Wallet(12).address)
        self.rui = User.objects.create_user("rui", is_requester=True)
        self.juror, self.nil = (User.objects.create_user(name) for name in ("juror", "nil"))
        self.root = User.objects.create_superuser("root")
        self.moods = self._moods()
        self.others = self._others()
        self.exam = self._exam()
        self.finished = self._finished()
        self.standing, self.contested = self._rejections()
        self.paid = self._payouts()

    def _opened(self, config: str, *rows: dict[str, Any], **options: Any) -> Project:
        fields = {"price_units": 50_000, "gold_percent": 0, **options}
        made = projects.create(self.rui, config=config, **fields)
        imports.load(made, rows=list(rows))
        house.fund(made, amount_units=len(rows) * made.cost_per_task_units)
        return projects.open_tasks(made).project

    def _moods(self) -> Project:
        rows = [{"text": f"{one} ({number})"} for number in range(1, 7) for one in SENTENCES]
        about = {"instructions": INSTRUCTIONS, "examples": EXAMPLES}
        title = "Moods of the day"
        made = self._opened(house.CHOICES, *rows, title=title, review="manual", **about)
        self._work(made, self.amina, count=12, accepted=7)
        return made

    def _work(self, made: Project, who: User, *, count: int, accepted: int) -> None:
        for _ in range(count):
            lease = house.take(made, who)
            began = timezone.now() - timedelta(seconds=SECONDS)
            Assignment.objects.filter(pk=lease.id).update(leased_at=began)
            submissions.submit(lease.id, labeler_id=who.pk, result=house.answer())
        quality.judge()
        for one in Submission.objects.filter(labeler=who).order_by("id")[:accepted]:
            reviews.accept(one.pk, reviewer=self.rui)

    def _others(self) -> dict[str, Project]:
        names = "Names of people and places in short messages that somebody sent to a newspaper"
        french = {"languages": ["fr", "wo"], "price_units": 250_000, "minimum_reputation": 0.9}
        made = {
            "spans": self._opened(SPANS, {"text": "Zoë met Ada in Łódź."}, title=names),
            "boxes": self._opened(BOXES, {"photo": picture()}, title="Boxes and balls"),
            "writing": self._opened(WRITING, {"text": SENTENCES[0]}, title="Into French", **french),
        }
        arabic = {"text": "صباح الخير، كيف حالك اليوم؟"}
        made["rtl"] = self._opened(house.CHOICES, arabic, title="ما هو شعور هذه الجملة؟")
        return made

    def _exam(self) -> Project:
        skill = skills.create(self.rui, slug="french", title="French, read and written")
        skills.grant(skill, labeler=self.amina, value=85)
        return school.exam(skill, length=3, title="A short test of French")

    def _finished(self) -> Project:
        made = self._opened(house.CHOICES, {"text": SENTENCES[3]}, title="All of it is done")
        submissions.submit(
            house.take(made, self.juror).id, labeler_id=self.juror.pk, result=house.answer()
        )
        return made

    def _rejections(self) -> tuple[Case, Case]:
        waiting = list(Submission.objects.filter(labeler=self.amina, state="SUBMITTED"))
        house.fund(self.moods, amount_units=5_000_000)
        self._work(self.moods, self.juror, count=2, accepted=2)
        note = "The soup was hot, so it is Good: read the last words once more."
        words = {"reason": "wrong", "note": note, "judge": self.rui}
        standing, contested = (
            cases.open_cases(self.moods, [one.pk], **words)[0] for one in waiting[:2]
        )
        appeals.appeal(contested.pk, labeler_id=self.amina.pk, note="The last words are sad.")
        return standing, contested

    def _payouts(self) -> Payout:
        holder = f"person:{self.amina.pk}"
        earned = ask(holder, 60_000)
        end(earned, tx_hash=HASH)
        ask(holder, 30_000)
        wallets.name(holder, Wallet(11).address)
        return earned


def picture() -> str:
    """A box and a ball, as a data address."""
    canvas = Image.new("RGB", (480, 320), "#f4efe6")
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((60, 120, 200, 260), fill="#c83c32")
    draw.ellipse((270, 90, 420, 240), fill="#3c5ac8")
    packed = io.BytesIO()
    canvas.save(packed, "PNG")
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()
