// Marking stretches of sound: by dragging over the track, by buttons while it plays, by keys, or by
// writing the seconds.

import { _, toHundredths } from "../../words.js";
import { make } from "../elements.js";
import { keyOf } from "./keys.js";
import { bytesIn } from "./media.js";

const SMALLEST = 0.02; // seconds
const BARS = 400; // of the drawn wave
const WAVE_BYTES = 8000000; // longer sounds are not drawn: all of one is unpacked in memory,
const WAVE_SECONDS = 600; // and few bytes can be hours
const round = (seconds) => Math.round(seconds * 1000) / 1000;

class Track {
  constructor(object, book) {
    Object.assign(this, { object, book, player: object.player, begun: null });
    this.wave = make("canvas", { width: BARS * 2, height: 80, ariaHidden: "true" });
    this.spans = make("div", { className: "segments" });
    this.line = make("div", { className: "playhead" });
    this.track = make("div", { className: "track", tabIndex: 0, role: "application", aria: { label: _("The sound to mark") } }, this.wave, this.spans, this.line);
    object.element.append(this.track);
    this.hints = [
      _("Mouse and touch: choose a label, then drag over the track, or press Begin and End while it plays."),
      _("Keyboard: go onto the track with Tab, move with the arrow keys (Shift: finely), press Space to begin and to end. P plays and pauses."),
      _("The seconds of each mark can also be written."),
    ];
    this.button = make("button", { type: "button", className: "outline", text: _("Begin here"), hidden: true });
    this.button.addEventListener("click", () => this.set());
    this.buttons = [this.button];
    this.listen();
  }

  listen() {
    this.track.addEventListener("pointerdown", (event) => this.begin(event));
    this.track.addEventListener("keydown", (event) => this.press(event));
    for (const kind of ["timeupdate", "seeking", "loadedmetadata"]) this.player.addEventListener(kind, () => this.redraw());
    this.player.addEventListener("loadedmetadata", () => this.drawWave(), { once: true });
  }

  get length() {
    return Number.isFinite(this.player.duration) ? this.player.duration : 0;
  }

  at({ clientX }) {
    const box = this.track.getBoundingClientRect();
    return round(Math.min(Math.max((clientX - box.left) / box.width, 0), 1) * this.length);
  }

  begin(event) {
    if (event.button || !this.length) return;
    event.preventDefault();
    this.track.focus({ preventScroll: true });
    this.track.setPointerCapture(event.pointerId);
    const start = this.at(event);
    const follow = (moved) => { if (this.active) this.sketch([start, this.at(moved)]); };
    const end = (last) => {
      this.track.removeEventListener("pointermove", follow);
      this.track.removeEventListener("pointerup", end);
      this.track.removeEventListener("pointercancel", end);
      if (last.type === "pointerup") this.released(start, this.at(last));
      else this.sketch(null);
    };
    this.track.addEventListener("pointermove", follow);
    this.track.addEventListener("pointerup", end);
    this.track.addEventListener("pointercancel", end);
  }

  released(start, end) {
    this.draft = null;
    if (this.active && Math.abs(end - start) > SMALLEST * 2) {
      this.add(start, end);
      return;
    }
    this.player.currentTime = end;
    const hit = this.book.regions.find(({ to, place }) => to === this.object.name && place.start <= end && end <= place.end);
    this.book.select(hit?.id ?? null);
  }

  add(a, b) {
    const [start, end] = [Math.min(a, b), Math.max(a, b)].map(round);
    if (end - start >= SMALLEST) this.book.add(this, { start, end });
  }

  // Begins a stretch where the sound is now, or ends it there.
  set() {
    const now = round(this.player.currentTime);
    if (this.begun === null) this.begun = now;
    else {
      const from = this.begun;
      this.begun = null;
      this.add(from, now);
    }
    this.redraw();
  }

  cancel() {
    const wasBegun = this.begun !== null;
    this.begun = null;
    return wasBegun;
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) this.player.currentTime = Math.min(Math.max(this.player.currentTime + by * (event.shiftKey ? 0.05 : 0.5), 0), this.length);
    else if (event.key === " " && this.active) this.set();
    else if (event.key === " " || (keyOf(event) === "p" && !this.book.form.keys.has("p"))) this.player.paused ? this.player.play() : this.player.pause();
    else if (event.key === "Escape" && this.cancel()) this.redraw();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  sketch(draft) {
    this.draft = draft;
    this.redraw();
  }

  redraw() {
    this.drawSpans(this.book.regions.filter(({ to }) => to === this.object.name), this.book.selected);
  }

  draw(regions, selected) {
    this.drawSpans(regions, selected);
    this.button.hidden = !this.active;
  }

  drawSpans(regions, selected) {
    const share = (seconds) => `${this.length ? (seconds / this.length) * 100 : 0}%`;
    const span = ([start, end], colour, isSelected) => {
      const made = make("div", { className: isSelected ? "segment selected" : "segment" });
      made.style.setProperty("--label", colour);
      made.style.setProperty("left", share(Math.min(start, end)));
      made.style.setProperty("width", share(Math.abs(end - start)));
      return made;
    };
    const drafts = [this.draft, this.begun === null ? null : [this.begun, this.player.currentTime]].filter((one) => one && this.active);
    this.spans.replaceChildren(
      ...regions.map((region) => span([region.place.start, region.place.end], this.book.colourOf(region), region === selected)),
      ...drafts.map((draft) => span(draft, this.active.option.colour, true)));
    this.line.style.setProperty("left", share(this.player.currentTime));
    this.button.textContent = this.begun === null ? _("Begin here") : _("End here");
  }

  // The seconds of a mark, to be written, and a button that plays it.
  fields(region) {
    const play = make("button", { type: "button", className: "outline secondary", text: "▶", aria: { label: _("Play it") } });
    play.addEventListener("click", () => this.play(region.place));
    const edges = [["start", _("from, in seconds")], ["end", _("to, in seconds")]].map(([side, label]) => {
      const field = make("input", { type: "number", min: "0", max: String(this.length || ""), step: "any", value: region.place[side], aria: { label } });
      field.addEventListener("change", () => {
        const place = { ...region.place, [side]: round(Number(field.value)) };
        if (place.end - place.start >= SMALLEST && place.start >= 0 && place.end <= this.length + SMALLEST) this.book.change(() => { region.place = place; });
        else field.value = region.place[side];
      });
      return field;
    });
    return [...edges, play];
  }

  play({ start, end }) {
    this.player.currentTime = start;
    const stop = () => {
      if (this.player.currentTime < end) return;
      this.player.pause();
      this.player.removeEventListener("timeupdate", stop);
    };
    this.player.addEventListener("timeupdate", stop);
    this.player.play();
  }

  async drawWave() {
    if (!this.length || this.length > WAVE_SECONDS) return;
    try {
      const bytes = await bytesOf(this.object.address, this.book.form.closing.signal);
      if (!bytes) return;
      const sound = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(bytes);
      this.paint(sound.getChannelData(0));
    } catch {
      // the track is empty then, and works as well
    }
  }

  paint(samples) {
    const [brush, step] = [this.wave.getContext("2d"), Math.max(1, Math.floor(samples.length / BARS))];
    brush.fillStyle = getComputedStyle(this.track).color;
    for (let bar = 0; bar < BARS; bar += 1) {
      let peak = 0;
      for (let index = bar * step; index < (bar + 1) * step; index += 1) peak = Math.max(peak, Math.abs(samples[index] || 0));
      const height = Math.max(2, peak * this.wave.height);
      brush.fillRect(bar * 2, (this.wave.height - height) / 2, 1.4, height);
    }
  }

  said({ start, end }) {
    return _("%(count)s s", { count: `${toHundredths(start)}–${toHundredths(end)}` });
  }

  written({ start, end }) {
    return { ...(this.length ? { original_length: this.length } : {}), value: { start, end, channel: 0 } };
  }

  place({ value }) {
    return { start: value.start, end: value.end };
  }
}

// The bytes of a sound that is short enough to be drawn, else null; those of a data: address stand
// in it.
async function bytesOf(address, signal) {
  if (address.startsWith("data:")) return address.length > WAVE_BYTES ? null : bytesIn(address).buffer;
  const response = await fetch(address, { signal });
  if (response.ok && Number(response.headers.get("Content-Length")) <= WAVE_BYTES) return response.arrayBuffer();
  response.body?.cancel();
  return null;
}

export const surfaces = { Audio: (object, book) => new Track(object, book) };
