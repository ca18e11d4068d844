// Sound to listen to.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { addressOf } from "./image.js";

function audio(node, form) {
  const address = addressOf(form.say(node.value), "audio", form);
  const player = make("audio", { controls: true, preload: "metadata", aria: { label: _("The sound to label") } });
  const element = make("div", { className: "object-audio" }, player);
  if (address) player.src = address;
  else element.replaceChildren(make("p", { className: "wrong", text: _("This sound's address cannot be played. You can skip this task.") }));
  player.addEventListener("error", () => element.append(make("p", { className: "wrong", text: _("The sound did not load.") })));
  return { element, player };
}

export const objects = { Audio: audio };
