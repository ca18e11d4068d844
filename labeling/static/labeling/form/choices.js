// Choices and ratings: one or several of a list, by tap, click or key. Several are a list whatever
// the layout: in a browser's own a click takes the others back.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { group, options as optionsOf } from "./form.js";

const SHORT_CHARACTERS = 3; // answers up to this stand beside each other

function optionOf({ type, name, option, key }) {
  const input = make("input", { type, name, value: option.result, checked: option.selected === "true" });
  if (option.said) input.setAttribute("aria-label", option.said);
  const words = make("span", { className: "choice-text", dir: "auto", text: option.value });
  if (option.hint) words.append(make("small", { className: "muted", text: ` ${option.hint}` }));
  const label = make("label", { className: "choice" }, input, words);
  if (key) {
    input.setAttribute("aria-keyshortcuts", key);
    if (key !== option.value.toLowerCase()) label.append(make("kbd", { text: key, ariaHidden: "true" }));
  }
  return { input, label };
}

function optionList(node, form, { type, options }) {
  const isShort = options.every(({ value }) => [...value].length <= SHORT_CHARACTERS);
  const list = make("div", { className: isShort ? "choice-list short" : "choice-list" });
  const inputs = options.map((option) => {
    const key = "key" in option ? option.key : form.ring.take(option);
    const { input, label } = optionOf({ type, name: `control-${node.name}`, option, key });
    if (key) form.keys.set(key, () => { input.click(); input.focus({ preventScroll: true }); });
    list.append(label);
    return input;
  });
  const set = (values) => inputs.forEach((input) => { input.checked = values.includes(input.value); });
  const element = group(node, form, () => set([]));
  element.append(list);
  element.addEventListener("change", () => form.update());
  return { element, set, chosen: () => inputs.filter((input) => input.checked).map((input) => input.value) };
}

function select(node, form, options) {
  const field = make("select", { name: `control-${node.name}`, aria: { label: node.name } }, make("option", { value: "", text: _("Choose…") }),
    ...options.map((one) => make("option", { value: one.result, text: one.value, selected: one.selected === "true" })));
  const element = group(node, form);
  element.append(field);
  field.addEventListener("change", () => form.update());
  const set = ([value = ""]) => { field.value = value; };
  return { element, set, chosen: () => [field.value].filter(Boolean) };
}

function choices(node, form) {
  const options = optionsOf(node, "Choice");
  const type = node.choice === "multiple" ? "checkbox" : "radio";
  const { element, set, chosen } = node.layout === "select" && type === "radio" ? select(node, form, options) : optionList(node, form, { type, options });
  return {
    type: "choices",
    key: "choices",
    element,
    isOneTap: type === "radio",
    lacking: _("Choose an answer first."),
    get: () => (chosen().length ? chosen() : null),
    set: (value) => set(value || []),
  };
}

function rating(node, form) {
  const most = Number(node.maxrating) || 5;
  const stars = Array.from({ length: most }, (_none, index) => String(index + 1));
  const keys = form.ring.takeAll(stars);
  const options = stars.map((star, index) => ({ key: keys[index], value: `${star}★`, result: star, said: _("%(star)s of %(most)s", { star, most }) }));
  const { element, set, chosen } = optionList(node, form, { type: "radio", options });
  return {
    type: "rating",
    key: "rating",
    element,
    lacking: _("Give a rating first."),
    get: () => (chosen().length ? Number(chosen()[0]) : null),
    set: (value) => set(value === null ? [] : [String(value)]),
  };
}

export const controls = { Choices: choices, Rating: rating };
