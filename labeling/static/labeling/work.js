// The labeling page: shows a task, keeps every change on this device, puts the answer into the
// outbox and shows the next task at once.

import { _, plural } from "../words.js";
import { ApiError, post, startClock } from "./api.js";
import { rememberPage } from "./device.js";
import { parse } from "./form/config.js";
import { load } from "./form/families.js";
import { Form } from "./form/form.js";
import { press } from "./form/keys.js";
import { Lease } from "./lease.js";
import { Outbox } from "./outbox.js";
import { Shelf } from "./shelf.js";
import { Store } from "./store.js";

const find = (id) => document.getElementById(id);
const setup = JSON.parse(find("work-setup")?.textContent || null); // null where others use the form
const path = (verb) => `/api/v1/assignments/${work.item.assignment.id}/${verb}/`;
const GONE = ["lease_expired", "already_submitted", "not_your_assignment", "not_found"];
const CLOSED = ["project_not_open", "project_closed", "own_project", "not_eligible", "quota_reached", "barred", "permission_denied"];
const work = { item: null, form: null, busy: false, sent: 0, isEmptyMeant: false, refusals: [] };
const trees = new Map(); // by the configuration's text
let store, outbox, shelf;

const lease = new Lease(find("lease"), {
  onEnd: timeIsOver,
  warn: (isSoon) => { find("hurry").hidden = !isSoon; },
  extend: async () => {
    const { leased_until: until } = await post(path("extend"));
    work.item.assignment.leased_until = until;
    shelf.keep(work.item, work.item.result);
    return until;
  },
});

// --- what is seen
function view(name) {
  for (const node of document.querySelectorAll("[data-view]")) node.hidden = node.dataset.view !== name;
  document.body.dataset.shown = name;
}

// Shows a sentence and at most one way out of it.
function complain(message, wayOut) {
  find("problem-text").textContent = message;
  Object.assign(find("problem-button"), { hidden: !wayOut, textContent: wayOut?.text, onclick: wayOut?.action });
  find("problem").hidden = false;
  find("problem").scrollIntoView({ block: "nearest" });
}

// Nothing is wrong, but that an answer was not taken: that stays until the person has read it.
function calm() {
  const [refusal] = work.refusals;
  if (!refusal) find("problem").hidden = true;
  else if (find("problem-button").onclick !== refusal[1].action) complain(...refusal);
}

function setBusy(value) {
  work.busy = value;
  find("submit").setAttribute("aria-busy", String(value));
  find("submit").disabled = find("skip").disabled = value || !work.item;
}

// What waits on this device, and what the server did not take.
function showOutbox() {
  find("sent").textContent = work.sent ? plural("%(count)s sent", "%(count)s sent", work.sent) : "";
  const { waiting, trouble, isLoose } = outbox;
  find("outbox").hidden = !(trouble && waiting.length);
  find("outbox-text").textContent = isLoose ? _("This device cannot keep your answers: leave this page open until they are sent.")
    : plural("%(count)s answer waits on this device. It is sent as soon as there is a connection.",
      "%(count)s answers wait on this device. They are sent as soon as there is a connection.", waiting.length);
  find("outbox-sign-in").hidden = !trouble?.isSignedOut;
}

// It is said when the next task is there, which would hide it.
async function refused(row, error) {
  const isOpen = row.assignment && !GONE.includes(error.code) && !CLOSED.includes(error.code);
  const action = async () => {
    find("problem").hidden = true;
    work.refusals.shift();
    if (isOpen) await shelf.putBack(row);
    await outbox.forget(row);
    if (!isOpen) calm();
    else if (row.project === setup.project) showNext();
    else location.assign(`/projects/${row.project}/work/`);
  };
  work.refusals.push([_("An answer was not taken: %(why)s", { why: error.message }), { text: isOpen ? _("Look at it again") : _("All right"), action }]);
  if (!work.item && !work.busy) await showNext();
  calm();
}

// --- one task after the other
async function showNext() {
  leave();
  const item = shelf.next();
  if (item) await present(item);
  else if (outbox.waiting.length) {
    view(outbox.trouble ? "waiting" : "loading");
    outbox.send();
  } else await run(take);
}

function leave() {
  lease.stop();
  work.form?.close();
  Object.assign(work, { item: null, form: null, isEmptyMeant: false });
  setBusy(false);
}

async function present(item) {
  const { config, data, leased_until: until } = item.assignment;
  if (!trees.has(config)) trees.set(config, parse(config));
  try {
    await load(trees.get(config), setup.families);
  } catch {
    view("lost");
    complain(_("No connection. Try again."), { text: _("Try again"), action: showNext });
    return;
  }
  calm();
  work.item = item;
  work.form = new Form(trees.get(config), data, { changed });
  if (item.result) work.form.restore(item.result);
  find("task").replaceChildren(work.form.element);
  find("one-tap-row").hidden = !isOneTap();
  view("task");
  setBusy(false);
  lease.start(until);
  focusStart();
  performance.mark("task-shown");
}

function focusStart() {
  const [first, ...others] = work.form.parts;
  const target = !others.length && first.area && matchMedia("(pointer: fine)").matches ? first.area : find("task");
  target.focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

// What was begun can still be sent: it counts while nobody else has taken the task.
function timeIsOver() {
  if (!work.item.result?.length) lose(_("The time for this task is over, so it went back to the others."));
  else {
    complain(_("The time for this task is over. If nobody else has taken it, your answer still counts."), {
      text: _("Get another task"),
      action: () => { shelf.lose(work.item); showNext(); },
    });
  }
}

function lose(message) {
  shelf.lose(work.item);
  leave();
  view("lost");
  complain(message, { text: _("Get another task"), action: showNext });
}

function changed() {
  calm();
  work.isEmptyMeant = false;
  shelf.keep(work.item, work.form.read());
  if (isOneTap() && find("one-tap").checked && work.form.parts[0].get() !== null) send();
}

// --- what the person does
async function send() {
  if (!work.item || work.busy) return;
  const missing = work.form.missing();
  const result = missing ? [] : work.form.read();
  if (missing || (!result.length && !work.form.book)) {
    if (missing) work.form.show(missing);
    complain(missing?.text || _("Answer first."));
  } else if (!result.length && !work.isEmptyMeant) {
    work.isEmptyMeant = true;
    complain(_("Nothing is marked. Submit once more if there is nothing to mark."));
  } else {
    setBusy(true);
    outbox.give(work.item.assignment, result);
    shelf.drop(work.item.assignment.id);
    await showNext();
  }
}

function arrived(row, body) {
  work.sent += 1;
  shelf.add(body.assignments || []);
  showOutbox();
  if (!work.item && !work.busy && document.body.dataset.shown !== "lost") showNext();
}

async function take() {
  view("loading");
  const body = await post(`/api/v1/projects/${setup.project}/next/?count=${setup.count}`);
  shelf.add(body?.assignments || []);
  const item = shelf.next();
  if (item) await present(item);
  else end();
}

function end() {
  leave();
  find("nothing-why").hidden = false;
  view("nothing");
  find("nothing").focus();
}

async function skip() {
  const back = post(path("return"));
  shelf.drop(work.item.assignment.id);
  back.catch(() => {}); // without connection its time runs out by itself
  await showNext();
}

async function leavePage() {
  await post(path("return")).catch((error) => { if (!GONE.includes(error.code)) throw error; });
  shelf.drop(work.item.assignment.id);
  leave();
  location.assign(setup.leave);
}

async function report(reason) {
  await post(path("report"), { reason, note: find("report-note").value });
  find("report").open = false;
  find("report-note").value = "";
  shelf.drop(work.item.assignment.id);
  await showNext();
}

// Runs one request at a time and turns every failure into a sentence.
async function run(verb, ...words) {
  if (work.busy) return;
  setBusy(true);
  calm();
  try {
    await verb(...words);
  } catch (error) {
    explain(error, () => run(verb, ...words));
  } finally {
    setBusy(false);
  }
}

function explain(error, again) {
  if (!(error instanceof ApiError)) throw error;
  if (document.body.dataset.shown === "loading") view("lost");
  if (CLOSED.includes(error.code)) {
    end();
    find("nothing-why").hidden = true;
    complain([error.message, ...(error.data.reasons || [])].join(" "));
  } else if (error.isSignedOut) complain(_("You are signed out."), { text: _("Sign in"), action: () => location.assign(setup.sign_in) });
  else if (GONE.includes(error.code) && work.item) lose(error.message);
  else complain(error.message, error.isPassing ? { text: _("Try again"), action: again } : null);
}

// --- one tap and one key
function isOneTap() {
  return work.form.parts.length === 1 && Boolean(work.form.parts[0].isOneTap);
}

function rememberOneTap() {
  const box = find("one-tap");
  try {
    box.checked = localStorage.getItem("stipend-one-tap") === "yes";
    box.addEventListener("change", () => localStorage.setItem("stipend-one-tap", box.checked ? "yes" : "no"));
  } catch {
    // not remembered
  }
}

function pressKey(event) {
  if (work.item && !work.busy && !event.target.closest("#report")) press(event, { keys: work.form.keys, send });
}

function listen() {
  onbeforeunload = () => outbox?.isLoose || work.item?.isLoose || null; // asks whether to leave
  find("work-form").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  find("skip").addEventListener("click", () => work.item && run(skip));
  find("leave").addEventListener("click", () => work.item && run(leavePage));
  find("longer").addEventListener("click", () => lease.ask());
  for (const button of document.querySelectorAll("[data-report]")) button.addEventListener("click", () => work.item && run(report, button.dataset.report));
  for (const button of document.querySelectorAll("[data-look-again]")) button.addEventListener("click", showNext);
  document.addEventListener("keydown", pressKey);
  rememberOneTap();
}

async function start() {
  startClock(setup.now);
  listen();
  store = await Store.of(setup.person, setup.title);
  outbox = new Outbox(store, { project: setup.project, count: setup.count, sent: arrived, refused, changed: showOutbox });
  shelf = new Shelf(store, outbox);
  shelf.hear((id) => { if (work.item?.assignment.id === id && !work.busy) showNext(); });
  await store.keepRoots(setup.commitments);
  await outbox.load();
  await shelf.load(setup.project);
  shelf.add(setup.held);
  outbox.send();
  if (setup.problem && !shelf.next()) explain(new ApiError(setup.problem), showNext);
  else await showNext();
  await rememberPage().catch(() => {}); // a device without it works as well, with connection
}

if (setup) start();
