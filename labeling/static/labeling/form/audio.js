// Sound to listen to.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { addressOf, playable, watch } from "./media.js";

function audio(node, form) {
  const address = addressOf(form.say(node.value), "audio");
  const player = make("audio", { controls: true, preload: "metadata", aria: { label: _("The sound to label") } });
  const element = make("div", { className: "object-audio" }, player);
  const failed = (why) => element.append(make("p", { className: "wrong", text: why ? _("The sound did not load: %(why)s", { why }) : _("The sound did not load.") }));
  const waiting = (isBusy) => element.setAttribute("aria-busy", String(isBusy));
  if (address) {
    watch(player, address, { waiting, failed, signal: form.closing.signal });
    player.src = playable(address);
  } else element.replaceChildren(make("p", { className: "wrong", text: _("This sound's address cannot be played. You can skip this task.") }));
  return { element, player, address };
}

export const objects = { Audio: audio };
