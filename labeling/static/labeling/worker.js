// The service worker: opens the labeling page and its pictures without connection, and sends answers
// that wait when the connection is back, also while no page is open. The server puts BUILD and
// OFFLINE (the addresses of the page for no connection) in front of it.

const KEPT = { work: 60, media: 120 }; // entries of each cache; the oldest go first
const OFFLINE_CACHE = `offline-${BUILD}`;
const PATIENCE_MS = 3000; // with a connection that says nothing, when there is a kept page
const TIMEOUT_MS = 20000; // for an answer to arrive
const WORK_PAGE = /^\/projects\/\d+\/work\/$/;
const MEDIA = /^\/(media|images)\//;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("fetch", (event) => answer(event));
addEventListener("message", (event) => event.waitUntil(keep(event.data.keep)));
addEventListener("sync", (event) => { if (event.tag === "outbox") event.waitUntil(sendInBackground()); });

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

// Pages come from the server; without connection, or while it is in trouble, the labeling page as it
// was last sent, else a page that says what is kept here.
async function page(event, pathname) {
  const kept = WORK_PAGE.test(pathname) && (await caches.match(pathname));
  try {
    const response = await (kept ? Promise.race([sent(event, pathname), silence()]) : sent(event, pathname));
    return kept && response.status >= 500 ? kept : response;
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

// What still waits is sent first; where that does not work, the person says whether to lose it. Once
// signed out, nothing of this person stays here.
async function signOut({ request }) {
  const form = await request.clone().formData();
  const unsent = form.has("lose") ? 0 : await sendAnswers(form.get("csrfmiddlewaretoken")).catch(() => 0);
  if (unsent) return Response.redirect(`/sign-out/?unsent=${unsent}`, 303);
  const response = await fetch(request);
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

// The browser comes back to it later where something is left.
async function sendInBackground() {
  const { value } = (await self.cookieStore?.get("csrftoken")) || {};
  if (await sendAnswers(value)) throw new Error("unsent");
}

// How many are left that could not be sent. `token` is of now: that of a row is older than a new sign-in.
async function sendAnswers(token) {
  if (indexedDB.databases && !(await indexedDB.databases()).some(({ name }) => name === "stipend")) return 0;
  const database = await done(indexedDB.open("stipend"));
  let unsent = 0;
  try {
    if (!database.objectStoreNames.contains("outbox")) return 0;
    const rows = await done(database.transaction("outbox").objectStore("outbox").getAll());
    for (const row of rows.filter(({ state }) => state !== "SENT").sort((a, b) => a.at - b.at)) {
      if (!(await sendOne(database, row, token).catch(() => false))) unsent += 1;
    }
  } finally {
    database.close();
  }
  return unsent;
}

// True if the server has it: then it is remembered as sent. Refused, it waits for its person to read why.
async function sendOne(database, row, token) {
  const { ok } = await fetch(`/api/v1/assignments/${row.id}/submit/`, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Accept": "application/json", "Content-Type": "application/json", "X-CSRFToken": token || row.token },
    body: JSON.stringify({ result: row.result }),
    signal: AbortSignal.timeout?.(TIMEOUT_MS),
  });
  if (!ok) return false;
  const sent = { ...row, state: "SENT", at: Date.now(), assignment: null, result: null };
  await done(database.transaction("outbox", "readwrite").objectStore("outbox").put(sent)).catch(() => {}); // a full device
  return true;
}
