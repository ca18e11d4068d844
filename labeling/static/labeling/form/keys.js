// A key for each choice: the hotkey that the configuration names, else the choice's own character,
// else the next spare key.

import { walk } from "./config.js";

const SPARE_KEYS = [..."1234567890qwertyuiopasdfghjklzxcvbnm"];

export class KeyRing {
  constructor(tree) {
    const nodes = [...walk(tree)].filter((node) => node.parent?.tag !== "Taxonomy");
    this.named = new Set(nodes.map(hotkeyOf));
    this.reserved = new Set(nodes.map(wanted).filter((key) => SPARE_KEYS.includes(key)));
    this.given = new Set();
  }

  take(node) {
    const own = wanted(node);
    const isOwn = this.reserved.has(own) && !this.given.has(own) && (own === hotkeyOf(node) || !this.named.has(own));
    return this.give(isOwn ? own : SPARE_KEYS.find((spare) => this.isFree(spare)));
  }

  // These keys, if all of them are free: stars have their own numbers or no keys.
  takeAll(keys) {
    return keys.every((key) => this.isFree(key)) ? keys.map((key) => this.give(key)) : [];
  }

  isFree(key) {
    return SPARE_KEYS.includes(key) && !this.given.has(key) && !this.reserved.has(key);
  }

  give(key) {
    if (key) this.given.add(key);
    return key;
  }
}

// The key that was pressed; where a keyboard writes another script, the letter that is on it too.
export function keyOf({ key = "", code }) {
  const isForeign = key.length === 1 && key > "~" && /^Key[A-Z]$/.test(code);
  return (isForeign ? code.slice(3) : key).toLowerCase();
}

// What a key does on a page with a task: Enter sends, out of a text with Ctrl; others choose.
export function press(event, { keys, send }) {
  const isWithControl = event.ctrlKey || event.metaKey;
  if (event.altKey || event.isComposing || event.repeat || event.defaultPrevented) return;
  const isEnter = event.key === "Enter";
  const others = isEnter ? "button, a, summary" : "input:not([type=radio], [type=checkbox], [type=range])";
  const act = isWithControl ? isEnter && send : !event.target.matches(`textarea, select, ${others}`) && (isEnter ? send : keys.get(keyOf(event)));
  if (!act) return;
  event.preventDefault();
  act();
}

function hotkeyOf(node) {
  return (node.hotkey || "").toLowerCase();
}

function wanted(node) {
  return hotkeyOf(node) || (node.alias || node.value || "").toLowerCase();
}
