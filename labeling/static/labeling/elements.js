// Builds DOM nodes. Text goes in as text alone: requesters' words are never markup.

export function make(tag, { text, aria = {}, ...properties } = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(aria)) node.setAttribute(`aria-${name}`, value);
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}
