// Checks in the labeler's own browser that a known answer was committed before it was asked:
// the shown entry must be about this task's data, and its leaf must climb to the root that the
// project has published (RFC 9162), the same that this device saw when the work began.

import { _, moment } from "../words.js";

const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function hash(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
}

const leaf = (entry) => hash(Uint8Array.of(0), new TextEncoder().encode(entry));
const node = (left, right) => hash(Uint8Array.of(1), left, right);

// The root that the path leads to from a leaf, or null when the path does not fit the tree.
export async function climb(start, index, size, path) {
  if (size === 1) return index === 0 && path.length === 0 ? start : null;
  if (!path.length || index < 0 || index >= size) return null;
  const half = 2 ** Math.floor(Math.log2(size - 1));
  const below = path.slice(0, -1);
  const other = path[path.length - 1];
  if (index < half) {
    const left = await climb(start, index, half, below);
    return left && node(left, other);
  }
  const right = await climb(start, index - half, size - half, below);
  return right && node(other, right);
}

export async function verify(proof, commitments, kept = null) {
  if (JSON.parse(proof.entry).data_hash !== hex(await hash(new TextEncoder().encode(proof.data)))) return false;
  const root = await climb(await leaf(proof.entry), proof.index, proof.size, proof.path.map(bytes));
  const published = commitments.find((one) => one.load === proof.load);
  return Boolean(root && published && hex(root) === published.root && (!kept || kept === published.root));
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

// The root of a load that store.js kept when the work began; null on a device that has not worked.
async function keptRoot(load) {
  let database;
  try {
    if (indexedDB.databases && !(await indexedDB.databases()).some(({ name }) => name === "stipend")) return null;
    database = await done(indexedDB.open("stipend"));
    const row = await done(database.transaction("roots").objectStore("roots").get(load));
    return row?.root ?? null;
  } catch {
    return null;
  } finally {
    database?.close();
  }
}

function words(expected) {
  return expected.map((region) => `${region.from_name}: ${Object.values(region.value).flat().join(", ")}`).join("; ");
}

async function read(address) {
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function show(place) {
  if (!globalThis.crypto?.subtle) {
    place.textContent = _("This page cannot check the proof here: it needs a secure connection (https).");
    return;
  }
  try {
    const [proof, commitments] = await Promise.all([read(place.dataset.proof), read(place.dataset.commitments)]);
    const isProved = await verify(proof, commitments, await keptRoot(proof.load));
    const published = commitments.find((one) => one.load === proof.load);
    place.textContent = isProved
      ? _("The known answer was %(answer)s. It was fixed before anybody worked here, on %(date)s: this page has checked it.", {
          answer: words(JSON.parse(proof.entry).expected),
          date: moment(published.committed_at),
        })
      : _("The proof does not hold: this answer may have been changed after the work began. Say so in your appeal.");
    place.classList.toggle("wrong", !isProved);
    place.classList.remove("muted");
  } catch {
    place.textContent = _("The proof could not be read just now. Load the page again to check it.");
  }
}

for (const place of document.querySelectorAll("[data-proof]")) show(place);
