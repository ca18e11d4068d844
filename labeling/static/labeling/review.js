// The review page by keyboard: a accepts, r rejects, f puts right, s skips. Without this script
// every button works as well, but for what the labeling page asks by script, too.

const find = (id) => document.getElementById(id);

function open(id) {
  const panel = find(id);
  if (!panel) return;
  panel.open = true;
  panel.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  panel.scrollIntoView({ block: "center" });
}

const KEYS = {
  a: () => find("submit").click(),
  s: () => find("skip").click(),
  r: () => open("reject"),
  f: () => open("fix"),
};

function pressKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape") {
    for (const panel of document.querySelectorAll(".panel[open]")) panel.open = false;
    return;
  }
  if (event.target.closest("input, textarea, select, #fix-task")) return;
  const verb = KEYS[event.key.toLowerCase()];
  if (!verb) return;
  event.preventDefault();
  verb();
}

// One decision a page: a second press does not judge the next answer unseen.
function send(event) {
  if (event.defaultPrevented) return;
  if (document.body.dataset.sent) {
    event.preventDefault();
    return;
  }
  document.body.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}

for (const form of document.querySelectorAll('form[method="post"]')) form.addEventListener("submit", send);
for (const name of ["reject", "fix"]) {
  find(`open-${name}`)?.addEventListener("click", (event) => {
    event.preventDefault();
    open(name);
  });
}
document.addEventListener("keydown", pressKey);
window.addEventListener("pageshow", () => delete document.body.dataset.sent);
