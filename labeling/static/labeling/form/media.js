// Pictures and sounds, from our own server alone. What a requester named elsewhere the server may
// still be fetching: it says so (202), and we look again.

export const OURS = /^\/(media|images)\//; // paths that hold pictures and sounds, and do nothing
const LOOKS_MS = [500, 500, 1000, 1000, 2000, 2000, 3000, 3000, 5000, 5000, 10000, 10000];
const HELD = 50; // sounds of data: addresses, more than a jury hears on a page; those of tasks before are let go
const held = [];

// The address under which the page may load what a task says, or null.
export function addressOf(value, kind) {
  const text = String(value);
  if (text.startsWith(`data:${kind}/`)) return text;
  try {
    const { origin, pathname } = new URL(text, location.origin);
    return origin === location.origin && OURS.test(pathname) ? text : null;
  } catch {
    return null;
  }
}

// Where the page plays a sound from: our own files, or what it holds itself.
export function playable(address) {
  if (!address.startsWith("data:")) return address;
  try {
    held.push(URL.createObjectURL(new Blob([bytesIn(address)], { type: /^data:(audio\/[\w.+-]+)/.exec(address)?.[1] })));
  } catch {
    return "data:,"; // no sound: the player says so
  }
  if (held.length > HELD) URL.revokeObjectURL(held.shift());
  return held.at(-1);
}

// The bytes of a sound that stands in the task itself.
export function bytesIn(address) {
  return Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (letter) => letter.charCodeAt(0));
}

// Hears of it when the element cannot load this address: looks again while it is being fetched,
// then tells `failed` why not. `waiting` is told whether somebody has to wait.
export function watch(element, address, { waiting = () => {}, failed = () => {}, signal } = {}) {
  const trouble = async () => {
    const why = address.startsWith("data:") ? "" : await arrival(address, { waiting, signal });
    if (signal?.aborted) return;
    waiting(false);
    if (why === null && !element.dataset.again) {
      element.dataset.again = "yes";
      element.src = address;
      element.load?.();
    } else failed(why || "");
  };
  element.addEventListener("error", trouble, { signal });
  if (element.error || (element.complete && element.currentSrc && !element.naturalWidth)) trouble();
}

// Null once it is there, else the sentence that says why not; empty without a connection.
export async function arrival(address, { waiting = () => {}, signal, priority }) {
  for (const pause of [...LOOKS_MS, 0]) {
    const response = await fetch(address, { signal, priority }).catch(() => null);
    if (!response) return "";
    if (response.status === 200 || response.status === 304) return response.blob().then(() => null, () => "");
    const { message } = await response.json().catch(() => ({}));
    if (response.status !== 202 || !pause) return message || "";
    waiting(true);
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (signal?.aborted) return "";
  }
  return "";
}
