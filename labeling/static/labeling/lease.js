// Shows how long the task is still held, asks for longer while somebody works on it, warns before
// the end, and says once when it is no longer.

import { _ } from "../words.js";
import { serverNow } from "./api.js";

const HURRY_SECONDS = 60;
const PAUSE_MS = 30000; // between two requests for a longer lease
const ACTIVITY = ["pointerdown", "keydown", "input", "scroll"];

export class Lease {
  // `extend` resolves to the new end of the lease, which is the old one when there is no more;
  // `warn(true)` says that it ends soon, `warn(false)` that there is time again.
  constructor(node, { onEnd, warn, extend }) {
    Object.assign(this, { node, onEnd, warn, extend, isWarned: false });
    for (const kind of ACTIVITY) {
      document.addEventListener(kind, () => (this.isActive = true), { passive: true, capture: true });
    }
  }

  start(until) {
    this.stop();
    this.untilMs = Date.parse(until);
    this.lengthMs = this.untilMs - serverNow();
    this.isActive = false;
    this.askedMs = 0;
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  stop() {
    clearInterval(this.timer);
    this.node.textContent = "";
    this.tell(false);
  }

  tell(isSoon) {
    if (isSoon === this.isWarned) return;
    this.isWarned = isSoon;
    this.warn(isSoon);
  }

  tick() {
    const leftMs = this.untilMs - serverNow();
    const seconds = Math.ceil(leftMs / 1000);
    if (seconds <= 0) {
      this.stop();
      this.onEnd();
      return;
    }
    if (this.isActive && leftMs < this.lengthMs / 2 && Date.now() - this.askedMs > PAUSE_MS) this.ask();
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    this.node.textContent = _("%(time)s left", { time });
    this.node.classList.toggle("wrong", seconds <= HURRY_SECONDS);
    this.tell(seconds <= HURRY_SECONDS);
  }

  // Longer, if it can be had.
  async ask() {
    this.isActive = false;
    this.askedMs = Date.now();
    const timer = this.timer;
    try {
      const until = Date.parse(await this.extend());
      if (timer !== this.timer) return;
      this.untilMs = until;
      this.tick();
    } catch {
      // no connection, or no more to be had: the lease runs on as it is
    }
  }
}
