// Shows what is to be labeled: one function for each kind of object.

import { make } from "./elements.js";

const TINY_PIXELS = 96; // images smaller than this are enlarged with hard edges

// The address if a browser may load it as an image, else null.
export function imageAddress(value) {
  try {
    const url = new URL(String(value), document.baseURI);
    const inline = url.protocol === "data:" && url.pathname.startsWith("image/");
    return inline || ["http:", "https:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function showText(value) {
  return make("p", { className: "object-text", dir: "auto", text: value === undefined ? "" : String(value) });
}

function showImage(value) {
  const frame = make("div", { className: "object-image" });
  const address = imageAddress(value);
  if (!address) {
    frame.append(make("p", { className: "wrong", text: "This image's address cannot be shown. You can skip this task." }));
    return frame;
  }
  const image = make("img", { alt: "The image to label", referrerPolicy: "no-referrer", decoding: "async" });
  image.addEventListener("load", () => {
    image.classList.toggle("tiny", Math.max(image.naturalWidth, image.naturalHeight) < TINY_PIXELS);
  });
  image.addEventListener("error", () => {
    const retry = make("button", { type: "button", className: "outline secondary", text: "Load it again" });
    retry.addEventListener("click", () => frame.replaceWith(showImage(value)));
    frame.replaceChildren(make("p", { className: "wrong", text: "The image did not load." }), retry);
  });
  image.src = address;
  frame.append(image);
  return frame;
}

const SHOWN_BY = { Text: showText, Image: showImage };

export function show(object, data) {
  const render = SHOWN_BY[object.tag];
  return render ? render(data[object.field]) : showText(`(${object.tag} cannot be shown here)`);
}
