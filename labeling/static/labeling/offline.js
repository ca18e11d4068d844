// Without connection: which projects have tasks on this device, and how many answers wait.

import { _, plural } from "../words.js";
import { serverNow, startClock } from "./api.js";
import { make } from "./elements.js";
import { Disk, open } from "./store.js";

// All that the device keeps, whoever's it is.
async function readAll() {
  try {
    const disk = new Disk(await open());
    return { held: await disk.all("held"), outbox: await disk.all("outbox") };
  } catch {
    return { held: [], outbox: [] };
  }
}

async function show() {
  const { held, outbox } = await readAll();
  const waiting = outbox.filter(({ state }) => state === "WAITING").length;
  const isOpen = ({ state, result, assignment }) => !state && (result?.length || Date.parse(assignment.leased_until) > serverNow());
  const projects = new Map([...held.filter(isOpen), ...outbox.filter(({ state }) => state !== "SENT")].map((row) => [row.project, row.title]));
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
startClock();
show();
