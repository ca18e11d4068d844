// Pictures to look at.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { addressOf, watch } from "./media.js";

const TINY_PIXELS = 96; // images smaller than this are enlarged with hard edges

function image(node, form) {
  const stage = make("div", { className: "stage" });
  const element = make("div", { className: "object-image" }, stage);
  const object = { element, stage, loaded: null };
  const show = () => {
    const address = addressOf(form.say(node.value), "image");
    object.image = make("img", { alt: _("The image to label"), decoding: "async", draggable: false });
    object.image.addEventListener("load", () => stage.classList.toggle("tiny", Math.max(object.image.naturalWidth, object.image.naturalHeight) < TINY_PIXELS));
    const failed = (why) => {
      const retry = make("button", { type: "button", className: "outline secondary", text: _("Load it again") });
      const notice = make("div", { className: "wrong" }, make("p", { text: why ? _("The image did not load: %(why)s", { why }) : _("The image did not load.") }), retry);
      retry.addEventListener("click", () => { notice.remove(); stage.hidden = false; show(); });
      stage.hidden = true;
      element.append(notice);
    };
    const waiting = (isBusy) => element.setAttribute("aria-busy", String(isBusy));
    if (address) watch(object.image, address, { waiting, failed, signal: form.closing.signal });
    stage.querySelector("img")?.remove();
    stage.prepend(object.image);
    if (address) object.image.src = address;
    else element.replaceChildren(make("p", { className: "wrong", text: _("This image's address cannot be shown. You can skip this task.") }));
  };
  show();
  return object;
}

export const objects = { Image: image };
