// Answers drawn as their labelers gave them, on pages where others judge them.

import { make } from "../elements.js";
import { parse } from "./config.js";
import { load } from "./families.js";
import { Form } from "./form.js";

// An answer in the form of the work, inside this element. No key of its own: there keys decide.
export function draw(element, tree, { data, answer }, options) {
  const form = new Form(tree, data, options);
  form.restore(answer);
  for (const one of form.element.querySelectorAll("[aria-keyshortcuts]:not([aria-keyshortcuts*='+'])")) one.removeAttribute("aria-keyshortcuts");
  element.replaceChildren(form.element);
  return form;
}

async function start(setup) {
  const tree = parse(setup.config);
  await load(tree, setup.families);
  for (const element of document.querySelectorAll("[data-drawn]")) {
    const alone = make("form"); // its choices are none of the page's own form
    element.replaceChildren(alone);
    draw(alone, tree, setup.rows[element.dataset.drawn]);
    element.hidden = false;
  }
}

const setup = document.getElementById("drawn-setup");
if (setup) start(JSON.parse(setup.textContent)).catch(() => {}); // what is said in words stands there
