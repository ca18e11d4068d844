// Boxes, polygons and points on an image: by mouse, by touch, by keyboard. All numbers are percent
// of the image's sides.

import { _ } from "../../words.js";
import { make } from "../elements.js";

const SVG = "http://www.w3.org/2000/svg";
const SMALLEST = 0.5; // percent; what is dragged less far is a tap
const CLOSE = 3; // percent; a tap so near the first corner closes a polygon
const STEP = 1; // percent by an arrow key; with Shift STEP * FAST
const FAST = 5;
const POINT_WIDTH = 0.5; // percent, the size that a point is said to have

const round = (number) => Math.round(number * 1e4) / 1e4;
const clamp = (number) => Math.min(Math.max(number, 0), 100);
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const KINDS = {
  rectanglelabels: {
    corners: ({ x, y, width, height }) => [[x, y], [x + width, y], [x + width, y + height], [x, y + height]],
    moved: ({ x, y, width, height }, index, [atX, atY]) => {
      const [farX, farY] = [index % 3 ? x : x + width, index < 2 ? y + height : y];
      return boxOf([farX, farY], [atX, atY]);
    },
    shifted: (box, [byX, byY]) => ({ ...box, x: round(Math.min(clamp(box.x + byX), 100 - box.width)), y: round(Math.min(clamp(box.y + byY), 100 - box.height)) }),
    written: (box) => ({ ...box, rotation: 0 }),
    place: ({ x, y, width, height }) => ({ x, y, width, height }),
  },
  polygonlabels: {
    corners: ({ points }) => points,
    moved: ({ points }, index, at) => ({ points: points.map((point, number) => (number === index ? at.map(round) : point)) }),
    shifted: ({ points }, [byX, byY]) => ({ points: points.map(([x, y]) => [round(clamp(x + byX)), round(clamp(y + byY))]) }),
    written: ({ points }) => ({ points, closed: true }),
    place: ({ points }) => ({ points }),
  },
  keypointlabels: {
    corners: ({ x, y }) => [[x, y]],
    moved: (point, _index, [x, y]) => ({ ...point, x: round(x), y: round(y) }),
    shifted: (point, [byX, byY]) => ({ ...point, x: round(clamp(point.x + byX)), y: round(clamp(point.y + byY)) }),
    written: ({ x, y, width }) => ({ x, y, width }),
    place: ({ x, y, width }) => ({ x, y, width }),
  },
};

function boxOf([ax, ay], [bx, by]) {
  const [x, y] = [Math.min(ax, bx), Math.min(ay, by)];
  return { x: round(x), y: round(y), width: round(Math.abs(ax - bx)), height: round(Math.abs(ay - by)) };
}

class Stage {
  constructor(object, book) {
    Object.assign(this, { object, book, stage: object.stage, draft: null, cursor: [50, 50], isKeyed: false });
    this.outlines = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" })) this.outlines.setAttribute(name, value);
    this.handles = make("div", { className: "handles" });
    this.cross = make("div", { className: "cross", hidden: true });
    this.stage.append(this.outlines, this.handles, this.cross);
    this.hints = [
      _("Mouse and touch: choose a label, then drag a box, or tap the corners of a shape or a point. Tap a mark to change it."),
      _("Keyboard: go onto the image with Tab, move the cross with the arrow keys (Shift: faster), press Space for each corner or point."),
      _("A selected mark has handles; the arrow keys move the handle that has the focus, Delete deletes."),
    ];
    this.finish = make("button", { type: "button", className: "outline", text: _("Close the shape"), hidden: true });
    this.finish.addEventListener("click", () => this.close());
    this.buttons = [this.finish];
    Object.assign(this.stage, { tabIndex: 0, role: "application" });
    this.stage.setAttribute("aria-label", _("The image to mark"));
    this.listen();
  }

  listen() {
    this.stage.addEventListener("pointerdown", (event) => this.begin(event));
    this.stage.addEventListener("keydown", (event) => this.press(event));
    this.stage.addEventListener("focus", () => { this.cross.hidden = !this.stage.matches(":focus-visible"); this.pointCross(); });
    this.stage.addEventListener("blur", () => { this.cross.hidden = true; });
  }

  get kind() {
    return this.active?.part.type;
  }

  at({ clientX, clientY }) {
    const box = this.stage.getBoundingClientRect();
    return [clamp(((clientX - box.left) / box.width) * 100), clamp(((clientY - box.top) / box.height) * 100)];
  }

  // --- pointers: drag a box, tap corners and points, tap a mark to select it
  begin(event) {
    if (event.button || event.target.closest(".handle")) return;
    const start = this.at(event);
    const isBox = this.kind === "rectanglelabels";
    if (isBox && !this.isKeyed) {
      event.preventDefault();
      this.stage.setPointerCapture(event.pointerId);
    }
    const follow = (moved) => { if (isBox) this.sketch(boxOf(start, this.at(moved))); };
    const end = (last) => {
      this.stage.removeEventListener("pointermove", follow);
      this.stage.removeEventListener("pointerup", end);
      this.stage.removeEventListener("pointercancel", end);
      if (last.type === "pointerup") this.released(start, this.at(last));
      else this.cancel();
    };
    this.stage.addEventListener("pointermove", follow);
    this.stage.addEventListener("pointerup", end);
    this.stage.addEventListener("pointercancel", end);
  }

  released(start, end) {
    const box = boxOf(start, end);
    const isTap = box.width < SMALLEST && box.height < SMALLEST;
    if (this.kind === "rectanglelabels" && box.width >= SMALLEST && box.height >= SMALLEST) this.finishBox(box);
    else if (isTap && this.kind && this.kind !== "rectanglelabels") this.touch(end);
    else {
      this.draft = null;
      if (isTap) this.book.select(this.under(end)?.id ?? null);
      else this.redraw();
    }
  }

  // The region whose area holds the place, the smallest one first; a point if it is near.
  under([x, y]) {
    const own = this.book.regions.filter(({ to }) => to === this.object.name);
    const sized = own.map((region) => ({ region, corners: this.kindOf(region).corners(region.place) }));
    const hit = sized.filter(({ corners }) => (corners.length === 1 ? near(corners[0], [x, y]) : inside(corners, [x, y])));
    return hit.sort((a, b) => area(a.corners) - area(b.corners))[0]?.region;
  }

  kindOf(region) {
    return KINDS[this.book.form.partOf(region.from).type];
  }

  // A corner or a point at this place, with the label that is active.
  touch(place) {
    const at = place.map(round);
    if (this.kind === "keypointlabels") {
      this.book.add(this, { x: at[0], y: at[1], width: POINT_WIDTH });
      return;
    }
    if (this.kind === "rectanglelabels") {
      if (!this.first) this.first = at;
      else this.finishBox(boxOf(this.first, at));
      this.sketch(this.first ? boxOf(this.first, at) : null);
      return;
    }
    const points = this.draft?.points || [];
    if (points.length > 2 && near(points[0], at)) this.close();
    else this.sketch({ points: [...points, at] });
  }

  finishBox(box) {
    Object.assign(this, { draft: null, first: null });
    if (box.width >= SMALLEST && box.height >= SMALLEST) this.book.add(this, box);
    else this.redraw();
  }

  close() {
    const points = this.draft?.points || [];
    if (points.length < 3) return;
    this.draft = null;
    this.book.add(this, { points });
  }

  // Takes the last corner back, or the box that was begun; false if nothing was begun.
  cancel() {
    if (!this.draft && !this.first) return false;
    const points = this.draft?.points?.slice(0, -1) || [];
    this.draft = points.length ? { points } : null;
    this.first = null;
    this.redraw();
    return true;
  }

  sketch(draft) {
    this.draft = draft;
    this.redraw();
  }

  // --- keys: the cross moves, Space sets
  press(event) {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = arrows[event.key];
    if (arrow) this.moveCross(arrow, event.shiftKey);
    else if (event.key === " ") this.set();
    else if (event.key === "Enter" && this.draft?.points?.length > 2) this.close();
    else if ((event.key === "Escape" || event.key === "Backspace") && this.cancel()) this.pointCross();
    else return;
    event.preventDefault();
    if (event.key === "Enter") event.stopPropagation();
  }

  moveCross(arrow, isFast) {
    this.cross.hidden = false;
    this.cursor = this.cursor.map((at, axis) => clamp(at + arrow[axis] * STEP * (isFast ? FAST : 1)));
    if (this.first) this.sketch(boxOf(this.first, this.cursor));
    this.pointCross();
  }

  set() {
    this.cross.hidden = false;
    if (this.kind) this.touch(this.cursor);
    else this.book.select(this.under(this.cursor)?.id ?? null);
    this.pointCross();
  }

  pointCross() {
    put(this.cross, this.cursor);
  }

  // --- what is seen
  redraw() {
    this.draw(this.book.regions.filter(({ to }) => to === this.object.name), this.book.selected);
  }

  draw(regions, selected) {
    this.stage.classList.toggle("drawing", Boolean(this.kind));
    const shapes = regions.map((region) => this.outline(this.kindOf(region).corners(region.place), this.book.colourOf(region), region === selected));
    if (this.draft) shapes.push(this.outline(KINDS[this.kind].corners(this.draft), this.active.option.colour, true));
    this.outlines.replaceChildren(...shapes);
    this.finish.hidden = !(this.draft?.points?.length > 2);
    this.drawHandles(regions, selected);
  }

  outline(corners, colour, isSelected) {
    const shape = document.createElementNS(SVG, "polygon");
    shape.setAttribute("points", corners.map((corner) => corner.join(",")).join(" "));
    shape.setAttribute("class", isSelected ? "selected" : "");
    shape.style.setProperty("--label", colour);
    return shape;
  }

  drawHandles(regions, selected) {
    const focused = this.handles.contains(document.activeElement) ? document.activeElement.dataset.index : null;
    const made = regions.flatMap((region) => {
      const corners = this.kindOf(region).corners(region.place);
      if (region === selected) return [...corners.map((corner, index) => this.handle(region, corner, index)), ...this.mover(region, corners)];
      return corners.length === 1 ? [this.dot(region, corners[0])] : [];
    });
    const begun = (this.draft?.points || []).map((corner) => put(make("span", { className: "corner" }), corner));
    this.handles.replaceChildren(...made, ...begun);
    if (focused !== null) this.handles.querySelector(`[data-index="${focused}"]`)?.focus();
  }

  dot(region, corner) {
    const made = put(make("span", { className: "corner point" }), corner);
    made.style.setProperty("--label", this.book.colourOf(region));
    return made;
  }

  mover(region, corners) {
    if (corners.length === 1) return [];
    const middle = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);
    return [this.handle(region, middle, "all")];
  }

  handle(region, corner, index) {
    const label = index === "all" ? _("Move it") : _("Corner %(number)s", { number: index + 1 });
    const button = put(make("button", { type: "button", className: index === "all" ? "handle mover" : "handle", aria: { label } }), corner);
    button.dataset.index = index;
    button.addEventListener("pointerdown", (event) => this.drag(event, region, index, corner));
    button.addEventListener("keydown", (event) => {
      const arrow = arrows[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation();
      const by = arrow.map((axis) => axis * STEP * (event.shiftKey ? FAST : 0.5));
      this.book.change(() => { region.place = this.pulled(region, region.place, index, corner, by); });
    });
    return button;
  }

  pulled(region, place, index, [x, y], [byX, byY]) {
    const kind = this.kindOf(region);
    if (index === "all") return kind.shifted(place, [byX, byY]);
    const next = kind.moved(place, index, [clamp(x + byX), clamp(y + byY)]);
    return "width" in next && "height" in next && (next.width < SMALLEST || next.height < SMALLEST) ? place : next;
  }

  drag(event, region, index, corner) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const [start, place] = [this.at(event), region.place];
    this.book.remember();
    const follow = (moved) => {
      const by = this.at(moved).map((at, axis) => at - start[axis]);
      region.place = this.pulled(region, place, index, corner, by);
      this.redraw();
    };
    const end = () => {
      removeEventListener("pointermove", follow);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      this.book.draw();
      this.book.form.update();
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }

  // --- results
  said() {
    return "";
  }

  written(place) {
    const kind = "points" in place ? "polygonlabels" : "height" in place ? "rectanglelabels" : "keypointlabels";
    const { naturalWidth: width, naturalHeight: height } = this.object.image;
    const sides = width ? { original_width: width, original_height: height, image_rotation: 0 } : {};
    return { ...sides, value: KINDS[kind].written(place) };
  }

  place(item) {
    return KINDS[item.type].place(item.value);
  }
}

function put(element, [x, y]) {
  element.style.setProperty("left", `${x}%`);
  element.style.setProperty("top", `${y}%`);
  return element;
}

const near = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by) < CLOSE;

function inside(corners, [x, y]) {
  let isInside = false;
  corners.forEach(([ax, ay], index) => {
    const [bx, by] = corners[(index + 1) % corners.length];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) isInside = !isInside;
  });
  return isInside;
}

function area(corners) {
  return Math.abs(corners.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = corners[(index + 1) % corners.length];
    return sum + x * nextY - nextX * y;
  }, 0)) / 2;
}

export const surfaces = { Image: (object, book) => new Stage(object, book) };
