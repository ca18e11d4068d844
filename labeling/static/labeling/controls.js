// One form part for each control of the project's configuration. Each part is
// {element, keys, read(), restore(value), missing()}; read() gives a label-studio result or null.

import { make } from "./elements.js";

const SPARE_KEYS = [..."1234567890qwertyuopasdfghjklzxcvbnm"];

// A key for each wanted one: its own character if it is one and free, else the next spare key.
export class KeyRing {
  constructor() {
    this.taken = new Set();
  }

  take(wanted) {
    const own = String(wanted || "").toLowerCase();
    const free = (key) => !this.taken.has(key);
    const key = SPARE_KEYS.includes(own) && free(own) ? own : SPARE_KEYS.find(free);
    if (key) this.taken.add(key);
    return key;
  }
}

function result(control, type, value) {
  return { from_name: control.name, to_name: control.to, type, value };
}

function group(control, title) {
  return make("fieldset", { className: `control ${control.tag.toLowerCase()}` }, make("legend", { text: title || control.title || control.name }));
}

function option({ control, type, value, text, hint, key }) {
  const input = make("input", { type, name: `control-${control.name}`, value, required: false });
  const label = make("label", { className: "choice", title: hint || "" }, input, make("span", { className: "choice-text", dir: "auto", text }));
  if (key) {
    input.setAttribute("aria-keyshortcuts", key);
    label.append(make("kbd", { text: key }));
  }
  return { input, label };
}

function choicesPart(control, ring) {
  const element = group(control, control.title);
  const type = control.multiple ? "checkbox" : "radio";
  const list = make("div", { className: "choice-list" });
  const short = control.choices.every((choice) => (choice.text || choice.value).length <= 3);
  list.classList.toggle("short", short);
  const keys = new Map();
  const inputs = control.choices.map((choice) => {
    const key = ring.take(choice.hotkey || choice.value);
    const made = option({ control, type, value: choice.value, text: choice.text || choice.value, hint: choice.hint, key });
    if (key) keys.set(key, made.input);
    list.append(made.label);
    return made.input;
  });
  element.append(list);
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return {
    element,
    keys,
    read: () => (chosen().length ? result(control, "choices", { choices: chosen() }) : null),
    restore: (value) => inputs.forEach((input) => { input.checked = (value.choices || []).includes(input.value); }),
    missing: () => (control.required && !chosen().length ? "Choose an answer first." : null),
  };
}

function ratingPart(control, ring) {
  const element = group(control, control.title);
  const list = make("div", { className: "choice-list short" });
  const keys = new Map();
  const inputs = Array.from({ length: control.max }, (_, index) => {
    const stars = String(index + 1);
    const key = ring.take(stars);
    const made = option({ control, type: "radio", value: stars, text: `${stars} ★`, key: key === stars ? undefined : key });
    made.input.setAttribute("aria-label", `${stars} of ${control.max}`);
    if (key) keys.set(key, made.input);
    list.append(made.label);
    return made.input;
  });
  element.append(list);
  const chosen = () => inputs.find((input) => input.checked);
  return {
    element,
    keys,
    read: () => (chosen() ? result(control, "rating", { rating: Number(chosen().value) }) : null),
    restore: (value) => inputs.forEach((input) => { input.checked = Number(input.value) === value.rating; }),
    missing: () => (control.required && !chosen() ? "Give a rating first." : null),
  };
}

function textPart(control) {
  const element = group(control, control.title);
  const area = make("textarea", { rows: control.rows || 3, placeholder: control.placeholder || "", dir: "auto", name: `control-${control.name}` });
  if (control.max_length) area.maxLength = control.max_length;
  area.setAttribute("aria-label", control.title || control.name);
  element.append(area);
  const written = () => area.value.trim();
  return {
    element,
    keys: new Map(),
    area,
    read: () => (written() ? result(control, "textarea", { text: [written()] }) : null),
    restore: (value) => { area.value = (value.text || []).join("\n"); },
    missing: () => (control.required && !written() ? "Write an answer first." : null),
  };
}

const PART_OF = { Choices: choicesPart, Rating: ratingPart, TextArea: textPart };

export function build(controls) {
  const ring = new KeyRing();
  const known = controls.filter((control) => PART_OF[control.tag]);
  return known.map((control) => ({ control, ...PART_OF[control.tag](control, ring) }));
}
