// Builds DOM nodes. Text goes in as text alone: requesters' words are never markup.

export function make(tag, { text, ...properties } = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}
