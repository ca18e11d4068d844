// The labeling page: take a task, answer it, send the answer and get the next in one request.

import { post, serverNow } from "./api.js";
import { build } from "./controls.js";
import { Drafts } from "./drafts.js";
import { Lease } from "./lease.js";
import { show } from "./objects.js";

const setup = JSON.parse(document.getElementById("work-setup").textContent);
const find = (id) => document.getElementById(id);
const [form, problem, submit, skip, sent] = ["work-form", "problem", "submit", "skip", "sent"].map(find);
const parts = build(setup.controls);
const drafts = new Drafts(setup.project, setup.person);
const lease = new Lease(find("lease"), { onEnd: leaseEnded, extend });
const oneTap = find("one-tap");
const GONE = ["lease_expired", "already_submitted", "not_your_assignment", "not_found"];
const CLOSED = ["project_not_open", "project_closed", "own_project", "not_eligible", "quota_reached", "barred"];
let assignment = null;
let busy = false;
let sentCount = 0;

function answer() {
  return parts.map((part) => part.read()).filter(Boolean);
}

function view(name) {
  for (const node of document.querySelectorAll("[data-view]")) node.hidden = node.dataset.view !== name;
}

// Shows a sentence and at most one way out of it.
function complain(message, wayOut) {
  find("problem-text").textContent = message;
  const button = find("problem-button");
  button.hidden = !wayOut;
  if (wayOut) {
    button.textContent = wayOut.text;
    button.onclick = wayOut.action;
  }
  problem.hidden = false;
  problem.scrollIntoView({ block: "nearest" });
}

function setBusy(value) {
  busy = value;
  submit.setAttribute("aria-busy", String(value));
  submit.disabled = skip.disabled = value || !assignment;
}

function present(next, kept) {
  assignment = next;
  problem.hidden = true;
  if (!assignment) {
    lease.stop();
    drafts.drop();
    view("nothing");
    find("nothing").focus();
    return;
  }
  form.reset();
  for (const part of parts) part.cleared?.();
  find("objects").replaceChildren(...setup.objects.map((object) => show(object, assignment.data)));
  for (const item of kept || []) {
    parts.find((part) => part.control.name === item.from_name)?.restore(item.value);
  }
  drafts.save(assignment, answer());
  view("task");
  lease.start(assignment.leased_until);
  focusStart();
}

function focusStart() {
  const writing = parts.length === 1 && parts[0].area;
  const target = writing && matchMedia("(pointer: fine)").matches ? parts[0].area : find("objects");
  target.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

async function extend() {
  return (await post(`/api/v1/assignments/${assignment.id}/extend/`)).leased_until;
}

function leaseEnded() {
  assignment = null;
  drafts.drop();
  setBusy(false);
  complain("The time for this task is over, so it went back to the others.", { text: "Get another task", action: () => run(take) });
}

function explain(error, work) {
  if (error.status === 401 || (error.status === 403 && error.code === "not_authenticated")) {
    complain("You are signed out.", { text: "Sign in", action: () => location.assign(setup.sign_in) });
  } else if (GONE.includes(error.code)) {
    assignment = null;
    lease.stop();
    drafts.drop();
    complain(error.message, { text: "Get another task", action: () => run(take) });
  } else if (CLOSED.includes(error.code)) {
    present(null);
    complain([error.message, ...(error.data.reasons || [])].join(" "));
  } else if (error.status === 0 || error.status >= 500) {
    complain(error.message, { text: "Try again", action: () => run(work) });
  } else {
    complain(error.message);
  }
}

// Runs one request at a time and turns every failure into a sentence.
async function run(work) {
  if (busy) return;
  setBusy(true);
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    explain(error, work);
  } finally {
    setBusy(false);
  }
}

async function take() {
  present(await post(`/api/v1/projects/${setup.project}/next/`));
}

async function send() {
  const missing = parts.map((part) => part.missing()).find(Boolean);
  if (missing || !answer().length) {
    complain(missing || "Answer first.");
    return;
  }
  const answered = await post(`/api/v1/assignments/${assignment.id}/submit/?next=1`, { result: answer() });
  sentCount += 1;
  sent.textContent = `${sentCount} sent`;
  present(answered.next);
}

async function giveBack() {
  await post(`/api/v1/assignments/${assignment.id}/return/`);
  await take();
}

async function reportBroken() {
  const [reason, note] = [find("report-reason").value, find("report-note").value];
  await post(`/api/v1/assignments/${assignment.id}/report/`, { reason, note });
  find("report").open = false;
  find("report-note").value = "";
  await take();
}

function pressKey(event) {
  if (event.ctrlKey || event.metaKey ? event.key !== "Enter" : event.altKey) return;
  if (event.isComposing || event.repeat || busy || !assignment) return;
  const place = event.target;
  if (place.closest("#report")) return;
  const typing = place.matches("textarea");
  if (event.key === "Enter" && (!typing || event.ctrlKey || event.metaKey) && !place.matches("button, a, summary")) {
    event.preventDefault();
    run(send);
    return;
  }
  const key = event.key.toLowerCase();
  const input = typing ? null : parts.map((part) => part.keys.get(key)).find(Boolean);
  if (input) {
    event.preventDefault();
    input.click();
    if (event.target !== input) input.focus({ preventScroll: true });
  }
}

function changed(event) {
  if (!assignment || event.target === oneTap || event.target.closest("#report")) return;
  problem.hidden = true;
  drafts.save(assignment, answer());
  if (oneTap?.checked && event.type === "change") run(send);
}

// A config of one single choice can be answered with one tap; the choice of this is remembered.
function offerOneTap() {
  const [part] = parts;
  if (parts.length !== 1 || part.control.tag !== "Choices" || part.control.multiple) return;
  find("one-tap-row").hidden = false;
  try {
    oneTap.checked = localStorage.getItem("stipend-one-tap") === "yes";
    oneTap.addEventListener("change", () => localStorage.setItem("stipend-one-tap", oneTap.checked ? "yes" : "no"));
  } catch {
    // not remembered
  }
}

function start() {
  find("controls").append(...parts.map((part) => part.element));
  offerOneTap();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (assignment) run(send);
  });
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  find("report-send").addEventListener("click", () => assignment && run(reportBroken));
  skip.addEventListener("click", () => assignment && run(giveBack));
  for (const button of document.querySelectorAll("[data-look-again]")) button.addEventListener("click", () => run(take));
  document.addEventListener("keydown", pressKey);
  const kept = drafts.load();
  if (kept?.assignment && Date.parse(kept.assignment.leased_until) > serverNow()) {
    present(kept.assignment, kept.result);
    setBusy(false);
  } else {
    run(take);
  }
}

start();
