// Makes a wallet on this device: the page's side of wallet_worker.js. What is secret is held in
// this page's memory until the two words are right, and shown once.

import { _ } from "./words.js";
import { linked, offerPay } from "./payee.js";
import { NOT_FRESH, post } from "./posts.js";

const root = document.getElementById("maker");
const part = (id) => document.getElementById(id);
const worker = new Worker(root.dataset.worker, { type: "module" });

let made = null; // { address, words, keystore }
let asked = []; // the two places that are asked for

function work(verb, given) {
  return new Promise((done, failed) => {
    worker.onerror = () => failed(new Error(_("This browser is too old to make a wallet. Connect one or paste an address instead.")));
    worker.onmessage = ({ data }) => {
      if ("progress" in data) part("making").value = data.progress;
      else if ("failed" in data) failed(new Error(_("This browser could not do it: %(why)s", { why: data.failed })));
      else done(data.done);
    };
    worker.postMessage({ verb, ...given });
  });
}

function show(step) {
  for (const one of root.querySelectorAll("[id^=step-]")) one.hidden = one.id !== step;
  part("trouble").textContent = "";
  part("confirm-first").hidden = true;
  root.querySelector(`#${step} h2`)?.focus();
}

function showWords() {
  part("words").replaceChildren(
    ...made.words.map((word) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("code"), { textContent: word }));
      return item;
    }),
  );
  show("step-words");
}

function ask() {
  const places = [...made.words.keys()];
  const first = places.splice(random(places.length), 1)[0];
  const second = places.splice(random(places.length), 1)[0];
  asked = [first, second].sort((one, other) => one - other);
  part("first-label").textContent = _("Word number %(n)s", { n: asked[0] + 1 });
  part("second-label").textContent = _("Word number %(n)s", { n: asked[1] + 1 });
  part("id_first_word").value = part("id_second_word").value = part("check-wrong").textContent = "";
  part("words").replaceChildren();
  show("step-check");
  part("id_first_word").focus();
}

function random(count) {
  return crypto.getRandomValues(new Uint32Array(1))[0] % count;
}

function typed(id) {
  return part(id).value.trim().toLowerCase();
}

async function prove() {
  const stays = { stays: true }; // to leave would lose the wallet whose words are on paper
  const { message } = await post(root.dataset.message, { address: made.address }, "POST", stays);
  const { signature } = await work("sign", { message });
  return post(root.dataset.prove, { message, signature }, "POST", stays);
}

function download() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([made.keystore], { type: "application/json" }));
  link.download = `stipend-wallet-${made.address.slice(2, 10)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  part("saved").textContent = _("The file is saved. Your password opens it.");
}

function trouble(error) {
  part("trouble").textContent = error.message;
}

part("step-password").addEventListener("submit", async (event) => {
  event.preventDefault();
  show("step-making");
  try {
    const password = part("id_file_password").value;
    made = await work("make", { password, library: root.dataset.library });
    part("id_file_password").value = "";
    showWords();
  } catch (error) {
    show("step-password");
    trouble(error);
  }
});

part("download").addEventListener("click", download);
part("written").addEventListener("click", ask);
part("show-again").addEventListener("click", showWords);

part("step-check").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = [typed("id_first_word"), typed("id_second_word")];
  if (given.some((word, index) => word !== made.words[asked[index]])) {
    part("check-wrong").textContent = _("That is not right. Look at your paper, or show the words again.");
    return;
  }
  const button = event.submitter;
  button?.setAttribute("aria-busy", "true");
  try {
    const { address, explorer_url: url } = await prove();
    part("address").replaceChildren(linked(address, url));
    offerPay(part("pay-here"), made.address, part("trouble"));
    made = null;
    worker.terminate();
    show("step-done");
  } catch (error) {
    part("confirm-first").hidden = error.code !== NOT_FRESH;
    trouble(error);
  }
  button?.removeAttribute("aria-busy");
});

addEventListener("beforeunload", (event) => {
  if (made) event.preventDefault();
});
