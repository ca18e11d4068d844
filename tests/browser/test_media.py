"""Pictures and sounds on the labeling page: while they are fetched, and without a connection."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from labeling.data import imports
from labeling.errors import MediaElsewhereRefused
from labeling.media import errands, files
from labeling.models import Elsewhere, Project
from labeling.orders import projects
from people.models import User
from tests.browser.people import signed_in
from tests.labeling import house
from tests.labeling.media import samples

pytestmark = pytest.mark.broken_book  # its money was never on the chain
CHOICES = '<Choices name="c" toName="o"><Choice value="Good"/></Choices></View>'
IMAGES = f'<View><Image name="o" value="$o"/>{CHOICES}'
SOUNDS = f'<View><Audio name="o" value="$o"/>{CHOICES}'
TRACKS = (
    '<View><Audio name="o" value="$o"/>'
    '<Labels name="l" toName="o"><Label value="Speech"/>{}</Labels></View>'
)
# What was taken whole into memory to draw it, and what of it was unpacked.
READINGS = """(() => {
    window.read = [];
    const whole = Response.prototype.arrayBuffer;
    const unpack = OfflineAudioContext.prototype.decodeAudioData;
    Response.prototype.arrayBuffer = function () {
        window.read.push(new URL(this.url).pathname);
        return whole.call(this);
    };
    OfflineAudioContext.prototype.decodeAudioData = async function (bytes) {
        const sound = await unpack.call(this, bytes);
        window.read.push(Math.round(sound.duration));
        return sound;
    };
})()"""
ELSEWHERE = "https://pictures.example/cat.png"
IS_KEPT = """async (address) => {
    await navigator.serviceWorker.ready;
    const found = await Promise.all([location.pathname, address].map((one) => caches.match(one)));
    return found.every(Boolean);
}"""
SEEK = """async (seconds) => {
    const player = document.querySelector("audio");
    const once = (kind) => new Promise((heard) => { player.addEventListener(kind, heard); });
    if (!(player.duration > 0)) await once("loadedmetadata");
    player.currentTime = seconds;
    if (player.seeking) await once("seeked");
    return [Math.round(player.duration), Math.round(player.currentTime)];
}"""
PARTS = """async (address) => {
    const asked = ["bytes=0-3", "bytes=-4", "bytes=2000000-2000003", "bytes=99999999-"];
    const answers = await Promise.all(asked.map((Range) => fetch(address, { headers: { Range } })));
    return Promise.all(answers.map(async (one) =>
        [one.status, one.headers.get("Content-Range"), (await one.arrayBuffer()).byteLength]));
}"""
SECONDS = 150  # of sound: more than one piece of the server's


@pytest.fixture(autouse=True)
def folder(transactional_db, settings, tmp_path):
    settings.STIPEND_MEDIA_ROOT = str(tmp_path / "media")


def opened(config: str, *addresses: str) -> Project:
    made = house.project(config=config)
    imports.load(made, rows=[{"o": address} for address in addresses])
    house.fund(made, amount_units=len(addresses) * made.cost_per_task_units)
    return projects.open_tasks(made).project


def kept(content: bytes) -> str:
    """The address of a file of ours."""
    with files.Writing(limit_bytes=len(content)) as writing:
        writing.write(content)
        return f"/media/{writing.keep().name}"


def at_work(page: Page, project: Project, *, at: str) -> User:
    who = house.labeler()
    signed_in(page, who, at=at)
    page.goto(f"/projects/{project.pk}/work/")
    return who


def fetched(address: str, *, limit_bytes: int) -> files.Kept:
    """What the server elsewhere gives."""
    with files.Writing(limit_bytes=limit_bytes) as writing:
        writing.write(samples.picture(side=200))
        return writing.keep()


def test_a_picture_elsewhere_appears_once_it_is_fetched(page: Page, live_server, monkeypatch):
    monkeypatch.setattr(errands.fetching, "fetch", fetched)
    statuses: list[int] = []
    page.on("response", lambda one: statuses.append(one.status) if "/media/" in one.url else None)
    at_work(page, opened(IMAGES, ELSEWHERE), at=live_server.url)
    frame, picture = page.locator(".object-image"), page.locator(".object-image img")
    expect(frame).to_have_attribute("aria-busy", "true")
    assert set(statuses) == {202}
    assert Elsewhere.objects.get().state == "WAITING"

    assert errands.run() == 1

    expect(frame).to_have_attribute("aria-busy", "false")
    expect(picture).to_have_js_property("naturalWidth", 200)
    assert statuses[-1] == 200
    expect(page.locator(".object-image .wrong")).to_have_count(0)


def test_a_picture_elsewhere_of_a_later_task_is_there_before_it_is_shown(
    page: Page, context: BrowserContext, live_server, monkeypatch
):
    monkeypatch.setattr(errands.fetching, "fetch", fetched)
    near = kept(samples.picture(side=100))
    at_work(page, opened(IMAGES, near, ELSEWHERE), at=live_server.url)
    picture = page.locator(".object-image img")
    expect(picture).to_have_js_property("naturalWidth", 100)
    for _ in range(200):
        if Elsewhere.objects.filter(state="WAITING").exists():
            break
        page.wait_for_timeout(50)
    with page.expect_response(lambda one: "/media/" in one.url and one.status == 200):
        assert errands.run() == 1
    assert page.evaluate(IS_KEPT, near)
    context.set_offline(True)

    page.get_by_role("radio", name="Good").check()
    page.get_by_role("button", name="Submit").click()

    expect(picture).to_have_js_property("naturalWidth", 200)


def test_a_picture_that_cannot_be_had_says_why(context: BrowserContext, live_server, monkeypatch):
    page = context.pages[0]  # on which a refusal by the server is no failure

    def fetch(address: str, *, limit_bytes: int) -> files.Kept:
        raise MediaElsewhereRefused(status=404)

    monkeypatch.setattr(errands.fetching, "fetch", fetch)
    at_work(page, opened(IMAGES, ELSEWHERE), at=live_server.url)
    expect(page.locator(".object-image")).to_have_attribute("aria-busy", "true")

    errands.run()

    expect(page.locator(".object-image .wrong")).to_contain_text("does not give the file")


def test_a_sound_is_heard_and_sought_in_without_a_connection(
    page: Page, context: BrowserContext, live_server
):
    content = samples.wav(seconds=SECONDS)
    address = kept(content)
    at_work(page, opened(SOUNDS, address), at=live_server.url)
    page.locator("audio").wait_for()
    assert page.evaluate(SEEK, 1) == [SECONDS, 1]
    for _ in range(200):
        if page.evaluate(IS_KEPT, address):
            break
        page.wait_for_timeout(50)
    protocol = context.new_cdp_session(page)
    protocol.send("Network.clearBrowserCache")
    context.set_offline(True)

    page.reload()

    page.locator("audio").wait_for()
    assert page.evaluate(SEEK, SECONDS - 10) == [SECONDS, SECONDS - 10]
    size = len(content)
    assert page.evaluate(PARTS, address) == [
        [206, f"bytes 0-3/{size}", 4],
        [206, f"bytes {size - 4}-{size - 1}/{size}", 4],
        [206, f"bytes 2000000-2000003/{size}", 4],
        [416, f"bytes */{size}", 0],
    ]
    page.get_by_role("radio", name="Good").check()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("1 answer waits on this device")).to_be_visible()


def test_a_sound_that_would_not_fit_into_memory_is_marked_undrawn(page: Page, live_server):
    page.add_init_script(READINGS)
    of_hours = kept(samples.wav(seconds=700, rate=3000))
    heavy, short = kept(samples.wav(seconds=520)), kept(samples.wav(seconds=2))
    at_work(page, opened(TRACKS.format(""), of_hours, heavy, short), at=live_server.url)

    for seconds in (700, 520):
        page.locator("audio").wait_for()
        assert page.evaluate(SEEK, 1) == [seconds, 1]
        page.get_by_role("button", name="Speech").click()
        for key in ("Space", "ArrowRight", "Space"):
            page.locator(".track").press(key)
        expect(page.locator("button.region")).to_have_count(1)
        page.get_by_role("button", name="Submit").click()
        expect(page.locator("button.region")).to_have_count(0)

    page.wait_for_function("() => window.read.includes(2)")
    assert page.evaluate("window.read") == [short, 2]


@pytest.mark.parametrize("is_named", [True, False])
def test_p_plays_unless_a_label_has_that_key(page: Page, live_server, is_named: bool):
    labels = '<Label value="Pause" hotkey="p"/>' if is_named else '<Label value="Noise"/>'
    sound = kept(samples.wav(seconds=9))
    at_work(page, opened(TRACKS.format(labels), sound), at=live_server.url)
    page.locator("audio").wait_for()
    assert page.evaluate(SEEK, 1) == [9, 1]

    page.locator(".track").press("p")

    label = page.get_by_role("button", name="Pause" if is_named else "Noise")
    expect(label).to_have_attribute("aria-pressed", str(is_named).lower())
    assert page.evaluate("document.querySelector('audio').paused") is is_named
