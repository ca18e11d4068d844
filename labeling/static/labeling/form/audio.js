// Sound to listen to.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { addressOf, watch } from "./media.js";

const HELD = 10; // sounds of data: addresses; those of tasks before are let go
const held = [];

function audio(node, form) {
  const address = addressOf(form.say(node.value), "audio");
  const player = make("audio", { controls: true, preload: "metadata", aria: { label: _("The sound to label") } });
  const element = make("div", { className: "object-audio" }, player);
  const failed = (why) => element.append(make("p", { className: "wrong", text: why ? _("The sound did not load: %(why)s", { why }) : _("The sound did not load.") }));
  const waiting = (isBusy) => element.setAttribute("aria-busy", String(isBusy));
  if (address) {
    watch(player, address, { waiting, failed, signal: form.closing.signal });
    player.src = address.startsWith("data:") ? inside(address) : address;
  } else element.replaceChildren(make("p", { className: "wrong", text: _("This sound's address cannot be played. You can skip this task.") }));
  return { element, player, address };
}

// The bytes of a sound that stands in the task itself.
export function bytesIn(address) {
  return Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
}

// A page plays nothing but our own files and what it holds itself.
function inside(address) {
  try {
    held.push(URL.createObjectURL(new Blob([bytesIn(address)], { type: /^data:(audio\/[\w.+-]+)/.exec(address)?.[1] })));
  } catch {
    return "data:,"; // no sound: the player says so
  }
  if (held.length > HELD) URL.revokeObjectURL(held.shift());
  return held.at(-1);
}

export const objects = { Audio: audio };
