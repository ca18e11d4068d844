// Without connection: which projects have tasks on this device, and how many answers wait.

import { _, plural } from "../words.js";
import { make } from "./elements.js";
import { readAll } from "./store.js";

async function show() {
  const { held, outbox } = await readAll();
  const waiting = outbox.filter(({ state }) => state === "WAITING").length;
  const projects = new Map([...held.filter(({ state }) => !state), ...outbox].map((row) => [row.project, row.title]));
  const links = [...projects].filter(([project]) => project).map(([project, title]) =>
    make("li", {}, make("a", { href: `/projects/${project}/work/`, text: title || _("Project %(project)s", { project }), dir: "auto" })));
  document.getElementById("kept").replaceChildren(...links);
  document.getElementById("kept-none").hidden = links.length > 0;
  const said = document.getElementById("kept-answers");
  said.hidden = !waiting;
  said.textContent = plural("%(count)s answer waits on this device. It is sent as soon as there is a connection.",
    "%(count)s answers wait on this device. They are sent as soon as there is a connection.", waiting);
}

// A reload would stop whoever is on the way to another page.
let isLeaving = false;
addEventListener("click", ({ target }) => { isLeaving ||= Boolean(target.closest("a[href], button")); });
addEventListener("online", () => { if (navigator.onLine && !isLeaving) location.reload(); });
show();
