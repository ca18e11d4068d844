// What is written or picked: texts, numbers, dates and times.

import { _, number as said } from "../../words.js";
import { make } from "../elements.js";
import { group } from "./form.js";

const TEXT_LIMIT = 50000; // characters, as the server's

function textArea(node, form) {
  const element = group(node, form);
  const areas = Array.from({ length: Number(node.maxsubmissions) || 1 }, (_none, index) =>
    make("textarea", {
      rows: Number(node.rows) || 3, dir: "auto", maxLength: TEXT_LIMIT, placeholder: node.placeholder || "",
      name: `control-${node.name}`, aria: { label: index ? `${node.name} ${index + 1}` : node.name },
    }));
  const written = () => areas.map((area) => area.value.trim()).filter(Boolean);
  // Further fields appear once those before them are filled.
  const unfold = () => areas.forEach((area, index) => { area.hidden = index > written().length; });
  const set = (texts) => {
    areas.forEach((area, index) => { area.value = texts?.[index] || ""; });
    unfold();
  };
  element.append(...areas);
  element.addEventListener("input", () => { unfold(); form.update(); });
  set(node.value ? [String(form.say(node.value))] : null);
  return {
    type: "textarea", key: "text", element, area: areas[0], set,
    lacking: _("Write an answer first."),
    get: () => (written().length ? written() : null),
  };
}

// What is wrong with what is in a field, or "": browsers say it in their own language. `as` makes of
// a limit what the sentence shows.
function wrongIn({ type, min, max, step, validity }, as = String) {
  const isDay = type === "date";
  if (validity.badInput) return isDay ? "" : _("This is no number.");
  if (validity.rangeUnderflow) return isDay ? _("Not before %(limit)s.", { limit: min }) : _("At least %(limit)s.", { limit: as(min) });
  if (validity.rangeOverflow) return isDay ? _("Not after %(limit)s.", { limit: max }) : _("At most %(limit)s.", { limit: as(max) });
  return validity.stepMismatch ? _("In steps of %(step)s from %(start)s on.", { step: as(step), start: as(min || 0) }) : "";
}

function number(node, form) {
  const isSlider = node.slider === "true";
  const field = make("input", {
    type: isSlider ? "range" : "number", inputMode: "decimal", name: `control-${node.name}`,
    min: node.min ?? "", max: node.max ?? "", step: node.step ?? (isSlider ? "1" : "any"), aria: { label: node.name },
  });
  const shown = make("output", { className: "muted", hidden: !isSlider });
  let isGiven = false;
  const set = (value) => {
    isGiven = value !== null;
    field.value = value ?? "";
    shown.value = value === null ? "–" : said(value);
  };
  const element = group(node, form, () => set(null));
  element.append(field, shown);
  field.addEventListener("input", () => {
    isGiven = field.value !== "";
    shown.value = said(Number(field.value));
    form.update();
  });
  set(node.defaultvalue ? Number(node.defaultvalue) : null);
  return {
    type: "number", key: "number", element, set,
    lacking: _("Give a number first."),
    get: () => (isGiven ? Number(field.value) : null),
    problem: () => wrongIn(field, Number),
    unfinished: () => (field.validity.badInput ? wrongIn(field) : ""),
  };
}

const FORMATS = { date: "%Y-%m-%d", time: "%H:%M", both: "%Y-%m-%dT%H:%M" };
const PIECES = { Y: "\\d{4}", m: "\\d{2}", d: "\\d{2}", H: "\\d{2}", M: "\\d{2}", S: "\\d{2}" };

// strftime's format filled with the numbers of a date, and read back; null if it does not fit.
function write(format, numbers) {
  return format.replace(/%(.)/g, (piece, letter) => (letter in PIECES ? numbers[letter] : letter === "%" ? "%" : piece));
}

function read(format, text) {
  const letters = [];
  const pattern = format.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%([A-Za-z])/g, (piece, letter) => {
    letters.push(letter);
    return `(${PIECES[letter] || ".+"})`;
  });
  const found = new RegExp(`^${pattern}$`).exec(text);
  return found && Object.fromEntries(letters.map((letter, index) => [letter, found[index + 1]]));
}

function dateFields(node, only) {
  const named = (suffix, properties) => make("input", { name: `control-${node.name}-${suffix}`, aria: { label: `${node.name}: ${properties.said}` }, ...properties });
  const bounds = only.includes("date") ? { min: node.min ?? "", max: node.max ?? "" } : {};
  const fields = {};
  if (only.includes("date")) fields.date = named("date", { type: "date", said: _("date"), ...bounds });
  else if (only.includes("month")) fields.month = named("month", { type: "number", said: _("month"), min: "1", max: "12", step: "1", placeholder: _("month") });
  if (only.includes("year") && !fields.date) {
    fields.year = named("year", { type: "number", said: _("year"), min: node.min || "1000", max: node.max || "9999", step: "1", placeholder: _("year") });
  }
  if (only.includes("time")) fields.time = named("time", { type: "time", said: _("time") });
  return fields;
}

const two = (value) => String(value).padStart(2, "0");

function numbersOf(fields) {
  const [Y, m, d] = fields.date ? fields.date.value.split("-") : [fields.year?.value || "1000", two(fields.month?.value || 1), "01"];
  const [H, M, S = "00"] = fields.time?.value ? fields.time.value.split(":") : ["00", "00"];
  return { Y, m, d, H, M, S };
}

function dateTime(node, form) {
  const only = node.only ? node.only.split(",").map((word) => word.trim()) : ["date", "time"];
  const fields = dateFields(node, only);
  const inputs = Object.values(fields);
  const plain = only.includes("time") ? (inputs.length === 1 ? FORMATS.time : FORMATS.both) : FORMATS.date;
  const format = (inputs.length === 1 && fields.time ? null : node.format) || plain;
  const given = () => inputs.every((input) => input.value || (input === fields.time && inputs.length > 1));
  const set = (value) => {
    const numbers = value ? read(format, value) : null;
    if (fields.date) fields.date.value = numbers ? `${numbers.Y}-${numbers.m}-${numbers.d}` : "";
    if (fields.year) fields.year.value = numbers?.Y || "";
    if (fields.month) fields.month.value = numbers?.m ? Number(numbers.m) : "";
    if (fields.time) fields.time.value = numbers ? `${numbers.H}:${numbers.M}` : "";
  };
  const element = group(node, form, () => set(null));
  element.append(make("div", { className: "date-time" }, ...inputs));
  element.addEventListener("input", () => form.update());
  const wrong = () => inputs.map((input) => wrongIn(input)).find(Boolean) || "";
  return {
    type: "datetime", key: "datetime", element, set,
    lacking: _("Give a date or time first."),
    get: () => (given() ? write(format, numbersOf(fields)) : null),
    problem: wrong,
    unfinished: () => (inputs.some((input) => input.value || input.validity.badInput) ? wrong() || _("Give the whole date.") : ""),
  };
}

export const controls = { TextArea: textArea, Number: number, DateTime: dateTime };
