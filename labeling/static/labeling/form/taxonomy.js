// A tree of choices; each answer is the path from the top to what was chosen.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { group } from "./form.js";

const OPEN_LIMIT = 12; // branches stay open while the whole tree is no longer than this

function branch(option, path, tree) {
  const own = [...path, option.alias ?? option.value];
  const children = option.children.filter((child) => child.tag === "Choice");
  const row = make("div", { className: "branch" });
  const item = make("li", {}, row);
  const toggle = children.length ? toggleOf(option, children, own, tree, item) : null;
  if (children.length && tree.leavesOnly) {
    toggle.append(make("span", { text: option.value, dir: "auto" }));
    row.append(toggle);
  } else {
    const input = make("input", { type: "checkbox", name: tree.name });
    tree.inputs.push({ input, path: own });
    row.append(make("label", { className: "choice" }, input, make("span", { className: "choice-text", dir: "auto", text: option.value })));
    if (toggle) row.append(toggle);
  }
  return item;
}

function toggleOf(option, children, path, tree, item) {
  const list = make("ul", { hidden: !tree.isOpen }, ...children.map((child) => branch(child, path, tree)));
  const toggle = make("button", { type: "button", className: "toggle outline secondary" });
  const show = () => {
    toggle.setAttribute("aria-expanded", String(!list.hidden));
    if (!tree.leavesOnly) toggle.setAttribute("aria-label", _("What belongs to %(name)s", { name: option.value }));
  };
  toggle.addEventListener("click", () => { list.hidden = !list.hidden; show(); });
  show();
  item.append(list);
  tree.lists.push(list);
  tree.shows.push(show);
  return toggle;
}

function taxonomy(node, form) {
  const size = [...node.children].reduce((sum, child) => sum + 1 + child.children.length, 0);
  const tree = { name: `control-${node.name}`, inputs: [], lists: [], shows: [], isOpen: size <= OPEN_LIMIT, leavesOnly: node.leafsonly === "true" };
  const set = (paths) => {
    const wanted = new Set((paths || []).map((path) => JSON.stringify(path)));
    for (const { input, path } of tree.inputs) input.checked = wanted.has(JSON.stringify(path));
    for (const list of tree.lists) if (list.querySelector(":checked")) list.hidden = false;
    for (const show of tree.shows) show();
  };
  const element = group(node, form, () => set(null));
  const options = node.children.filter((child) => child.tag === "Choice");
  element.append(make("ul", { className: "taxonomy" }, ...options.map((option) => branch(option, [], tree))));
  element.addEventListener("change", () => form.update());
  const chosen = () => tree.inputs.filter(({ input }) => input.checked).map(({ path }) => path);
  const most = Number(node.maxusages) || Infinity;
  return {
    type: "taxonomy", key: "taxonomy", element, set,
    lacking: _("Choose an answer first."),
    get: () => (chosen().length ? chosen() : null),
    problem: (paths) => (paths.length > most ? _("At most %(most)s of these.", { most }) : ""),
  };
}

export const controls = { Taxonomy: taxonomy };
