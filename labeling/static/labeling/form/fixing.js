// The review page where answers are more than choices and texts: the answer drawn as its labeler saw
// it, and the form of the work to put it right in.

import { _ } from "../../words.js";
import { parse } from "./config.js";
import { draw } from "./drawn.js";
import { load } from "./families.js";

const setup = JSON.parse(document.getElementById("fix-setup").textContent);
const find = (id) => document.getElementById(id);
const tree = parse(setup.config);
const fix = { form: null, isEmptyMeant: false };

function complain(message) {
  find("fix-problem").hidden = !message;
  find("fix-problem").textContent = message;
  if (message) find("fix-problem").scrollIntoView({ block: "nearest" });
}

function changed() {
  fix.isEmptyMeant = false;
  complain("");
}

function open() {
  if (fix.form || !find("fix").open) return;
  const answer = JSON.parse(find("id_fix-regions").value || "[]");
  fix.form = draw(find("fix-task"), tree, { data: setup.data, answer }, { changed });
}

// What keeps the right answer from being sent, or nothing.
function lacking(result) {
  const missing = fix.form.missing();
  if (missing) {
    fix.form.show(missing);
    return missing.text;
  }
  if (result.length || fix.isEmptyMeant) return "";
  if (!fix.form.book) return _("Answer first.");
  fix.isEmptyMeant = true;
  return _("Nothing is marked. Submit once more if there is nothing to mark.");
}

function send(event) {
  const result = fix.form?.read() || [];
  const why = fix.form ? lacking(result) : _("No connection. Try again.");
  if (why) {
    event.preventDefault();
    complain(why);
  } else find("id_fix-regions").value = JSON.stringify(result);
}

async function start() {
  find("fix-form")?.addEventListener("submit", send, { capture: true });
  try {
    await load(tree, setup.families);
  } catch {
    if (find("fix")) complain(_("No connection. Try again."));
    return;
  }
  draw(find("drawn"), tree, setup);
  find("drawn").hidden = false;
  find("fix")?.addEventListener("toggle", open);
  if (find("fix")) open();
}

start();
