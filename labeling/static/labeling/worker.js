// The service worker: opens the labeling page and its pictures without connection, and sends answers
// that wait when the connection is back, also while no page is open. The server puts BUILD and
// OFFLINE (the addresses of the page for no connection) in front of it.

const KEPT = { work: 60, media: 120 }; // entries of each cache; the oldest go first
const OFFLINE_CACHE = `offline-${BUILD}`;
const PATIENCE_MS = 3000; // with a connection that says nothing, when there is a kept page
const WORK_PAGE = /^\/projects\/\d+\/work\/$/;
const MEDIA = /^\/(media|images)\//;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => answer(event));
addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));
addEventListener("sync", (event) => { if (event.tag === "outbox") event.waitUntil(sendAnswers()); });

async function install() {
  const cache = await caches.open(OFFLINE_CACHE);
  await cache.addAll(OFFLINE);
  await skipWaiting(); // files have names of their own: no page meets another version's
}

async function activate() {
  for (const name of await caches.keys()) if (name !== OFFLINE_CACHE && !(name in KEPT)) await caches.delete(name);
  await registration.navigationPreload?.enable();
  await clients.claim();
}

function answer(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out/") event.respondWith(signOut(event));
  else if (request.method !== "GET") return;
  else if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (MEDIA.test(pathname)) event.respondWith(media(event));
}

// Pages come from the server; without connection the labeling page as it was last sent, else a
// page that says what is kept here.
async function page(event, pathname) {
  const kept = WORK_PAGE.test(pathname) && (await caches.match(pathname));
  try {
    return await (kept ? Promise.race([sent(event, pathname), silence()]) : sent(event, pathname));
  } catch (error) {
    const instead = kept || (await caches.match(OFFLINE[0]));
    if (!instead) throw error;
    return instead;
  }
}

async function sent(event, pathname) {
  const response = (await event.preloadResponse) || (await fetch(event.request));
  if (WORK_PAGE.test(pathname) && response.ok && !response.redirected) event.waitUntil(put("work", pathname, response.clone()));
  return response;
}

function silence() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("silence")), PATIENCE_MS));
}

async function file(request) {
  return (await caches.match(request)) || fetch(request);
}

async function media(event) {
  const { request } = event;
  const kept = await caches.match(request);
  if (kept) return request.headers.has("Range") ? part(kept, request.headers.get("Range")) : kept;
  const response = await fetch(request);
  if (response.status === 200) event.waitUntil(put("media", request, response.clone()).catch(() => {})); // a full device
  return response;
}

// What a player asks of a sound that is kept whole.
async function part(kept, range) {
  const all = await kept.blob();
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range) || ["", "", ""];
  const first = from ? Number(from) : Math.max(all.size - Number(to), 0);
  const last = Math.min(from && to ? Number(to) : all.size - 1, all.size - 1);
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${all.size}` } });
  const headers = { "Content-Type": kept.headers.get("Content-Type"), "Content-Range": `bytes ${first}-${last}/${all.size}` };
  return new Response(all.slice(first, last + 1), { status: 206, headers });
}

async function put(name, request, response) {
  const cache = await caches.open(name);
  await cache.put(request, response);
  const keys = await cache.keys();
  for (const old of keys.slice(0, Math.max(keys.length - KEPT[name], 0))) await cache.delete(old);
}

// What a labeling page has loaded stays on this device; pictures and sounds whole.
async function keep(addresses) {
  for (const address of addresses) {
    const name = MEDIA.test(address) ? "media" : "work";
    if (await (await caches.open(name)).match(address)) continue;
    const response = await fetch(address, { credentials: "same-origin" });
    if (response.status === 200 && !response.redirected) await put(name, address, response);
  }
}

// What still waits is sent first; once signed out, nothing of this person stays here.
async function signOut(event) {
  await sendAnswers().catch(() => {});
  const response = await fetch(event.request);
  if (response.type === "opaqueredirect" || response.ok) {
    for (const name of Object.keys(KEPT)) await caches.delete(name);
    indexedDB.deleteDatabase("stipend");
  }
  return response;
}

// --- answers, as outbox.js keeps them
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function sendAnswers() {
  if (indexedDB.databases && !(await indexedDB.databases()).some(({ name }) => name === "stipend")) return;
  const database = await done(indexedDB.open("stipend"));
  try {
    const rows = await done(database.transaction("outbox").objectStore("outbox").getAll());
    for (const row of rows.filter(({ state }) => state === "WAITING").sort((a, b) => a.at - b.at)) await sendOne(database, row);
  } finally {
    database.close();
  }
}

// Sent, it is remembered as such; refused, it waits for its person to read why.
async function sendOne(database, row) {
  const response = await fetch(`/api/v1/assignments/${row.id}/submit/`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": row.token },
    body: JSON.stringify({ result: row.result }),
  });
  if (!response.ok) return;
  const sent = { ...row, state: "SENT", at: Date.now(), assignment: null, result: null };
  await done(database.transaction("outbox", "readwrite").objectStore("outbox").put(sent));
}
