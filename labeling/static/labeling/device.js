// Makes this device remember the labeling page: the next time it opens without connection.

export async function rememberPage() {
  if (!navigator.serviceWorker) return;
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
  const files = loaded.filter((path) => /^\/(static|words|media|images)\//.test(path));
  active.postMessage({ keep: [...files, location.pathname] }); // last: a page that is kept has all it needs
}

let asked;

// Answers that wait are sent as soon as there is a connection, also when this page is closed; the
// device is asked once to clear other things away first.
export async function sendLater() {
  asked ||= navigator.storage?.persist?.().catch(() => {});
  const registration = await navigator.serviceWorker?.ready;
  await registration?.sync?.register("outbox");
}
