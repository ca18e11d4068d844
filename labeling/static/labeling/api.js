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
    return this.status === 401 || (this.status === 403 && ["not_authenticated", "permission_denied"].includes(this.code));
  }
}

let clockAheadMs = 0; // how far the server's clock is ahead of ours

export function serverNow() {
  return Date.now() + clockAheadMs;
}

function readClock(response) {
  const date = Date.parse(response.headers.get("Date") || "");
  if (!Number.isNaN(date)) clockAheadMs = date - Date.now();
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
