// Calls to the JSON API with the session's cookie. Every failure is an ApiError with a stable code.

import { _ } from "../words.js";

const TIMEOUT_MS = 20000;

export class ApiError extends Error {
  constructor({ code, message, data, status }) {
    super(message);
    this.code = code;
    this.data = data || {};
    this.status = status;
  }

  // True if the same request may well succeed later: no connection, or a server in trouble.
  get isPassing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  get isSignedOut() {
    return this.status === 401 || this.code === "csrf_failed"; // a token of another sign-in
  }
}

const CLOCK = "stipend-clock";
let clock = { aheadMs: 0, writtenMs: 0 }; // the server's ahead of ours; when our newest page was written

export function serverNow() {
  return Date.now() + clock.aheadMs;
}

// What a page that comes from the server right now says; of one that was kept here, what was seen
// when it came. Phones whose clocks are wrong by hours work as well.
export function startClock(written) {
  const writtenMs = Date.parse(written);
  try {
    Object.assign(clock, JSON.parse(localStorage.getItem(CLOCK)));
  } catch {
    // nothing is remembered here
  }
  if (!(writtenMs > clock.writtenMs) || (clock.writtenMs && !navigator.onLine)) return;
  const arrivedMs = performance.getEntriesByType("navigation")[0]?.responseStart || performance.now();
  setClock({ writtenMs, aheadMs: writtenMs - (Date.now() - performance.now() + arrivedMs) });
}

function readClock(response) {
  const date = Date.parse(response.headers.get("Date") || "");
  if (!Number.isNaN(date)) setClock({ aheadMs: date - Date.now() });
}

function setClock(seen) {
  Object.assign(clock, seen);
  try {
    localStorage.setItem(CLOCK, JSON.stringify(clock));
  } catch {
    // not remembered
  }
}

async function readError(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // an answer without JSON, as from a proxy
  }
  return new ApiError({
    code: body.code || "unexpected",
    message: body.message || _("The server answered %(status)s. Try again in a moment.", { status: response.status }),
    data: body.data,
    status: response.status,
  });
}

// The cookie is newer than a page that was kept for times without connection.
export function token() {
  const cookie = document.cookie.split("; ").find((one) => one.startsWith("csrftoken="));
  return cookie ? cookie.slice("csrftoken=".length) : document.querySelector("[name=csrfmiddlewaretoken]").value;
}

// The parsed answer, or null for 204.
export async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body || {}),
      signal: AbortSignal.timeout?.(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError({ code: "no_connection", message: _("No connection. Your answer is still here."), status: 0 });
  }
  readClock(response);
  if (!response.ok) throw await readError(response);
  return response.status === 204 ? null : response.json();
}
