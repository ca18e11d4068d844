// The practice page: examples one after the other in the form of the work; the server says at once
// whether an answer would be right, and why. Nothing is kept, here or there.

import { _, plural } from "../../words.js";
import { ApiError, post } from "../api.js";
import { parse } from "./config.js";
import { load } from "./families.js";
import { Form } from "./form.js";
import { press } from "./keys.js";

const setup = JSON.parse(document.getElementById("practice-setup").textContent);
const find = (id) => document.getElementById(id);
const tree = parse(setup.config);
const practice = { place: 0, form: null, answered: false, right: 0, isFirst: true, isEmptyMeant: false };

function complain(message) {
  find("problem").hidden = !message;
  find("problem-text").textContent = message;
  if (message) find("problem").scrollIntoView({ block: "nearest" });
}

function present({ again = false } = {}) {
  practice.form?.close();
  const example = setup.examples[practice.place];
  Object.assign(practice, { answered: false, isFirst: !again, isEmptyMeant: false });
  practice.form = new Form(tree, example.data, { changed: () => { complain(""); practice.isEmptyMeant = false; } });
  find("task").replaceChildren(practice.form.element);
  find("task").inert = find("practice-form").hidden = false;
  find("feedback").hidden = find("again").hidden = true;
  find("submit").textContent = _("Check");
  find("place").textContent = _("%(place)s of %(count)s", { place: practice.place + 1, count: setup.examples.length });
  find("task").focus({ preventScroll: true });
  scrollTo({ top: 0 });
}

async function check() {
  const { form } = practice;
  const missing = form.missing();
  const result = missing ? [] : form.read();
  if (missing || (!result.length && !form.book)) {
    if (missing) form.show(missing);
    complain(missing?.text || _("Answer first."));
  } else if (!result.length && !practice.isEmptyMeant) {
    practice.isEmptyMeant = true;
    complain(_("Nothing is marked. Submit once more if there is nothing to mark."));
  } else {
    const example = setup.examples[practice.place];
    tell(await post(`/api/v1/offers/${setup.project}/practice/${example.id}/`, { result }), example);
  }
}

function tell({ right, score, result, why }, example) {
  practice.answered = true;
  practice.right += Number(right && practice.isFirst);
  const percent = Math.round(score * 100);
  find("verdict").textContent = right ? _("Right") : _("Not quite");
  if (!right && percent) find("verdict").textContent += ` · ${_("%(percent)s % of it agrees", { percent })}`;
  find("why").textContent = why;
  find("feedback").classList.toggle("error", !right);
  find("right").hidden = right;
  if (!right) {
    const known = new Form(tree, example.data);
    known.restore(result);
    find("right-form").replaceChildren(known.element);
    known.close();
  }
  find("task").inert = true;
  find("feedback").hidden = find("again").hidden = false;
  find("again").hidden = right;
  find("submit").textContent = practice.place + 1 < setup.examples.length ? _("Next") : _("Finish");
  find("feedback").focus({ preventScroll: true });
  find("feedback").scrollIntoView({ block: "nearest" });
}

function goOn() {
  practice.place += 1;
  if (practice.place < setup.examples.length) return present();
  practice.form.close();
  find("practice-form").hidden = true;
  find("score").textContent = plural("%(right)s of %(count)s was right at the first try.", "%(right)s of %(count)s were right at the first try.",
    setup.examples.length, { right: practice.right });
  find("end").hidden = false;
  find("end").focus();
}

async function submit(event) {
  event.preventDefault();
  if (practice.answered) return goOn();
  complain("");
  find("submit").disabled = true;
  try {
    await check();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    complain(error.code === "no_connection" ? _("No connection. Try again.") : error.message);
  } finally {
    find("submit").disabled = false;
  }
}

function restart() {
  Object.assign(practice, { place: 0, right: 0 });
  find("end").hidden = true;
  present();
}

// As on the labeling page: a key for each choice, Enter to go on.
function pressKey(event) {
  if (find("practice-form").hidden || find("submit").disabled) return;
  press(event, { keys: practice.answered ? new Map() : practice.form.keys, send: () => find("practice-form").requestSubmit() });
}

async function start() {
  try {
    await load(tree, setup.families);
  } catch {
    complain(_("No connection. Try again."));
    return;
  }
  document.addEventListener("keydown", pressKey);
  find("practice-form").addEventListener("submit", submit);
  find("again").addEventListener("click", () => present({ again: true }));
  find("restart").addEventListener("click", restart);
  present();
}

start();
