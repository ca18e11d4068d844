// label-studio's XML as a tree of plain nodes: {tag, children, parent} and its attributes in small
// letters. The server has checked it before.

import { _ } from "../../words.js";

export function parse(xml) {
  const root = new DOMParser().parseFromString(xml, "application/xml").documentElement;
  if (root.tagName !== "View") throw new Error(_("This configuration cannot be read."));
  return nodeOf(root, null);
}

function nodeOf(element, parent) {
  const node = { required: "false", perregion: "false" };
  for (const { name, value } of element.attributes) node[name.toLowerCase()] = value;
  Object.assign(node, { tag: element.tagName, parent, required: isTrue(node.required), perregion: isTrue(node.perregion) });
  node.children = [...element.children].map((child) => nodeOf(child, node));
  return node;
}

export function isTrue(text) {
  return (text || "").toLowerCase() === "true";
}

export function* walk(node) {
  yield node;
  for (const child of node.children) yield* walk(child);
}
