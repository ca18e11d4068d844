// HTML of a requester, shown inertly: only what is on these lists is copied from a document in which
// nothing ever runs. The server cleans it as well.

import { make } from "../elements.js";
import { points, textNodes, unitsOf } from "./spans.js";

const TAGS = new Set(("a abbr article b bdi bdo blockquote br caption cite code col colgroup dd del details div dl dt em figcaption figure footer " +
  "h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th " +
  "thead time tr u ul var wbr").split(" "));
const ATTRIBUTES = new Set(["title", "dir", "lang", "colspan", "rowspan", "alt", "width", "height", "start", "cite", "datetime"]);
const GONE = new Set(["script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title", "textarea", "select", "option", "xmp", "plaintext"]);

function copy(source) {
  if (source.nodeType === Node.TEXT_NODE) return [document.createTextNode(source.data)];
  if (source.nodeType !== Node.ELEMENT_NODE || GONE.has(source.localName)) return [];
  const children = [...source.childNodes].flatMap(copy);
  if (!TAGS.has(source.localName)) return children;
  const element = document.createElement(source.localName);
  for (const { name, value } of source.attributes) if (ATTRIBUTES.has(name)) element.setAttribute(name, value);
  if (source.localName === "img") copyImage(source, element);
  element.append(...children);
  if (source.localName === "br") element.append("\n"); // not seen, but it counts as one character
  return [element];
}

function copyImage(source, element) {
  const address = source.getAttribute("src") || "";
  if (/^(\/media\/|data:image\/(png|jpeg|gif|webp);)/i.test(address)) element.src = address;
}

export function clean(html) {
  const inert = new DOMParser().parseFromString(html, "text/html");
  const content = make("div", {}, ...[...inert.body.childNodes].flatMap(copy));
  content.normalize();
  return content;
}

// Where a text node stands, as label-studio writes it: /div[1]/p[2]/text()[1].
function pathOf(root, node) {
  if (node === root) return "";
  const isText = node.nodeType === Node.TEXT_NODE;
  const alike = [...node.parentNode.childNodes].filter((one) => one.nodeType === node.nodeType && one.nodeName === node.nodeName);
  return `${pathOf(root, node.parentNode)}/${isText ? "text()" : node.localName}[${alike.indexOf(node) + 1}]`;
}

function written({ start, end }, { pristine, text }) {
  let offset = 0;
  const value = {};
  for (const node of textNodes(pristine)) {
    const next = offset + node.length;
    if (start >= offset && start < next) Object.assign(value, { start: pathOf(pristine, node), startOffset: points(node.data.slice(0, start - offset)) });
    if (end > offset && end <= next) Object.assign(value, { end: pathOf(pristine, node), endOffset: points(node.data.slice(0, end - offset)) });
    offset = next;
  }
  const globalOffsets = { start: points(text.slice(0, start)), end: points(text.slice(0, end)) };
  return { ...value, text: text.slice(start, end), globalOffsets };
}

function place(value, { pristine }) {
  const found = {};
  let offset = 0;
  for (const node of textNodes(pristine)) {
    const path = pathOf(pristine, node);
    if (path === value.start) found.start = offset + unitsOf(node.data, value.startOffset);
    if (path === value.end) found.end = offset + unitsOf(node.data, value.endOffset);
    offset += node.length;
  }
  return found.start < found.end ? found : null;
}

function hyperText(node, form) {
  const content = clean(String(form.say(node.value)));
  Object.assign(content, { className: "object-text hyper", dir: "auto" });
  return { element: content, content, written, place };
}

export const objects = { HyperText: hyperText };
