import { _ } from "./words.js";

// Adds a "Show" button to every password field, so that it need not be typed twice.
for (const input of document.querySelectorAll("input[type=password]")) {
  const row = document.createElement("div");
  const button = document.createElement("button");
  row.className = "with-button";
  button.type = "button";
  button.className = "outline secondary";
  button.textContent = _("Show");
  const { selectionStart, selectionEnd } = input;
  const isBeingTyped = document.activeElement === input;
  input.replaceWith(row);
  row.append(input, button);
  if (isBeingTyped) { // a field that moves lets go of whoever types, and the rest is typed nowhere
    input.focus();
    input.setSelectionRange(selectionStart, selectionEnd);
  }
  button.addEventListener("click", () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    button.textContent = hidden ? _("Hide") : _("Show");
    input.focus();
  });
}
