// Putting things in order, or into buckets: by dragging, by buttons, by keys.

import { _ } from "../../words.js";
import { make } from "../elements.js";
import { group } from "./form.js";

const [ROLL_MS, ROLL_AFTER, ROLL_PX] = [16, 20, 6]; // a held row near an edge moves the page, a little later
const [EDGE_PX, BAR_PX] = [48, 72]; // the bar at the foot covers what is below
const REST = "_"; // the column of what is in no bucket yet, as label-studio calls it

function list(node, form) {
  const items = form.say(node.value);
  const known = Array.isArray(items) ? items : [];
  return { element: make("p", { className: "muted", text: node.title || "" }), items: known.map((item) => ({ ...item, id: String(item.id) })) };
}

function card(item) {
  const words = make("span", { className: "rank-words", dir: "auto" }, make("strong", { text: item.title ?? item.value ?? item.id }));
  if (item.body) words.append(make("span", { text: item.body }));
  return words;
}

class Columns {
  constructor(node, form) {
    Object.assign(this, { node, form, touched: false });
    const buckets = node.children.filter((child) => child.tag === "Bucket");
    const home = buckets.length ? buckets.find((bucket) => bucket.default === "true")?.name : node.name;
    this.home = home ?? REST;
    this.names = buckets.map((bucket) => [bucket.name, bucket.title || bucket.name]);
    if (!buckets.length) this.names = [[node.name, ""]];
    else if (!home) this.names.unshift([REST, _("Not sorted yet")]);
    this.isRank = !buckets.length;
  }

  start() {
    this.items = new Map((this.form.objects.get(this.node.toname)?.items || []).map((item) => [item.id, item]));
    this.set(null);
  }

  set(value) {
    const given = this.isRank && Array.isArray(value) ? { [this.home]: value } : value || {};
    this.touched = value !== null;
    this.order = Object.fromEntries(this.names.map(([name]) => [name, (given[name] || []).filter((id) => this.items.has(id))]));
    const placed = Object.values(this.order).flat();
    this.order[this.home].push(...[...this.items.keys()].filter((id) => !placed.includes(id)));
    this.draw();
  }

  draw() {
    this.lists = this.names.map(([name, title]) => {
      const rows = this.order[name].map((id, index) => this.row(id, name, index));
      const shown = make("ol", { className: "rank", aria: { label: title || this.node.name } }, ...rows);
      shown.dataset.column = name;
      return make("div", { className: "rank-column" }, ...(title ? [make("strong", { text: title, dir: "auto" })] : []), shown);
    });
    this.box.replaceChildren(...this.lists);
  }

  row(id, column, index) {
    const grip = make("span", { className: "rank-grip", text: String(index + 1), ariaHidden: "true" });
    const row = make("li", { className: "rank-item" }, grip, card(this.items.get(id)), this.buttons(id, column, index));
    row.dataset.id = id;
    row.addEventListener("pointerdown", (event) => this.grab(event, row, id));
    return row;
  }

  buttons(id, column, index) {
    const title = this.items.get(id).title ?? id;
    const button = (text, words, place, target = column) => {
      const made = make("button", { type: "button", className: "outline secondary", text, aria: { label: words } });
      made.addEventListener("click", () => this.move(id, target, place, made.getAttribute("aria-label")));
      return made;
    };
    const box = make("span", { className: "rank-buttons" });
    if (index > 0) box.append(button("↑", _("%(title)s up", { title }), index - 1));
    if (index < this.order[column].length - 1) box.append(button("↓", _("%(title)s down", { title }), index + 1));
    for (const [name, words] of this.names) {
      if (name !== column) box.append(button(words, _("%(title)s to %(bucket)s", { title, bucket: words }), Infinity, name));
    }
    return box;
  }

  move(id, column, index, focused) {
    for (const ids of Object.values(this.order)) if (ids.includes(id)) ids.splice(ids.indexOf(id), 1);
    this.order[column].splice(index, 0, id);
    this.touched = true;
    this.moved();
    this.draw();
    if (focused) this.focus(id, focused);
    this.form.update();
  }

  focus(id, label) {
    const row = this.box.querySelector(`[data-id="${CSS.escape(id)}"]`);
    const same = [...row.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label);
    (same || row.querySelector("button"))?.focus();
  }

  // A mouse drags the whole row, a finger its number: elsewhere it scrolls.
  grab(event, row, id) {
    if (event.target.closest("button") || event.button) return;
    if (event.pointerType !== "mouse" && !event.target.closest(".rank-grip")) return;
    row.setPointerCapture(event.pointerId);
    row.classList.add("dragged");
    const startY = event.clientY + scrollY;
    let y = event.clientY;
    const place = () => row.style.setProperty("--drag", `${y + scrollY - startY}px`);
    const follow = (moved) => { y = moved.clientY; place(); };
    let ticks = 0; // at an edge
    const roller = setInterval(() => {
      ticks = edgeAt(y) ? ticks + 1 : 0;
      if (ticks < ROLL_AFTER) return;
      scrollBy(0, edgeAt(y) * ROLL_PX);
      place();
    }, ROLL_MS);
    const end = (dropped) => {
      clearInterval(roller);
      row.removeEventListener("pointermove", follow);
      row.classList.remove("dragged");
      if (dropped.type === "pointerup" && Math.abs(dropped.clientY + scrollY - startY) > 8) this.drop(id, dropped);
      else row.style.removeProperty("--drag");
    };
    row.addEventListener("pointermove", follow);
    row.addEventListener("pointerup", end, { once: true });
    row.addEventListener("pointercancel", end, { once: true });
  }

  drop(id, { clientX, clientY }) {
    const at = this.lists.find((one) => contains(one.getBoundingClientRect(), clientX, clientY)) || this.lists[0];
    const shown = at.querySelector("ol");
    const others = [...shown.children].filter((row) => row.dataset.id !== id);
    const index = others.filter((row) => middle(row) < clientY).length;
    this.move(id, shown.dataset.column, index);
  }
}

// Whether the page moves up or down while something is held here: -1, 1, or 0.
function edgeAt(y) {
  if (y < EDGE_PX) return -1;
  return y > innerHeight - BAR_PX - EDGE_PX ? 1 : 0;
}

const contains = (box, x, y) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
const middle = (row) => row.getBoundingClientRect().top + row.offsetHeight / 2;

function ranker(node, form) {
  const columns = new Columns(node, form);
  const element = group({ ...node, required: true }, form); // as it is, it may be right: that is said
  columns.box = make("div", { className: "rank-columns" });
  element.append(columns.box);
  const keep = make("button", { type: "button", className: "outline", text: _("It is right as it is") });
  const mark = () => keep.setAttribute("aria-pressed", String(columns.touched));
  keep.addEventListener("click", () => { columns.touched = !columns.touched; mark(); form.update(); });
  element.append(keep);
  columns.moved = mark;
  return {
    type: "ranker", key: "ranker", element,
    ready: () => columns.start(),
    get: () => (columns.touched ? structuredClone(columns.order) : null),
    set: (value) => { columns.set(value); mark(); },
    unfinished: () => _("Put them in order first, or say that it is right as it is."),
  };
}

export const objects = { List: list };
export const controls = { Ranker: ranker };
