// The tasks that this person holds now, with the answer so far: on this device first, so that the
// next one is there at once and a reload loses nothing.

import { serverNow } from "./api.js";

const MEDIA = /^\/(media|images)\//; // on our own server

export class Shelf {
  constructor(store, outbox) {
    Object.assign(this, { store, outbox, items: [], gone: new Set() });
  }

  async load(project) {
    for (const { id, assignment, result } of await this.store.held(project)) {
      if (this.outbox.knows(id) || !isRunning(assignment)) this.store.release(id);
      else this.items.push({ assignment, result });
    }
  }

  // Those that the server says are held; what was answered or given back is not put up again.
  add(assignments) {
    for (const assignment of assignments) {
      const known = this.items.find((item) => item.assignment.id === assignment.id);
      if (known) known.assignment = assignment;
      else if (!this.outbox.knows(assignment.id) && !this.gone.has(assignment.id)) {
        this.items.push({ assignment, result: null });
        this.store.hold(assignment);
        fetchMedia(assignment.data);
      }
    }
  }

  // The next one whose time is not over, one that was begun first; null if there is none.
  next() {
    for (const { assignment } of this.items.filter((item) => !isRunning(item.assignment))) this.drop(assignment.id);
    return this.items.find(({ result }) => result?.length) || this.items[0] || null;
  }

  keep(item, result) {
    item.result = result;
    this.store.hold(item.assignment, result);
  }

  drop(id) {
    this.items = this.items.filter((item) => item.assignment.id !== id);
    this.gone.add(id);
    this.store.release(id);
  }
}

export function isRunning(assignment) {
  return Date.parse(assignment.leased_until) > serverNow();
}

// Pictures and sounds of a task that comes later are fetched while the one before is answered.
function fetchMedia(data) {
  for (const address of Object.values(data)) {
    if (typeof address === "string" && MEDIA.test(address)) fetch(address, { priority: "low" }).catch(() => {});
  }
}
