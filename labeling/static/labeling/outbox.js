// Sends answers in the order in which they were given, each once: the server knows an answer by its
// assignment, and the same again is answered as the first time.
//
// | from | arrow | to |
// |---|---|---|
// | (none) | given | WAITING |
// | WAITING | the server has it | SENT |
// | WAITING | the server does not take it | REFUSED |
// | REFUSED | the page is opened anew: the server says once more why | WAITING |

import { ApiError, post, token } from "./api.js";
import { sendLater } from "./device.js";

const PAUSE_MS = [2000, 5000, 15000, 60000]; // between attempts without connection

export class Outbox {
  // `sent(row, body)`, `refused(row, error)` and `changed()` tell the page what has happened.
  constructor(store, { project, count, sent, refused, changed }) {
    Object.assign(this, { store, project, count, sent, refused, changed, rows: [], attempts: 0, trouble: null, sending: null, loose: new Set() });
    addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.send(); });
  }

  async load() {
    this.rows = await this.store.answers();
    for (const row of this.rows.filter(({ state }) => state === "REFUSED")) row.state = "WAITING";
  }

  get waiting() {
    return this.rows.filter(({ state }) => state === "WAITING");
  }

  // True if some are in this page alone: the device has no room.
  get isLoose() {
    return this.waiting.some((row) => this.loose.has(row));
  }

  knows(id) {
    return this.rows.some((row) => row.id === id);
  }

  // The answer is put on its way: onto this device first, then to the server.
  give(assignment, result) {
    const { id, project } = assignment;
    const row = { id, project, assignment, result, state: "WAITING", at: Date.now(), token: token() };
    this.rows.push(row);
    const kept = this.store.write(row);
    setTimeout(async () => { // the next task is shown before
      if (!(await kept)) this.loose.add(row);
      this.changed();
      this.send();
    });
  }

  // All that waits is sent, or the first that cannot be waits on. One sender at a time.
  send() {
    this.sending ||= this.sendAll().finally(() => { this.sending = null; });
    return this.sending;
  }

  async sendAll() {
    clearTimeout(this.timer);
    for (let row = this.waiting[0]; row; row = this.waiting[0]) {
      if (!(await this.sendOne(row))) return;
    }
  }

  async sendOne(row) {
    try {
      // New tasks use up the quota of what waits, and those of another project have no place here.
      const more = this.waiting.length > 1 || row.project !== this.project ? "" : `?count=${this.count}`;
      const body = await post(`/api/v1/assignments/${row.id}/submit/${more}`, { result: row.result });
      Object.assign(this, { attempts: 0, trouble: null });
      await this.settle(row, "SENT");
      this.sent(row, body);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.isPassing || error.isSignedOut) {
        this.later(error);
        return false;
      }
      await this.settle(row, "REFUSED");
      this.refused(row, error);
    }
    return true;
  }

  async settle(row, state) {
    Object.assign(row, { state, at: Date.now() });
    if (state === "SENT") row.assignment = row.result = null; // what is sent needs no room
    await this.store.write(row);
    this.changed();
  }

  later(error) {
    this.trouble = error;
    const pause = PAUSE_MS[Math.min(this.attempts, PAUSE_MS.length - 1)];
    this.attempts += 1;
    if (!error.isSignedOut) this.timer = setTimeout(() => this.send(), pause);
    if (error.status === 0) sendLater().catch(() => {});
    this.changed();
  }

  // A refused answer was read by the person.
  async forget(row) {
    this.rows = this.rows.filter((one) => one !== row);
    await this.store.drop(row.id);
    this.changed();
  }
}
