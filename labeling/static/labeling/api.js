// Calls to the JSON API with the session's cookie. Every failure is an ApiError with a stable code.

const TIMEOUT_MS = 20000;

export class ApiError extends Error {
  constructor({ code, message, data, status }) {
    super(message);
    this.code = code;
    this.data = data || {};
    this.status = status;
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
    message: body.message || `The server answered ${response.status}. Try again in a moment.`,
    data: body.data,
    status: response.status,
  });
}

// The parsed answer, or null for 204.
export async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value,
      },
      body: JSON.stringify(body || {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new ApiError({ code: "no_connection", message: "No connection. Your answer is still here.", status: 0 });
  }
  readClock(response);
  if (!response.ok) throw await readError(response);
  return response.status === 204 ? null : response.json();
}
