// One form part for each control of the project's configuration. Each part is
// {control, element, keys, read(), restore(value), missing()}; read() gives a region of
// label-studio's result format, or null.

import { make } from "./elements.js";

const SPARE_KEYS = [..."1234567890qwertyuopasdfghjklzxcvbnm"];

// A key for each wanted one: its own character if it is one and free, else the next spare key.
class KeyRing {
  constructor(wanted) {
    const own = wanted.map((text) => text.toLowerCase());
    const fits = (key, index) => SPARE_KEYS.includes(key) && own.indexOf(key) === index;
    this.reserved = new Set(own.filter(fits));
    this.given = new Set();
  }

  take(wanted) {
    const own = wanted.toLowerCase();
    const key = this.reserved.has(own) && !this.given.has(own)
      ? own
      : SPARE_KEYS.find((spare) => !this.given.has(spare) && !this.reserved.has(spare));
    if (key) this.given.add(key);
    return key;
  }
}

function region(control, type, value) {
  return { from_name: control.name, to_name: control.to, type, value };
}

function group(control) {
  const legend = make("legend", { text: control.name.replaceAll("_", " "), dir: "auto" });
  if (!control.required) legend.append(make("small", { className: "muted", text: " optional" }));
  return make("fieldset", { className: "control" }, legend);
}

function option({ control, type, value, text, name, key }) {
  const input = make("input", { type, name: `control-${control.name}`, value });
  if (name) input.setAttribute("aria-label", name);
  const label = make("label", { className: "choice" }, input, make("span", { className: "choice-text", dir: "auto", text }));
  if (key) {
    input.setAttribute("aria-keyshortcuts", key);
    if (key !== value.toLowerCase()) label.append(make("kbd", { text: key, ariaHidden: "true" }));
  }
  return { input, label };
}

// A list of inputs of which one or several can be chosen.
function optionList(control, { type, options, short, ring }) {
  const list = make("div", { className: short ? "choice-list short" : "choice-list" });
  const keys = new Map();
  const inputs = options.map((wanted) => {
    const key = ring.take(wanted.value);
    const made = option({ control, type, key, ...wanted });
    if (key) keys.set(key, made.input);
    list.append(made.label);
    return made.input;
  });
  const element = group(control);
  element.append(list);
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return { element, keys, inputs, chosen };
}

function choicesPart(control, ring) {
  const { element, keys, inputs, chosen } = optionList(control, {
    type: control.multiple ? "checkbox" : "radio",
    options: control.choices.map((value) => ({ value, text: value })),
    short: control.choices.every((value) => value.length <= 3),
    ring,
  });
  return {
    element,
    keys,
    read: () => (chosen().length ? region(control, "choices", { choices: chosen() }) : null),
    restore: ({ choices }) => inputs.forEach((input) => { input.checked = choices.includes(input.value); }),
    missing: () => (control.required && !chosen().length ? "Choose an answer first." : null),
  };
}

function ratingPart(control, ring) {
  const stars = Array.from({ length: control.stars }, (_, index) => String(index + 1));
  const { element, keys, inputs, chosen } = optionList(control, {
    type: "radio",
    options: stars.map((value) => ({ value, text: `${value}★`, name: `${value} of ${control.stars}` })),
    short: true,
    ring,
  });
  return {
    element,
    keys,
    read: () => (chosen().length ? region(control, "rating", { rating: Number(chosen()[0]) }) : null),
    restore: ({ rating }) => inputs.forEach((input) => { input.checked = Number(input.value) === rating; }),
    missing: () => (control.required && !chosen().length ? "Give a rating first." : null),
  };
}

function textPart(control) {
  const element = group(control);
  const areas = Array.from({ length: control.texts_limit }, (_, index) => {
    const area = make("textarea", { rows: 3, dir: "auto", maxLength: control.max_length, name: `control-${control.name}` });
    area.setAttribute("aria-label", index ? `${control.name} ${index + 1}` : control.name);
    return area;
  });
  const written = () => areas.map((area) => area.value.trim()).filter(Boolean);
  // Further fields appear once those before them are filled.
  const unfold = () => areas.forEach((area, index) => { area.hidden = index > written().length; });
  element.append(...areas);
  element.addEventListener("input", unfold);
  unfold();
  return {
    element,
    keys: new Map(),
    area: areas[0],
    cleared: unfold,
    read: () => (written().length ? region(control, "textarea", { text: written() }) : null),
    restore: ({ text }) => { areas.forEach((area, index) => { area.value = text[index] || ""; }); unfold(); },
    missing: () => (control.required && !written().length ? "Write an answer first." : null),
  };
}

const PART_OF = { Choices: choicesPart, Rating: ratingPart, TextArea: textPart };

export function build(controls) {
  const known = controls.filter((control) => PART_OF[control.tag]);
  const ring = new KeyRing(known.flatMap((control) => control.choices || []));
  return known.map((control) => ({ control, ...PART_OF[control.tag](control, ring) }));
}
