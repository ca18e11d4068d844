// Who draws which tag. Modules come when a configuration first needs them, so that a page of texts
// does not pay for images; each exports what it knows: {layouts, objects, controls, surfaces, rules}.

import { walk } from "./config.js";

export const known = { layouts: {}, objects: {}, controls: {}, surfaces: {}, rules: {} };
const coming = new Map();

export function register(module) {
  for (const [kind, makers] of Object.entries(known)) Object.assign(makers, module[kind]);
}

// All modules that the tree needs are there; `tags` names those of each tag, `surfaces` those of an
// object on which something is marked, and `served` has their names with digests.
export async function load(tree, { tags, surfaces, served = {} }) {
  const nodes = [...walk(tree)];
  const used = nodes.map((node) => node.tag);
  const isMarked = used.some((tag) => tag.endsWith("Labels"));
  const names = new Set(used.flatMap((tag) => [...(tags[tag] || []), ...((isMarked && surfaces[tag]) || [])]));
  if (nodes.some(isConditional)) names.add("conditions");
  await Promise.all([...names].map((name) => bring(served[name] || name)));
}

export function isConditional(node) {
  return Boolean(node.visiblewhen || node.perregion || node.whenchoicevalue);
}

function bring(name) {
  if (!coming.has(name)) {
    const arrival = import(`./${name}.js`).then(register);
    arrival.catch(() => coming.delete(name));
    coming.set(name, arrival);
  }
  return coming.get(name);
}
