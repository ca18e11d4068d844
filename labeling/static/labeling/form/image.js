// Pictures to look at. Only our own server and data: addresses are asked for them.

import { _ } from "../../words.js";
import { make } from "../elements.js";

const TINY_PIXELS = 96; // images smaller than this are enlarged with hard edges

// The address under which the page may load what a requester wrote, or null.
export function addressOf(value, kind, form) {
  const text = String(value);
  if (text.startsWith(`data:${kind}/`) || (text.startsWith("/") && !/^\/[/\\]/.test(text))) return text;
  return /^https?:\/\//i.test(text) ? (form.remote?.(text) ?? null) : null;
}

function image(node, form) {
  const stage = make("div", { className: "stage" });
  const element = make("div", { className: "object-image" }, stage);
  const object = { element, stage, loaded: null };
  const show = () => {
    const address = addressOf(form.say(node.value), "image", form);
    object.image = make("img", { alt: _("The image to label"), decoding: "async", draggable: false });
    object.image.addEventListener("load", () => stage.classList.toggle("tiny", Math.max(object.image.naturalWidth, object.image.naturalHeight) < TINY_PIXELS));
    object.image.addEventListener("error", () => {
      const retry = make("button", { type: "button", className: "outline secondary", text: _("Load it again") });
      const notice = make("div", { className: "wrong" }, make("p", { text: _("The image did not load.") }), retry);
      retry.addEventListener("click", () => { notice.remove(); stage.hidden = false; show(); });
      stage.hidden = true;
      element.append(notice);
    });
    stage.querySelector("img")?.remove();
    stage.prepend(object.image);
    if (address) object.image.src = address;
    else element.replaceChildren(make("p", { className: "wrong", text: _("This image's address cannot be shown. You can skip this task.") }));
  };
  show();
  return object;
}

export const objects = { Image: image };
