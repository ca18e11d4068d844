// Marking text: by mouse (select), by touch (select, or tap a word), by keyboard (word by word).
//
// A place is {start, end} in UTF-16 units of all the object's text; results count code points. What
// an object's results look like is its own `written({start, end})` and `place(value)`.

import { _ } from "../../words.js";
import { make } from "../elements.js";

export const points = (text) => [...text].length;

// The UTF-16 offset of the n-th code point.
export function unitsOf(text, count) {
  let units = 0;
  for (const point of text) {
    if (!count--) break;
    units += point.length;
  }
  return units;
}

const HELD_MS = 300; // a tap on a label may end the selection just before it arrives

class TextSurface {
  constructor(object, book) {
    Object.assign(this, { object, book, held: null, endedAt: null, pressedAt: 0, lifted: null, anchor: null });
    this.root = object.content;
    this.pristine = this.root.cloneNode(true);
    this.text = this.pristine.textContent;
    this.words = wordsIn(this.pristine);
    this.hints = [
      _("Mouse: choose a label, then drag over the words."),
      _("Touch: choose a label, then tap a word; for more words, hold one, drag the ends, and tap the label."),
      _("Keyboard: go into the text with Tab, move with the arrow keys, take more words with Shift (with Ctrl single characters), then press the label's key."),
    ];
    this.buttons = this.sizers();
    Object.assign(this.root, { tabIndex: 0, role: "region" });
    this.root.setAttribute("aria-label", _("The text to mark"));
    this.listen();
  }

  listen() {
    const { signal } = this.book.form.closing;
    document.addEventListener("selectionchange", () => this.hold(), { signal });
    for (const press of ["pointerdown", "keydown"]) document.addEventListener(press, () => { this.pressedAt = performance.now(); }, { signal, capture: true });
    this.root.addEventListener("pointerup", (event) => this.lift(event));
    this.root.addEventListener("keydown", (event) => this.press(event));
    this.root.addEventListener("focus", () => {
      if (this.root.matches(":focus-visible") && getSelection().isCollapsed && this.words.length) this.go(this.words[0]);
    });
  }

  // The selection inside the text as {start, end} without white space around it, or null.
  selection() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!this.root.contains(range.startContainer) || !this.root.contains(range.endContainer)) return null;
    const start = this.offsetOf(range.startContainer, range.startOffset);
    return this.trimmed(start, start + range.toString().length);
  }

  trimmed(start, end) {
    const inside = this.text.slice(start, end);
    const place = { start: start + inside.length - inside.trimStart().length, end: end - (inside.length - inside.trimEnd().length) };
    if (this.object.node.granularity === "word") {
      const touched = this.words.filter((word) => word.start < place.end && word.end > place.start);
      if (touched.length) Object.assign(place, { start: touched[0].start, end: touched.at(-1).end });
    }
    return place.start < place.end ? place : null;
  }

  offsetOf(node, offset) {
    const before = document.createRange();
    before.setStart(this.root, 0);
    before.setEnd(node, offset);
    return before.toString().length;
  }

  hold() {
    const place = this.selection();
    if (place) Object.assign(this, { held: place, endedAt: null });
    else if (this.held) this.endedAt ??= performance.now();
  }

  // What is selected, or was until the very press that chooses a label, however long it took.
  taken() {
    const isHeld = this.held && (this.endedAt === null || this.pressedAt - this.endedAt < HELD_MS);
    return this.selection() || (isHeld ? this.held : null);
  }

  // A label was chosen while words are selected, or were until this very tap.
  take(mark) {
    this.settle();
    const place = this.taken();
    if (!place) return false;
    this.mark(place, mark);
    return true;
  }

  // The browser moves the selection after the finger is lifted; a busy page may bring the next tap
  // before the timer, and then the word is marked first, with the label that was active.
  lift(event) {
    this.settle();
    this.lifted = event;
    setTimeout(() => this.settle());
  }

  settle() {
    const event = this.lifted;
    this.lifted = null;
    if (event) this.released(event);
  }

  mark(place, mark = this.active) {
    Object.assign(this, { held: null, endedAt: null });
    if (!this.active) this.active = null;
    this.book.add(this, place, mark);
    this.anchor = null;
    this.caret(place.end);
  }

  released(event) {
    const place = this.selection();
    if (place && event.pointerType === "mouse" && this.active) this.mark(place);
    else if (!place) this.tapped(event);
  }

  tapped(event) {
    const mark = event.target.closest?.("mark[data-region]");
    if (mark) this.book.select(mark.dataset.region);
    else if (this.active && event.pointerType !== "mouse") {
      const at = this.offsetAt(event.clientX, event.clientY);
      const word = this.words.find((one) => at >= one.start && at <= one.end);
      if (word) this.mark(word);
    } else if (this.book.selected) this.book.select(null);
  }

  offsetAt(x, y) {
    const position = document.caretPositionFromPoint?.(x, y);
    if (position) return this.offsetOf(position.offsetNode, position.offset);
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? this.offsetOf(range.startContainer, range.startOffset) : -1;
  }

  press(event) {
    if (event.altKey || event.metaKey) return;
    const isArrow = ["ArrowLeft", "ArrowRight"].includes(event.key);
    if (event.ctrlKey && isArrow) this.nudge(event);
    else if (event.ctrlKey) return;
    else if (event.key === " " && this.active && this.selection()) this.mark(this.selection());
    else if (isArrow || ["Home", "End"].includes(event.key)) this.step(event);
    else return;
    event.preventDefault();
  }

  isBack(key) {
    return key === "Home" || (key === "ArrowLeft") !== (getComputedStyle(this.root).direction === "rtl" && key.startsWith("Arrow"));
  }

  // The beginning of the selection by one character, with Shift its end.
  nudge({ key, shiftKey }) {
    const place = this.selection();
    if (!place) return;
    const side = shiftKey ? "end" : "start";
    const by = this.isBack(key) ? -1 : 1;
    const isBlank = (offset) => /\s/.test(this.text[side === "start" ? offset : offset - 1] ?? "");
    let [count, offset] = [points(this.text.slice(0, place[side])), place[side]];
    do offset = unitsOf(this.text, Math.max((count += by), 0));
    while (count > 0 && offset < this.text.length && isBlank(offset)); // white space is never at an end
    const moved = { ...place, [side]: offset };
    if (moved.start < moved.end) this.pick(moved.start, moved.end);
  }

  // The next or previous word; with Shift from where the selection began.
  step({ key, shiftKey }) {
    if (!this.words.length) return;
    const isBack = this.isBack(key);
    const at = this.head ?? this.offsetOf(getSelection().focusNode ?? this.root, getSelection().focusOffset ?? 0);
    const ahead = isBack ? this.words.findLast((word) => word.start < at) : this.words.find((word) => word.start > at);
    const edge = isBack ? this.words[0] : this.words.at(-1);
    const word = (key === "Home" || key === "End" ? edge : ahead) || edge;
    this.go(word, shiftKey);
  }

  go(word, isMore = false) {
    this.anchor = isMore && this.anchor ? this.anchor : word;
    this.head = word.start;
    this.pick(Math.min(this.anchor.start, word.start), Math.max(this.anchor.end, word.end));
  }

  pick(start, end) {
    getSelection().setBaseAndExtent(...this.pointAt(start), ...this.pointAt(end));
  }

  caret(offset) {
    this.head = this.words.findLast((word) => word.start < offset)?.start ?? 0;
    if (this.root.contains(document.activeElement)) getSelection().collapse(...this.pointAt(offset));
    else getSelection().removeAllRanges();
  }

  pointAt(offset, root = this.root) {
    let last = [root, 0];
    for (const node of textNodes(root)) {
      last = [node, Math.min(offset, node.length)];
      if (offset <= node.length) break;
      offset -= node.length;
    }
    return last;
  }

  // Buttons that move an end of the selected region by a word.
  sizers() {
    const made = [["start", -1, "⇤", _("Begin a word earlier")], ["start", 1, "↦", _("Begin a word later")], ["end", -1, "↤", _("End a word earlier")], ["end", 1, "⇥", _("End a word later")]];
    return made.map(([side, by, text, label]) => {
      const button = make("button", { type: "button", className: "outline secondary sizer", text, hidden: true, title: label, aria: { label } });
      button.addEventListener("click", () => this.resize(side, by));
      return button;
    });
  }

  resize(side, by) {
    const region = this.book.selected;
    const edges = this.words.map((word) => word[side]);
    const now = region.place[side];
    const next = by > 0 ? edges.find((edge) => edge > now) : edges.findLast((edge) => edge < now);
    const place = { ...region.place, [side]: next };
    if (next === undefined || place.start >= place.end) return;
    this.book.change(() => { region.place = place; });
  }

  draw(regions, selected) {
    const fresh = this.pristine.cloneNode(true);
    for (const region of [...regions].sort((a, b) => length(b) - length(a))) this.wrap(fresh, region, selected);
    this.root.replaceChildren(...fresh.childNodes);
    for (const button of this.buttons) button.hidden = !regions.includes(selected);
  }

  // <mark> around each piece of text inside the region; its label stands before the first of them.
  wrap(root, region, selected) {
    let [offset, isFirst] = [0, true];
    for (const node of [...textNodes(root)]) {
      const [start, end] = [Math.max(region.place.start - offset, 0), Math.min(region.place.end - offset, node.length)];
      offset += node.length;
      if (start >= end || !node.data.trim()) continue;
      const inside = start ? node.splitText(start) : node;
      if (end - start < inside.length) inside.splitText(end - start);
      const mark = make("mark", { className: region === selected ? "selected" : "" });
      mark.style.setProperty("--label", this.book.colourOf(region));
      mark.dataset.region = region.id;
      if (isFirst) mark.dataset.label = this.book.wordsOf(region);
      isFirst = false;
      inside.replaceWith(mark);
      mark.append(inside);
    }
  }

  said({ start, end }) {
    const text = this.text.slice(start, end);
    return `“${text.length > 40 ? `${text.slice(0, 38)}…` : text}”`;
  }

  written(place) {
    return { value: this.object.written(place, this) };
  }

  place(item) {
    return this.object.place(item.value, this);
  }
}

const length = ({ place }) => place.end - place.start;

export function* textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}

const BLOCKS = "p, li, dt, dd, h1, h2, h3, h4, h5, h6, td, th, caption, figcaption, blockquote, pre, div, section, article, header, footer, summary";

// The words of a text; no word runs on from one paragraph or cell into the next.
function wordsIn(root) {
  const runs = [];
  for (const node of textNodes(root)) {
    const block = node.parentElement.closest(BLOCKS);
    if (runs.length && runs.at(-1).block === block) runs.at(-1).text += node.data;
    else runs.push({ block, text: node.data });
  }
  let offset = 0;
  return runs.flatMap(({ text }) => {
    const words = wordsOf(text).map(({ start, end }) => ({ start: start + offset, end: end + offset }));
    offset += text.length;
    return words;
  });
}

const SIGN = /\p{S}/u; // such as an emoji: it can be marked like a word

function wordsOf(text) {
  if (!Intl.Segmenter) return [...text.matchAll(/\S+/gu)].map((found) => ({ start: found.index, end: found.index + found[0].length }));
  const segments = new Intl.Segmenter(document.documentElement.lang || "en", { granularity: "word" }).segment(text);
  return [...segments].filter((one) => one.isWordLike || SIGN.test(one.segment)).map((one) => ({ start: one.index, end: one.index + one.segment.length }));
}

// A plain text: offsets in code points, and what stands there.
function plain(object, book) {
  const { text } = object;
  object.written = ({ start, end }) => ({ start: points(text.slice(0, start)), end: points(text.slice(0, end)), text: text.slice(start, end) });
  object.place = ({ start, end }) => ({ start: unitsOf(text, start), end: unitsOf(text, end) });
  return new TextSurface(object, book);
}

const rich = (object, book) => new TextSurface(object, book);

export const surfaces = { Text: plain, HyperText: rich, Paragraphs: rich };
