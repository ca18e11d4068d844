// Shows how long the task is still held, and says once when it is no longer.

import { serverNow } from "./api.js";

const HURRY_SECONDS = 60;

export class Lease {
  constructor(node, onEnd) {
    this.node = node;
    this.onEnd = onEnd;
  }

  start(until) {
    this.stop();
    this.untilMs = Date.parse(until);
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  stop() {
    clearInterval(this.timer);
    this.node.textContent = "";
  }

  tick() {
    const seconds = Math.ceil((this.untilMs - serverNow()) / 1000);
    if (seconds <= 0) {
      this.stop();
      this.onEnd();
      return;
    }
    const rest = String(seconds % 60).padStart(2, "0");
    this.node.textContent = `${Math.floor(seconds / 60)}:${rest} left`;
    this.node.classList.toggle("wrong", seconds <= HURRY_SECONDS);
  }
}
