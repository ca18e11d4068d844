// Pictures and sounds of tasks on pages that the server draws. Without this script those that are
// here are shown as well.

import { playable, watch } from "./form/media.js";
import { make } from "./elements.js";

for (const element of document.querySelectorAll("[data-media]")) {
  const frame = element.parentElement;
  watch(element, element.dataset.media, {
    waiting: (isBusy) => frame.setAttribute("aria-busy", String(isBusy)),
    failed: (why) => { if (why) element.replaceWith(make("p", { className: "wrong", text: why })); },
  });
  if (!element.src) element.src = playable(element.dataset.media); // a sound that stands in the task
}
