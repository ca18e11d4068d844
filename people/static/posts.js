// Asking the server for something in the middle of a page: JSON back, or an error with its words.

import { _ } from "./words.js";

export const NOT_FRESH = "confirmation_needed";

export class Refused extends Error {
  constructor(code, message, data = {}) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export function token() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

/** The answer to a form's fields. Who has to show first that it is they is taken there; with
 * `stays` this page stays, because it holds what would be lost, and `Refused` says NOT_FRESH. */
export async function post(url, fields = {}, method = "POST", { stays = false } = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { "X-CSRFToken": token(), Accept: "application/json" };
  let answer;
  try {
    answer = await fetch(url, { method, body, headers });
  } catch {
    throw new Refused("offline", _("There is no connection. Try again when there is one."));
  }
  if (answer.redirected) {
    if (stays) throw new Refused(NOT_FRESH, "");
    location.assign(`/account/confirm/?next=${encodeURIComponent(location.pathname)}`);
    return new Promise(() => {});
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(told.code || String(answer.status), words(told), told);
  return told;
}

function words(told) {
  if (told.message) return told.message;
  const errors = Object.values(told.errors || {}).flat();
  return errors.length ? errors.join(" ") : _("That did not work. Reload the page and try again.");
}
