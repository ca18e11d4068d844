// Which of two is better: both beside each other, a tap or a key chooses.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { group } from "./form.js";

const SIDES = ["left", "right"]; // also when they stand below each other, on a phone

function pairwise(node, form) {
  const set = (side) => inputs.forEach((input) => { input.checked = input.value === side; });
  const element = group(node, form, () => set(null));
  const words = [_("The first is better"), _("The second is better")];
  const inputs = SIDES.map((side) => make("input", { type: "radio", name: `control-${node.name}`, value: side }));
  const cards = inputs.map((input, index) => {
    const key = form.ring.take({});
    if (key) form.keys.set(key, () => { input.click(); input.focus({ preventScroll: true }); });
    const label = make("label", { className: "choice" }, input, make("span", { className: "choice-text", text: words[index] }));
    if (key) label.append(make("kbd", { text: key, ariaHidden: "true" }));
    return make("div", { className: "card" }, label);
  });
  element.append(make("div", { className: "pair" }, ...cards));
  element.addEventListener("change", () => form.update());
  // The two objects move into the cards, wherever the configuration wrote them, with what stands
  // around each alone.
  const ready = () => {
    const shown = node.toname.split(",").map((name) => form.objects.get(name.trim()).element);
    shown.map((one, index) => around(one, [shown[1 - index], element])).forEach((one, index) => {
      cards[index].prepend(one);
      one.addEventListener("click", () => { if (getSelection().isCollapsed) inputs[index].click(); });
    });
  };
  return {
    type: "pairwise", key: "selected", to: node.name, element, set, ready,
    lacking: _("Choose one of the two first."),
    get: () => inputs.find((input) => input.checked)?.value ?? null,
  };
}

// The outermost view that holds this element and none of the others.
function around(element, others) {
  const outer = element.parentElement;
  return outer && !others.some((other) => outer.contains(other)) ? around(outer, others) : element;
}

export const controls = { Pairwise: pairwise };
