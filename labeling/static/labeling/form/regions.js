// Regions that mark parts of an object: the labels to choose from, the list of what is marked, undo.
//
// A region is plain data {id, from, to, labels, place, answers}. How a place is marked and drawn is
// the business of the object's surface: {draw(regions, selected), place(item), written(place),
// said(place), take?(mark), cancel?()}, made by known.surfaces[tag](object, book).

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { known } from "./families.js";
import { group, newId, options } from "./form.js";
import { keyOf } from "./keys.js";

const UNDO_LIMIT = 100;
const COLOURS = ["#2563eb", "#c2410c", "#15803d", "#a21caf", "#b45309", "#0e7490", "#be123c", "#4d7c0f"];

export class Book {
  constructor(form) {
    Object.assign(this, { form, regions: [], selectedId: null, isFresh: false, past: [], surfaces: new Map(), marks: [] });
    document.addEventListener("keydown", (event) => this.press(event), { signal: form.closing.signal });
  }

  // The surface of the object that this control marks, with its list below it.
  attach(part) {
    const object = this.form.objects.get(part.to);
    if (!object || !known.surfaces[object.node.tag]) return;
    this.marks.push(part);
    for (const { element } of this.marks) element.classList.toggle("near", this.marks.length === 1);
    if (this.surfaces.has(part.to)) return;
    const surface = known.surfaces[object.node.tag](object, this);
    Object.assign(surface, { object, active: null, list: make("ul", { className: "regions", aria: { label: _("What is marked") } }) });
    this.surfaces.set(part.to, surface);
    object.element.after(this.tools(surface), surface.list);
  }

  tools(surface) {
    this.undoButton = make("button", { type: "button", className: "outline secondary", text: _("Undo"), disabled: true, aria: { keyshortcuts: "Control+Z" } });
    this.undoButton.addEventListener("click", () => this.undo());
    const hint = make("details", { className: "how hint" }, make("summary", { text: _("How to mark") }), ...surface.hints.map((text) => make("p", { text })));
    surface.row = make("div", { className: "tools" }, this.undoButton, ...(surface.buttons || []));
    return make("div", { className: "tool-row" }, surface.row, hint);
  }

  get selected() {
    return this.regions.find(({ id }) => id === this.selectedId) || null;
  }

  has(name) {
    return this.regions.some(({ from }) => from === name);
  }

  // A label was tapped: it goes to what waits for one, to the selected region, or to the next ones.
  choose(part, option) {
    const surface = this.surfaces.get(part.to);
    if (!surface) return;
    const mark = { part, option };
    const isActive = surface.active?.part === part && surface.active.option.result === option.result;
    if (surface.take?.(mark)) return;
    const region = this.selected;
    if (region && !this.isFresh && region.from === part.name) this.change(() => { region.labels = [option.result]; });
    surface.cancel?.();
    surface.active = isActive ? null : mark;
    this.draw();
  }

  // A new region of this place, with the label that is active.
  add(surface, place, { part, option } = surface.active) {
    const region = { id: newId(), from: part.name, to: part.to, labels: [option.result], place, answers: {} };
    const same = this.regions.find((one) => one.from === part.name && one.labels[0] === option.result && JSON.stringify(one.place) === JSON.stringify(place));
    if (same) {
      this.select(same.id);
      return;
    }
    const isAsked = this.form.parts.some((one) => one.node.perregion && one.to === part.to);
    this.change(() => {
      this.regions.push(region);
      if (isAsked) this.selectedId = region.id;
    });
    this.isFresh = true;
  }

  remove(id) {
    this.change(() => {
      this.regions = this.regions.filter((region) => region.id !== id);
      if (this.selectedId === id) this.selectedId = null;
    });
  }

  select(id) {
    this.selectedId = id;
    this.isFresh = false;
    this.form.showRegionAnswers();
    this.draw();
  }

  // Does it in a way that can be undone.
  change(work) {
    this.remember();
    work();
    this.form.showRegionAnswers();
    this.draw();
    this.form.update();
  }

  remember() {
    this.past.push(JSON.stringify(this.regions));
    if (this.past.length > UNDO_LIMIT) this.past.shift();
  }

  undo() {
    for (const surface of this.surfaces.values()) if (surface.cancel?.()) return;
    if (!this.past.length) return;
    this.regions = JSON.parse(this.past.pop());
    if (!this.selected) this.selectedId = null;
    this.form.showRegionAnswers();
    this.draw();
    this.form.changed();
  }

  press(event) {
    const isWritten = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
    if (isWritten && event.key !== "Escape") return;
    const isUndo = keyOf(event) === "z" && (event.ctrlKey || event.metaKey);
    if (isUndo) this.undo();
    else if ((event.key === "Delete" || event.key === "Backspace") && this.selected && !event.defaultPrevented) this.remove(this.selectedId);
    else if (event.key === "Escape" && this.selected && !event.defaultPrevented) this.select(null);
    else return;
    event.preventDefault();
  }

  colourOf(region) {
    const part = this.marks.find(({ name }) => name === region.from);
    return part?.labels.find(({ result }) => result === region.labels[0])?.colour || COLOURS[0];
  }

  wordsOf(region) {
    const part = this.marks.find(({ name }) => name === region.from);
    return part?.labels.find(({ result }) => result === region.labels[0])?.value || region.labels[0];
  }

  draw() {
    for (const [name, surface] of this.surfaces) {
      const own = this.regions.filter(({ to }) => to === name);
      surface.draw(own, this.selected);
      surface.list.replaceChildren(...own.map((region) => this.row(surface, region)));
    }
    for (const part of this.marks) part.show(this.surfaces.get(part.to).active);
    for (const button of this.form.element.querySelectorAll(".tools > button:first-child")) button.disabled = !this.past.length;
  }

  row(surface, region) {
    const words = `${this.wordsOf(region)} ${surface.said(region.place)}`;
    const pick = make("button", { type: "button", className: "region", aria: { pressed: region.id === this.selectedId } },
      dot(this.colourOf(region)), make("span", { text: surface.fields ? this.wordsOf(region) : words, dir: "auto" }));
    pick.addEventListener("click", () => {
      this.select(region.id === this.selectedId ? null : region.id);
      this.rowButton(surface, region.id)?.focus();
    });
    pick.dataset.id = region.id;
    const drop = make("button", { type: "button", className: "outline secondary drop", text: "✕", aria: { label: _("Delete %(what)s", { what: words }) } });
    drop.addEventListener("click", () => this.remove(region.id));
    return make("li", {}, pick, ...(surface.fields?.(region) || []), drop);
  }

  rowButton(surface, id) {
    return surface.list.querySelector(`[data-id="${id}"]`);
  }

  // The items of the marks of those controls that are asked.
  read(isAsked) {
    const asked = this.regions.filter((region) => isAsked(this.form.partOf(region.from)));
    return asked.flatMap((region) => this.form.readRegion(region, this.surfaces.get(region.to).written(region.place)));
  }

  restore(result) {
    for (const item of result) {
      const part = this.marks.find(({ name }) => name === item.from_name);
      if (!part) continue;
      const place = this.surfaces.get(part.to).place(item);
      if (place) this.regions.push({ id: item.id, from: part.name, to: part.to, labels: item.value[part.type], place, answers: {} });
    }
    for (const item of result) {
      const part = this.form.partOf(item.from_name);
      const region = this.regions.find(({ id }) => id === item.id);
      if (part?.node.perregion && region) region.answers[part.name] = item.value[part.key];
    }
    this.draw();
  }
}

function dot(colour) {
  const made = make("span", { className: "dot" });
  made.style.setProperty("--label", colour);
  return made;
}

function labelsOf(node) {
  return options(node, "Label").map((option, index) => {
    const own = option.background && CSS.supports("color", option.background) ? option.background : null;
    return { ...option, colour: own || COLOURS[index % COLOURS.length] };
  });
}

const marks = (type) => (node, form) => {
  const labels = labelsOf(node);
  const element = group(node, form);
  const chips = labels.map((option) => {
    const key = form.ring.take(option);
    const chip = make("button", { type: "button", className: "chip", title: option.hint || "", aria: { pressed: "false" } },
      dot(option.colour), make("span", { text: option.value, dir: "auto" }));
    if (key) {
      chip.setAttribute("aria-keyshortcuts", key);
      chip.append(make("kbd", { text: key, ariaHidden: "true" }));
      form.keys.set(key, () => form.book.choose(part, option));
    }
    chip.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
    chip.addEventListener("click", () => form.book.choose(part, option));
    return chip;
  });
  element.append(make("div", { className: "chips" }, ...chips));
  const part = {
    type, element, labels,
    isMarks: true,
    lacking: _("Mark something first."),
    get: () => null,
    set: () => {},
    show: (active) => chips.forEach((chip, index) => {
      chip.setAttribute("aria-pressed", String(active?.part === part && active.option.result === labels[index].result));
    }),
    ready: () => { (form.book ||= new Book(form)).attach(part); },
  };
  return part;
};

const TAGS = ["Labels", "HyperTextLabels", "ParagraphLabels", "RectangleLabels", "PolygonLabels", "KeyPointLabels"];

export const controls = Object.fromEntries(TAGS.map((tag) => [tag, marks(tag.toLowerCase())]));
