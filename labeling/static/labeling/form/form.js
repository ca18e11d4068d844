// Draws a configuration for one task, and turns what is answered into label-studio's results.
//
// A control is a part {node, name, to, type, key, element, get(), set(value), problem?()}; get() is
// null while nothing is answered. With perRegion its value belongs to the region that is selected,
// and regions are kept in the book that the first control with labels opens.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { isConditional, known, register } from "./families.js";
import { KeyRing } from "./keys.js";

const ALWAYS = { isSeen: () => true, isAsked: () => true, isPassing: () => false };

export class Form {
  constructor(tree, data, { changed = () => {} } = {}) {
    this.data = data;
    this.changed = changed;
    this.closing = new AbortController();
    this.ring = new KeyRing(tree);
    this.keys = new Map(); // key → what it does
    this.objects = new Map();
    this.parts = [];
    this.conditions = known.rules.Conditions ? new known.rules.Conditions(this) : ALWAYS;
    this.conditional = []; // what is seen at times: {element, node}
    this.book = null;
    this.element = this.draw(tree);
    for (const part of this.parts) part.ready?.();
    this.refresh();
  }

  // It hears nothing any more.
  close() {
    this.closing.abort();
  }

  draw(node) {
    const element = this.elementOf(node);
    if (element && isConditional(node)) this.conditional.push({ element, node });
    return element;
  }

  elementOf(node) {
    const { layouts, objects, controls } = known;
    if (layouts[node.tag]) return layouts[node.tag](node, this);
    if (objects[node.tag]) {
      const object = { node, name: node.name, ...objects[node.tag](node, this) };
      this.objects.set(object.name, object);
      return object.element;
    }
    if (!controls[node.tag]) return "";
    const part = controls[node.tag](node, this);
    Object.assign(part, { node, name: node.name, to: part.to || node.toname });
    this.parts.push(part);
    return part.element;
  }

  // What an attribute says: the task's field if it is one ("$field"), else its own words.
  say(attribute = "") {
    const found = attribute.startsWith("$") ? this.data[attribute.slice(1)] : attribute;
    return found ?? "";
  }


  // Shows what is asked now, and tells the page that something has changed.
  update() {
    this.keepRegionAnswers();
    this.refresh();
    this.changed();
  }

  keepRegionAnswers() {
    const region = this.book?.selected;
    if (!region) return;
    for (const part of this.parts.filter(({ node, to }) => node.perregion && to === region.to)) {
      const value = part.get();
      if (value === null) delete region.answers[part.name];
      else region.answers[part.name] = value;
    }
  }

  showRegionAnswers() {
    for (const part of this.parts.filter(({ node }) => node.perregion)) part.set(this.book.selected?.answers[part.name] ?? null);
    this.refresh();
  }

  refresh() {
    for (const { element, node } of this.conditional) element.hidden = !this.conditions.isSeen(node);
  }

  // The answer as label-studio's list of regions.
  read() {
    const whole = this.parts.filter((part) => part.key && !part.node.perregion && this.conditions.isAsked(part.node, null));
    const given = whole.filter((part) => part.get() !== null);
    const items = given.map((part) => itemOf(part, (part.id ||= newId()), { value: { [part.key]: part.get() } }));
    return [...items, ...(this.book?.read((part) => this.conditions.isAsked(part.node, null)) || [])];
  }

  // The answer's items for one region: its mark and what was answered about it.
  readRegion(region, place) {
    const asked = this.parts.filter((part) => part.node.perregion && part.name in region.answers && this.conditions.isAsked(part.node, region));
    const own = asked.map((part) => itemOf(part, region.id, { ...place, value: { ...place.value, [part.key]: region.answers[part.name] } }));
    const mark = this.partOf(region.from);
    return [itemOf(mark, region.id, { ...place, value: { ...place.value, [mark.type]: region.labels } }), ...own];
  }

  // Shows an answer that `read` gave before, and nothing else.
  restore(result) {
    for (const part of this.parts.filter(({ node }) => !node.perregion)) part.set(null);
    for (const item of result) {
      const part = this.partOf(item.from_name);
      if (!part?.key || part.node.perregion) continue;
      part.id = item.id;
      part.set(item.value[part.key]);
    }
    this.book?.restore(result);
    this.refresh();
  }

  partOf(name) {
    return this.parts.find((part) => part.name === name);
  }

  // The first thing that keeps the answer from being sent: {text, part, region}, or null.
  missing() {
    for (const part of this.parts) {
      const places = part.node.perregion ? this.book?.regions.filter((region) => region.to === part.to) || [] : [null];
      for (const region of places) {
        const text = this.conditions.isAsked(part.node, region) && this.lacks(part, region);
        if (text) return { text, part, region };
      }
    }
    return null;
  }

  lacks(part, region) {
    if (part.isMarks) return part.node.required && !this.book.has(part.name) ? part.node.requiredmessage || part.lacking : "";
    const value = region && region !== this.book.selected ? (region.answers[part.name] ?? null) : part.get();
    const isRequired = part.node.required && !this.conditions.isPassing(part.node);
    if (value === null) return (part.unfinished?.() || (isRequired && (part.node.requiredmessage || part.lacking))) ?? "";
    return part.problem?.(value) || "";
  }

  // Leads the person to what is missing.
  show({ part, region }) {
    if (region || part.element.closest("[hidden]")) this.book?.select(region?.id ?? null);
    part.element.scrollIntoView({ block: "nearest" });
    part.element.querySelector("input, textarea, select, button")?.focus({ preventScroll: true });
  }
}

export function newId() {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return Array.from(crypto.getRandomValues(new Uint8Array(10)), (byte) => letters[byte % 64]).join("");
}

// The choices or labels of a control; `result` is what an answer calls them.
export function options(node, tag) {
  return node.children.filter((child) => child.tag === tag).map((one) => ({ ...one, result: one.alias ?? one.value }));
}

function itemOf(part, id, place) {
  return { id, from_name: part.name, to_name: part.to, type: part.type, origin: "manual", ...place };
}

// A fieldset with the control's name, and a way to take an answer back that need not be given.
export function group(node, form, clear) {
  const legend = make("legend", {}, make("bdi", { text: (node.label || node.name).replaceAll("_", " ") }));
  const fieldset = make("fieldset", { className: "control" }, legend);
  if (node.required) return fieldset;
  legend.append(make("small", { className: "muted", text: ` ${_("optional")}` }));
  if (!clear) return fieldset;
  const button = make("button", { type: "button", className: "clear", text: _("Clear") });
  button.addEventListener("click", () => {
    clear();
    form.update();
  });
  legend.append(button);
  return fieldset;
}

function view(node, form) {
  const isRow = node.display === "inline" || /display:\s*(inline-)?flex/.test(node.style || "");
  return make("div", { className: isRow ? "view row" : "view" }, ...node.children.map((child) => form.draw(child)));
}

function header(node, form) {
  return make("h2", { className: `header size-${Number(node.size) || 4}`, dir: "auto", text: String(form.say(node.value)) });
}

function text(node, form) {
  const content = make("p", { className: "object-text", dir: "auto", text: String(form.say(node.value)) });
  return { element: content, content, text: content.textContent };
}

register({ layouts: { View: view, Header: header }, objects: { Text: text } });
