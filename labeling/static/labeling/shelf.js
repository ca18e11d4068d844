// The tasks that this person holds now, with the answer so far: on this device first, so that the
// next one is there at once and a reload loses nothing.

import { serverNow } from "./api.js";
import { arrival, OURS } from "./form/media.js";

export class Shelf {
  constructor(store, outbox) {
    Object.assign(this, { store, outbox, items: [], gone: new Set(), drafts: new Map() });
    this.tabs = globalThis.BroadcastChannel && new BroadcastChannel("stipend-shelf");
  }

  // `taken(id)` hears of a task that was answered or given back in another tab.
  hear(taken) {
    this.tabs?.addEventListener("message", ({ data: id }) => {
      this.gone.add(id);
      this.items = this.items.filter((item) => item.assignment.id !== id);
      taken(id);
    });
  }

  async load(project) {
    for (const { id, assignment, result, state } of await this.store.held(project)) {
      if (this.outbox.knows(id)) this.store.release(id);
      else if (state) this.drafts.set(id, result);
      else this.put(assignment, result);
    }
    this.dropEnded();
  }

  // Those that the server says are held; what was answered or given back is not put up again. One
  // whose time was over may come back, and then with the answer as far as it was given.
  add(assignments) {
    for (const assignment of assignments) {
      const known = this.items.find((item) => item.assignment.id === assignment.id);
      if (known) known.assignment = assignment;
      else if (!this.outbox.knows(assignment.id) && !this.gone.has(assignment.id)) {
        const result = this.drafts.get(assignment.id) || null;
        this.put(assignment, result);
        this.store.hold(assignment, result);
      }
    }
  }

  put(assignment, result) {
    this.items.push({ assignment, result });
    fetchMedia(assignment.data);
  }

  // The next one whose time is not over or that was begun, and of these first; null if there is none.
  next() {
    this.dropEnded();
    return this.items.find(({ result }) => result?.length) || this.items[0] || null;
  }

  // `isLoose` is true of one that was begun and is in this page alone: the device has no room.
  async keep(item, result) {
    item.result = result;
    item.isLoose = !(await this.store.hold(item.assignment, result)) && result?.length;
  }

  // An answer that was not taken is the next to be looked at, if it is to a task of this project.
  putBack({ id, assignment, result, title = this.store.title }) {
    this.gone.delete(id);
    this.items.unshift({ assignment, result });
    return this.store.hold(assignment, result, { title });
  }

  // Answered or given back: it does not come again.
  drop(id) {
    this.gone.add(id);
    this.remove(id);
    this.tabs?.postMessage(id);
  }

  // No longer held, or not for now; what was begun is kept for the time when it comes back.
  lose({ assignment, result }) {
    this.drafts.set(assignment.id, result);
    this.remove(assignment.id);
    if (result?.length) this.store.hold(assignment, result, { state: "ENDED", at: Date.now() });
  }

  dropEnded() {
    for (const item of this.items.filter(({ assignment, result }) => !result?.length && !isRunning(assignment))) this.lose(item);
  }

  remove(id) {
    this.items = this.items.filter((item) => item.assignment.id !== id);
    this.store.release(id);
  }
}

export function isRunning(assignment) {
  return Date.parse(assignment.leased_until) > serverNow();
}

// Pictures and sounds of a task that comes later are fetched while the one before is answered: by the
// server first, where they are elsewhere.
function fetchMedia(data) {
  for (const address of Object.values(data)) {
    if (typeof address === "string" && OURS.test(address)) arrival(address, { priority: "low" });
  }
}
