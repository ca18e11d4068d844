"""People's hands on the labeling page: a mouse, fingers, a keyboard. Each can do everything.

A hand is given an answer in label-studio's format and gives it on the page, mark by mark and
control by control, as a person would.
"""

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from playwright.sync_api import CDPSession, Locator, Page, expect

Region = dict[str, Any]
Point = tuple[float, float]
STEPS = 6  # of a drag
STILL_MS = 150  # before a finger is lifted: it throws nothing, and the next tap is a tap
TEXTS = {
    "labels": ".object-text",
    "hypertextlabels": ".object-text",
    "paragraphlabels": ".dialogue",
}
# Where the characters from one code point to another are seen, in the text of this element.
SPOT = """([root, start, end]) => {
    const units = (count) => [...root.textContent].slice(0, count).join("").length;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const place = (offset, isEnd) => {
        walker.currentNode = root;
        while (walker.nextNode()) {
            const length = walker.currentNode.length;
            if (isEnd ? offset <= length : offset < length) return [walker.currentNode, offset];
            offset -= length;
        }
    };
    const [from, to] = [place(units(start), false), place(units(end), true)];
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(...to);
    if (root.dataset.select) getSelection().setBaseAndExtent(...from, ...to);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
    const [first, last] = [boxes[0], boxes.at(-1)];
    return [[first.left + 1, first.top + first.height / 2],
        [last.right - 1, last.top + last.height / 2], range.toString()];
}"""
PICKED = """(root) => {
    const selection = getSelection();
    if (!selection.rangeCount) return null;
    const [range, before] = [selection.getRangeAt(0), document.createRange()];
    before.setStart(root, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = [...before.toString()].length;
    return [start, start + [...range.toString()].length];
}"""


class Hand:
    """What all hands have in common: which part of the page each piece of an answer is about."""

    def __init__(self, page: Page, config: str) -> None:
        self.page, self.config = page, ElementTree.fromstring(config)

    def give(self, answer: Iterable[Region]) -> None:
        """The answer is on the page."""
        regions = list(answer)
        marks = [one for one in regions if one["type"].endswith("labels")]
        for mark in marks:
            self.mark(mark)
            for about in regions:
                if about is not mark and about["id"] == mark["id"]:
                    self.answer(about)
            self.let_go()
        marked = {mark["id"] for mark in marks}
        for one in regions:
            if one["id"] not in marked:
                self.answer(one)

    def tag(self, name: str) -> Element:
        """The tag of that name in the configuration."""
        return next(tag for tag in self.config.iter() if tag.get("name") == name)

    def words(self, name: str, result: str) -> str:
        """What a choice or label is called on the page."""
        options = self.tag(name).iter()
        return next(
            str(one.get("value"))
            for one in options
            if result in {one.get("alias"), one.get("value")}
        )

    def key(self, name: str, result: str) -> str | None:
        """The hotkey of a choice or label."""
        options = self.tag(name).iter()
        return next(
            one.get("hotkey") for one in options if result in {one.get("alias"), one.get("value")}
        )

    def control(self, name: str) -> Locator:
        """The control's part of the page."""
        return self.page.locator("fieldset.control").filter(
            has=self.page.locator("legend", has_text=name)
        )

    # --- controls
    def answer(self, region: Region) -> None:
        """One control is answered."""
        getattr(self, f"answer_{region['type']}")(region["from_name"], region["value"])

    def answer_choices(self, name: str, value: dict[str, Any]) -> None:
        field = self.control(name).locator("select")
        for result in value["choices"]:
            if field.count():
                self.pick(field, self.words(name, result))
                continue
            words = self.words(name, result)
            self.press(self.control(name).locator("label.choice", has_text=words).locator("input"))

    def answer_taxonomy(self, name: str, value: dict[str, Any]) -> None:
        for path in value["taxonomy"]:
            place = self.control(name).locator("> ul")
            for branch in path[:-1]:
                opened = self.page.get_by_role("button", name=f"What belongs to {branch}")
                place = place.locator("> li").filter(
                    has=opened.or_(self.page.locator("> .branch", has_text=branch))
                )
                place = place.locator("> ul")
            leaf = place.locator("> li > .branch", has_text=path[-1])
            self.press(leaf.locator("input"))

    def answer_rating(self, name: str, value: dict[str, Any]) -> None:
        stars = self.control(name).get_by_role("radio")
        self.press(stars.nth(value["rating"] - 1))

    def answer_textarea(self, name: str, value: dict[str, Any]) -> None:
        for number, text in enumerate(value["text"]):
            self.write(self.control(name).locator("textarea").nth(number), text)

    def answer_number(self, name: str, value: dict[str, Any]) -> None:
        self.write(self.control(name).locator("input"), str(value["number"]))

    def answer_datetime(self, name: str, value: dict[str, Any]) -> None:
        said, tag = value["datetime"], self.tag(name)
        if tag.get("format") == "%d/%m/%Y":
            day, month, year = said.split("/")
            said = f"{year}-{month}-{day}"
        pieces = said.split("T") if "T" in said else [said]
        for number, piece in enumerate(pieces):
            self.write(self.control(name).locator("input").nth(number), piece)

    def answer_pairwise(self, name: str, value: dict[str, Any]) -> None:
        side = ["left", "right"].index(value["selected"])
        self.press(self.control(name).get_by_role("radio").nth(side))

    def answer_ranker(self, name: str, value: dict[str, Any]) -> None:
        for column, wanted in value["ranker"].items():
            for index, item in enumerate(wanted):
                self.rank(self.control(name), column, index, item)
        if not self.page.locator(".rank-columns + button[aria-pressed=true]").count():
            self.press(self.page.get_by_role("button", name="It is right as it is"))

    def rank(self, control: Locator, column: str, index: int, item: str) -> None:
        """The item is at this place of the column."""
        raise NotImplementedError

    # --- marks
    def mark(self, region: Region) -> None:
        """A part of an object is marked."""
        kind, value = region["type"], region["value"]
        label = value[kind][0]
        if kind == "labels" and "channel" in value:
            self.segment(region["from_name"], label, value["start"], value["end"])
        elif kind in TEXTS:
            root, marked = self.page.locator(TEXTS[kind]), self.page.locator("button.region")
            count = marked.count()
            self.span(region["from_name"], label, root, self.offsets(root, value))
            # Its label stands in the text now and moves the words: the next is aimed at after that.
            expect(marked).to_have_count(count + 1)
        else:
            self.shape(region["from_name"], label, kind, corners(kind, value))

    def offsets(self, root: Locator, value: dict[str, Any]) -> tuple[int, int]:
        """From where to where in the whole text, in code points."""
        if "globalOffsets" in value:
            return value["globalOffsets"]["start"], value["globalOffsets"]["end"]
        if "startOffset" not in value:
            return value["start"], value["end"]
        turns = root.locator("p").all_text_contents()
        before = [sum(len(turn) + 1 for turn in turns[: int(value[at])]) for at in ("start", "end")]
        return before[0] + value["startOffset"], before[1] + value["endOffset"]

    def label(self, name: str, result: str) -> Locator:
        """The button of a label."""
        words = self.words(name, result)
        return self.control(name).get_by_role("button", name=words, exact=True)

    def choose(self, name: str, result: str) -> None:
        """The label is the one that marks now."""
        if self.label(name, result).get_attribute("aria-pressed") == "false":
            self.press(self.label(name, result))

    def on_stage(self, at: Point) -> Point:
        """Where on the screen a place in percent of the image is."""
        self.page.locator(".stage").scroll_into_view_if_needed()
        box = self.page.locator(".stage").bounding_box()
        assert box is not None
        return box["x"] + box["width"] * at[0] / 100, box["y"] + box["height"] * at[1] / 100

    def on_track(self, seconds: float) -> Point:
        """Where on the screen a moment of the sound is."""
        self.page.wait_for_function("() => document.querySelector('audio').duration > 0")
        track = self.page.locator(".track")
        track.scroll_into_view_if_needed()
        box = track.bounding_box()
        assert box is not None
        length = track.evaluate("() => document.querySelector('audio').duration")
        return box["x"] + box["width"] * seconds / length, box["y"] + box["height"] / 2

    def let_go(self) -> None:
        """No mark is selected any more."""
        raise NotImplementedError

    def send(self) -> None:
        """The answer is on its way."""
        raise NotImplementedError

    def press(self, target: Locator) -> None:
        raise NotImplementedError

    def write(self, field: Locator, text: str) -> None:
        raise NotImplementedError

    def pick(self, field: Locator, words: str) -> None:
        """This line of the browser's own list is chosen. It opens outside the page."""
        field.select_option(label=words)

    def span(self, name: str, label: str, root: Locator, place: tuple[int, int]) -> None:
        raise NotImplementedError

    def shape(self, name: str, label: str, kind: str, points: list[Point]) -> None:
        raise NotImplementedError

    def segment(self, name: str, label: str, start: float, end: float) -> None:
        raise NotImplementedError


class Pointer(Hand):
    """A mouse or fingers: they differ in how they press and drag."""

    def drag(self, start: Point, end: Point) -> None:
        raise NotImplementedError

    def tap(self, at: Point) -> None:
        raise NotImplementedError

    def let_go(self) -> None:
        selected = self.page.locator("button.region[aria-pressed=true]")
        if selected.count():
            self.press(selected)

    def send(self) -> None:
        self.press(self.page.locator("#submit"))

    def write(self, field: Locator, text: str) -> None:
        self.press(field)
        field.fill(text)

    def shape(self, name: str, label: str, kind: str, points: list[Point]) -> None:
        self.choose(name, label)
        if kind == "rectanglelabels":
            self.drag(self.on_stage(points[0]), self.on_stage(points[2]))
            return
        closing = points[:1] if kind == "polygonlabels" else []
        for point in [*points, *closing]:
            self.tap(self.on_stage(point))

    def segment(self, name: str, label: str, start: float, end: float) -> None:
        self.choose(name, label)
        self.drag(self.on_track(start), self.on_track(end))

    def rank(self, control: Locator, column: str, index: int, item: str) -> None:
        row = control.locator(f'[data-id="{item}"]')
        rows = control.locator(f'[data-column="{column}"] > li')
        if rows.count() > index and rows.nth(index).get_attribute("data-id") == item:
            return
        row.scroll_into_view_if_needed()
        grip = row.locator(".rank-grip").bounding_box()
        place = control.locator(f'[data-column="{column}"]').bounding_box()
        assert grip is not None
        assert place is not None
        over = rows.nth(index).bounding_box() if rows.count() > index else None
        y = over["y"] + 3 if over else place["y"] + place["height"] - 3
        self.drag((grip["x"] + 15, grip["y"] + 15), (place["x"] + 15, y))


class Mouse(Pointer):
    """Clicks and drags."""

    def press(self, target: Locator) -> None:
        target.click()

    def tap(self, at: Point) -> None:
        self.page.mouse.click(*at)

    def drag(self, start: Point, end: Point) -> None:
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(*end, steps=STEPS)
        self.page.mouse.up()

    def span(self, name: str, label: str, root: Locator, place: tuple[int, int]) -> None:
        self.choose(name, label)
        root.scroll_into_view_if_needed()
        start, end, _text = root.evaluate(f"(root, at) => ({SPOT})([root, ...at])", list(place))
        self.drag(start, end)


class Finger(Pointer):
    """Taps, and drags with touch events."""

    def __init__(self, page: Page, config: str) -> None:
        super().__init__(page, config)
        self.protocol: CDPSession = page.context.new_cdp_session(page)

    def press(self, target: Locator) -> None:
        target.tap()

    def tap(self, at: Point) -> None:
        self.page.touchscreen.tap(*at)

    def drag(self, start: Point, end: Point) -> None:
        self._touch("touchStart", start)
        for step in range(1, STEPS + 1):
            share = step / STEPS
            at = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            self._touch("touchMove", at)
        self.page.wait_for_timeout(STILL_MS)
        self._touch("touchMove", end)
        self._touch("touchEnd", None)

    def _touch(self, kind: str, at: Point | None) -> None:
        points = [{"x": at[0], "y": at[1]}] if at else []
        self.protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def span(self, name: str, label: str, root: Locator, place: tuple[int, int]) -> None:
        """A word is tapped; for more, the selection that a long press gives is labeled."""
        root.scroll_into_view_if_needed()
        look = f"(root, at) => ({SPOT})([root, ...at])"
        start, end, text = root.evaluate(look, list(place))
        if text.isalpha():
            self.choose(name, label)
            self.tap(((start[0] + end[0]) / 2, start[1]))
            return
        root.evaluate("(root) => { root.dataset.select = 'yes'; }")
        root.evaluate(look, list(place))
        root.evaluate("(root) => { delete root.dataset.select; }")
        self.label(name, label).tap()


class Keys(Hand):
    """Tab, arrows, Space and letters; no pointer at all."""

    def press(self, target: Locator) -> None:
        target.focus()
        self.page.keyboard.press("Space")

    def let_go(self) -> None:
        self.page.keyboard.press("Escape")

    def send(self) -> None:
        self.page.keyboard.press("Control+Enter")

    def choose(self, name: str, result: str) -> None:
        key = self.key(name, result)
        if key and self.label(name, result).get_attribute("aria-pressed") == "false":
            self.page.keyboard.press(key)
        else:
            super().choose(name, result)

    def write(self, field: Locator, text: str) -> None:
        field.focus()
        if field.get_attribute("type") == "range":
            least, step = (float(field.get_attribute(name) or 0) for name in ("min", "step"))
            self.page.keyboard.press("Home")
            for _ in range(round((float(text) - least) / step)):
                self.page.keyboard.press("ArrowRight")
        elif field.get_attribute("type") in {"date", "time"}:
            field.fill(text)  # how it is typed differs by the device's language
        else:
            self.page.keyboard.insert_text(text)

    def pick(self, field: Locator, words: str) -> None:
        field.focus()
        self.page.keyboard.type(words[:3])
        expect(field.locator("option:checked")).to_have_text(words)

    def span(self, name: str, label: str, root: Locator, place: tuple[int, int]) -> None:
        root.focus()
        self.page.keyboard.press("Home")
        self._until(root, lambda start, end: end > place[0], "ArrowRight")
        self._until(root, lambda start, end: start <= place[0], "Control+ArrowLeft")
        self._until(root, lambda start, end: start >= place[0], "Control+ArrowRight")
        self._until(root, lambda start, end: end >= place[1], "Control+Shift+ArrowRight")
        self._until(root, lambda start, end: end <= place[1], "Control+Shift+ArrowLeft")
        key = self.key(name, label)
        assert key
        self.page.keyboard.press(key)

    def _until(self, root: Locator, is_there: Any, key: str) -> None:
        for _ in range(200):
            if is_there(*root.evaluate(PICKED)):
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"{key} leads nowhere")

    def shape(self, name: str, label: str, kind: str, points: list[Point]) -> None:
        self.choose(name, label)
        self.page.locator(".stage").focus()
        wanted = [points[0], points[2]] if kind == "rectanglelabels" else points
        for point in wanted:
            self._move_cross(point)
            self.page.keyboard.press("Space")
        if kind == "polygonlabels":
            self.page.keyboard.press("Enter")

    def _move_cross(self, point: Point) -> None:
        cross = self.page.locator(".cross")
        for axis, (back, ahead) in enumerate(
            [("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown")]
        ):
            side = ["left", "top"][axis]
            now = cross.evaluate(f"(cross) => parseFloat(cross.style.{side} || '50')")
            distance = round(point[axis] - now)
            for key, count in (("Shift+", abs(distance) // 5), ("", abs(distance) % 5)):
                for _ in range(count):
                    self.page.keyboard.press(key + (ahead if distance > 0 else back))

    def segment(self, name: str, label: str, start: float, end: float) -> None:
        self.choose(name, label)
        self.on_track(start)
        self.page.locator(".track").focus()
        for seconds in (start, end):
            self._seek(seconds)
            self.page.keyboard.press("Space")

    def _seek(self, seconds: float) -> None:
        track, now = (
            self.page.locator(".track"),
            "() => document.querySelector('audio').currentTime",
        )
        distance = seconds - track.evaluate(now)
        arrow = "ArrowRight" if distance > 0 else "ArrowLeft"
        for _ in range(round(abs(distance) / 0.05)):
            self.page.keyboard.press(f"Shift+{arrow}")

    def rank(self, control: Locator, column: str, index: int, item: str) -> None:
        row = control.locator(f'[data-id="{item}"]')
        column_title = next(
            (tag.get("title") for tag in self.config.iter("Bucket") if tag.get("name") == column),
            None,
        )
        if not control.locator(f'[data-column="{column}"] [data-id="{item}"]').count():
            self.press(row.get_by_role("button", name=f"to {column_title or 'Not sorted yet'}"))
        for _ in range(20):
            rows = control.locator(f'[data-column="{column}"] > li')
            order = [one.get_attribute("data-id") for one in rows.all()]
            if order.index(item) <= index:
                return
            self.press(row.locator('button[aria-label$=" up"]'))


def corners(kind: str, value: dict[str, Any]) -> list[Point]:
    """The corners of a shape, in percent."""
    if kind == "polygonlabels":
        return [(x, y) for x, y in value["points"]]
    x, y = value["x"], value["y"]
    if kind == "keypointlabels":
        return [(x, y)]
    right, bottom = x + value["width"], y + value["height"]
    return [(x, y), (right, y), (right, bottom), (x, bottom)]
