// Dialogues: paragraphs with who said them. Marks may run over several of them.

import { make } from "../elements.js";
import { points, unitsOf } from "./spans.js";

function phrasesOf(node, form) {
  const said = form.say(node.value);
  const [name, text] = [node.namekey || "author", node.textkey || "text"];
  return (Array.isArray(said) ? said : []).map((one) => ({ name: String(one[name] ?? ""), text: String(one[text] ?? "") }));
}

// Which paragraph an offset falls into. Between two of them stands a line break, which is in none.
function locate(texts, offset) {
  for (const [index, text] of texts.entries()) {
    if (offset <= text.length) return [index, points(text.slice(0, offset))];
    offset -= text.length + 1;
  }
  return [0, 0];
}

function paragraphs(node, form) {
  const phrases = phrasesOf(node, form);
  const texts = phrases.map(({ text }) => text);
  const content = make("div", { className: node.layout === "dialogue" ? "dialogue" : "dialogue plain" }, ...phrases.flatMap(({ name, text }, index) => {
    const shown = make("p", { text, dir: "auto" });
    shown.dataset.author = name;
    return index ? ["\n", shown] : [shown];
  }));
  const written = (place, { text }) => {
    const [start, startOffset] = locate(texts, place.start);
    const [end, endOffset] = locate(texts, place.end);
    return { start: String(start), end: String(end), startOffset, endOffset, text: text.slice(place.start, place.end) };
  };
  const offset = (index, count) => texts.slice(0, index).reduce((sum, text) => sum + text.length + 1, 0) + unitsOf(texts[index] || "", count);
  const place = (value) => ({ start: offset(Number(value.start), value.startOffset), end: offset(Number(value.end), value.endOffset) });
  return { element: content, content, written, place };
}

export const objects = { Paragraphs: paragraphs };
