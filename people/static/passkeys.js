// Passkeys: `<form data-passkey="create|use" data-options="/address/">` with a hidden `credential`.
// The button `data-go` asks the server what it wants, has the device do it, and sends the form.
// On pages where passkeys cannot work (no device support, or an address that is only a number), the
// buttons are replaced by a sentence.

import { _ } from "./words.js";
import { post, Refused } from "./posts.js";

const isNumber = /^[\d.]+$|^\[/.test(location.hostname);
const isThisDevice = /^127\.|^\[::1\]$/.test(location.hostname);
const here = `http://localhost${location.port && `:${location.port}`}${location.pathname}`;
const works = Boolean(globalThis.PublicKeyCredential) && isSecureContext && !isNumber;

function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (one) => one.charCodeAt(0));
}

function text(buffer) {
  if (!buffer) return undefined;
  const raw = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(list) {
  return (list || []).map((one) => ({ ...one, id: bytes(one.id) }));
}

async function create({ publicKey: asked }) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    user: { ...asked.user, id: bytes(asked.user.id) },
    excludeCredentials: known(asked.excludeCredentials),
  };
  const made = await navigator.credentials.create({ publicKey });
  return {
    ...shape(made),
    response: {
      attestationObject: text(made.response.attestationObject),
      clientDataJSON: text(made.response.clientDataJSON),
    },
  };
}

async function use({ publicKey: asked }) {
  const publicKey = {
    ...asked,
    challenge: bytes(asked.challenge),
    allowCredentials: known(asked.allowCredentials),
  };
  const used = await navigator.credentials.get({ publicKey });
  return {
    ...shape(used),
    response: {
      authenticatorData: text(used.response.authenticatorData),
      clientDataJSON: text(used.response.clientDataJSON),
      signature: text(used.response.signature),
      userHandle: text(used.response.userHandle),
    },
  };
}

function shape(made) {
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
  };
}

function why(error) {
  if (error.name === "NotAllowedError") return _("Nothing was done: it was cancelled, or took too long.");
  if (error.name === "InvalidStateError") return _("This device has a passkey of this account already.");
  if (error instanceof Refused) return error.message;
  return _("This browser could not do it: %(why)s", { why: error.message });
}

async function go(form, button, status) {
  button.setAttribute("aria-busy", "true");
  button.disabled = true;
  status.textContent = "";
  try {
    const given = form.dataset.request ? JSON.parse(form.dataset.request) : null;
    const options = given || (await post(form.dataset.options, new FormData(form))).options;
    const ceremony = form.dataset.passkey === "create" ? create : use;
    form.elements.credential.value = JSON.stringify(await ceremony(options));
    form.submit();
  } catch (error) {
    status.textContent = why(error);
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-go=passkey]");
  const status = form.querySelector("[data-status=passkey]");
  if (works) {
    button.hidden = false;
    button.addEventListener("click", () => go(form, button, status));
  } else {
    form.querySelector("[data-hint=passkey]")?.remove();
    status.className = "muted";
    status.textContent = isThisDevice
      ? _("Passkeys need an address with a name. Open this page as %(address)s instead.", { address: here })
      : _("Passkeys do not work here.");
  }
}
