// What this device keeps of one person's work: tasks that are held, with the answer so far, answers
// on their way, and the roots that known answers were committed to when the work began. Without
// IndexedDB it is kept as long as the page is open.

const NAME = "stipend";
const KINDS = ["held", "outbox", "roots"]; // the first two by the assignment's id, roots by the load's
const OVER_MS = 86400000; // an answer that was sent is remembered so long, to be never shown again; so is what was begun

// What a request has found, or true once a transaction is complete: that there is no room may be seen
// only at its end.
function done(one) {
  return new Promise((resolve, reject) => {
    one.onsuccess = one.oncomplete = () => resolve(one.result ?? true);
    one.onerror = one.onabort = () => reject(one.error);
  });
}

export function open() {
  const request = indexedDB.open(NAME, 2);
  request.onupgradeneeded = () => {
    const { result: database } = request;
    const missing = KINDS.filter((kind) => !database.objectStoreNames.contains(kind));
    missing.forEach((kind) => database.createObjectStore(kind, { keyPath: "id" }));
  };
  return done(request);
}

class Memory {
  constructor() {
    this.rows = Object.fromEntries(KINDS.map((kind) => [kind, new Map()]));
  }

  async all(kind) { return [...this.rows[kind].values()]; }

  async put(kind, row) { this.rows[kind].set(row.id, row); }

  async drop(kind, id) { this.rows[kind].delete(id); }
}

export class Disk {
  constructor(database) {
    this.use(database);
  }

  use(database) {
    this.database = database;
    database.onversionchange = () => database.close(); // it is being deleted: somebody signed out
  }

  rows(kind, mode) { return this.database.transaction(kind, mode).objectStore(kind); }

  all(kind) { return done(this.rows(kind).getAll()); }

  put(kind, row) { return this.write(kind, (rows) => rows.put(row)); }

  drop(kind, id) { return this.write(kind, (rows) => rows.delete(id)); }

  // True once it is on the device; on one that is full, work goes on with what the page knows.
  write(kind, change) {
    return this.change(kind, change)
      .catch((error) => error?.name === "InvalidStateError" && this.again(kind, change))
      .catch(() => false);
  }

  async change(kind, change) {
    const rows = this.rows(kind, "readwrite");
    change(rows);
    return done(rows.transaction);
  }

  // It was closed.
  async again(kind, change) {
    this.use(await open());
    return this.change(kind, change);
  }
}

export class Store {
  // The person's store; of anybody else's the device keeps only answers that wait for who gave them.
  static async of(person, title) {
    const store = Object.assign(new Store(), { person, title });
    try {
      store.kept = new Disk(await open());
      await store.forget(({ person: whose, state, at }) => {
        const isOver = ["SENT", "ENDED"].includes(state);
        return whose === person ? isOver && Date.now() - at > OVER_MS : isOver || !state;
      });
    } catch {
      store.kept = new Memory();
    }
    return store;
  }

  async forget(isGone) {
    for (const kind of KINDS) {
      for (const row of (await this.kept.all(kind)).filter(isGone)) await this.kept.drop(kind, row.id);
    }
  }

  // --- tasks that are held, each {id, person, project, assignment, result}; {state: "ENDED", at} if no more
  async held(project) {
    const rows = await this.kept.all("held");
    return rows.filter((row) => row.project === project);
  }

  hold(assignment, result = null, more = {}) {
    return this.kept.put("held", { id: assignment.id, person: this.person, project: assignment.project, title: this.title, assignment, result, ...more });
  }

  release(id) { return this.kept.drop("held", id); }

  // --- answers on their way, each {id, person, assignment, result, state, at}
  async answers() {
    const rows = await this.kept.all("outbox");
    return rows.filter(({ person }) => person === this.person).sort((a, b) => a.at - b.at);
  }

  write(row) { return this.kept.put("outbox", { title: this.title, ...row, person: this.person }); }

  drop(id) { return this.kept.drop("outbox", id); }

  // --- roots, each {id, person, root}: the first one that was seen stands
  async keepRoots(commitments = []) {
    const known = new Set((await this.kept.all("roots")).map((row) => row.id));
    for (const { load, root } of commitments) {
      if (!known.has(load)) await this.kept.put("roots", { id: load, person: this.person, root });
    }
  }
}

// Nothing of anybody is left on this device.
export function forgetAll() {
  globalThis.indexedDB?.deleteDatabase(NAME);
}
