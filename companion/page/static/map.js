// The map of the library on a canvas: thousands of points, zoomed and moved by mouse, touch or keys.
import { colour } from "./dom.js";
import { t } from "./i18n.js";

const MARGIN = 34; // for the names of the axes
const LEAST_SCALE = 1, MOST_SCALE = 40;
const REACH = 14; // pixels within which a point is meant

export class TrackMap {
  /** `columns` has a list for each property of the tracks; `onPick` gets an index, `onPlace` a place. */
  constructor(canvas, { onPick, onPlace }) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.columns = { id: [], valence: [], arousal: [] };
    this.view = { scale: 1, x: 0, y: 0 }; // the place in the middle, and how many times it is enlarged
    this.shown = null; // the indexes that a search leaves
    this.group = () => 0;
    this.colours = ["ink"];
    this.selected = -1;
    this.ghost = null;
    this.placing = false;
    this.onPick = onPick;
    this.onPlace = onPlace;
    this.#listen();
  }

  set(changes) {
    Object.assign(this, changes);
    this.draw();
  }

  draw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this.#paint();
    });
  }

  /** Bring a track into the middle. */
  show(index) {
    if (this.view.scale < 3) this.view.scale = 3;
    this.view.x = this.columns.valence[index];
    this.view.y = this.columns.arousal[index];
    this.#bound();
    this.set({ selected: index });
  }

  zoom(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const before = this.#place(at);
    this.view.scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, this.view.scale * factor));
    const after = this.#place(at);
    this.view.x += before.valence - after.valence;
    this.view.y += before.arousal - after.arousal;
    this.#bound();
    this.draw();
  }

  reset() {
    this.view = { scale: 1, x: 0, y: 0 };
    this.draw();
  }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.draw();
  }

  get unit() { // pixels of 1 on the plane
    return ((Math.min(this.width, this.height) - 2 * MARGIN) / 2) * this.view.scale;
  }

  #x(valence) {
    return this.width / 2 + (valence - this.view.x) * this.unit;
  }

  #y(arousal) {
    return this.height / 2 - (arousal - this.view.y) * this.unit;
  }

  #place({ x, y }) {
    return { valence: this.view.x + (x - this.width / 2) / this.unit, arousal: this.view.y - (y - this.height / 2) / this.unit };
  }

  #bound() {
    const most = 1 - 1 / this.view.scale + 0.001;
    this.view.x = Math.min(most, Math.max(-most, this.view.x));
    this.view.y = Math.min(most, Math.max(-most, this.view.y));
  }

  #paint() {
    const { context, columns } = this;
    context.clearRect(0, 0, this.width, this.height);
    this.#axes();
    const radius = Math.min(6, Math.max(1.6, 2.2 * Math.sqrt(this.view.scale) * Math.min(1.6, 40 / Math.sqrt(columns.id.length + 1) + 0.6)));
    const paths = this.colours.map(() => new Path2D());
    const faint = new Path2D();
    const length = columns.id.length;
    for (let k = 0; k < length; k += 1) {
      const x = this.#x(columns.valence[k]), y = this.#y(columns.arousal[k]);
      if (x < -8 || y < -8 || x > this.width + 8 || y > this.height + 8) continue;
      const path = this.shown && !this.shown.has(k) ? faint : paths[this.group(k)];
      path.moveTo(x + radius, y);
      path.arc(x, y, radius, 0, 7);
    }
    context.globalAlpha = 0.15;
    context.fillStyle = colour("ink");
    context.fill(faint);
    context.globalAlpha = this.shown ? 1 : 0.75;
    paths.forEach((path, k) => {
      context.fillStyle = colour(this.colours[k]);
      context.fill(path);
    });
    context.globalAlpha = 1;
    if (this.selected >= 0) this.#ring({ valence: columns.valence[this.selected], arousal: columns.arousal[this.selected] }, radius + 4, []);
    if (this.ghost) this.#ring(this.ghost, radius + 4, [4, 3]);
  }

  #ring({ valence, arousal }, radius, dash) {
    const { context } = this;
    context.setLineDash(dash);
    for (const [name, width] of [["paper", 5], ["ink", 2.5]]) {
      context.strokeStyle = colour(name);
      context.lineWidth = width;
      context.beginPath();
      context.arc(this.#x(valence), this.#y(arousal), radius, 0, 7);
      context.stroke();
    }
    context.setLineDash([]);
  }

  #axes() {
    const { context } = this;
    context.strokeStyle = colour("line");
    context.lineWidth = 1;
    context.strokeRect(this.#x(-1), this.#y(1), 2 * this.unit, 2 * this.unit);
    context.beginPath();
    context.moveTo(this.#x(0), this.#y(1));
    context.lineTo(this.#x(0), this.#y(-1));
    context.moveTo(this.#x(-1), this.#y(0));
    context.lineTo(this.#x(1), this.#y(0));
    context.stroke();
    context.fillStyle = colour("ink");
    context.font = "13px system-ui, sans-serif";
    const top = Math.max(14, this.#y(1) - 8), bottom = Math.min(this.height - 8, this.#y(-1) + 18);
    const left = Math.max(6, this.#x(-1)), right = Math.min(this.width - 6, this.#x(1));
    const wide = (names) => names.reduce((sum, name) => sum + context.measureText(t(`quadrant.${name}`)).width, 12) > right - left;
    const up = wide(["Q2", "Q1"]) ? 16 : 0, down = wide(["Q3", "Q4"]) ? 16 : 0; // else they would collide
    for (const [align, x, y, name] of [["left", left, top - up, "Q2"], ["right", right, top, "Q1"], ["left", left, bottom, "Q3"], ["right", right, bottom + down, "Q4"]]) {
      context.textAlign = align;
      context.fillText(t(`quadrant.${name}`), x, y);
    }
  }

  #nearest(point) {
    let best = -1, least = REACH * REACH;
    const { valence, arousal } = this.columns;
    for (let k = 0; k < valence.length; k += 1) {
      if (this.shown && !this.shown.has(k)) continue;
      const x = this.#x(valence[k]) - point.x, y = this.#y(arousal[k]) - point.y;
      if (x * x + y * y < least) [best, least] = [k, x * x + y * y];
    }
    return best;
  }

  #listen() {
    const { canvas } = this;
    const pointers = new Map();
    let moved = 0;
    const at = (event) => ({ x: event.offsetX, y: event.offsetY });
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), at(event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, at(event));
      moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = at(event);
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      pointers.set(event.pointerId, now);
      moved += Math.hypot(now.x - before.x, now.y - before.y);
      if (other) {
        const gap = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
        this.zoom(gap(now) / gap(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      } else if (moved > 4) {
        this.view.x -= (now.x - before.x) / this.unit;
        this.view.y += (now.y - before.y) / this.unit;
        this.#bound();
        this.draw();
      }
    });
    const end = (event) => {
      if (!pointers.delete(event.pointerId) || moved > 4 || event.type === "pointercancel") return;
      if (this.placing) {
        const place = this.#place(at(event));
        if (Math.abs(place.valence) <= 1 && Math.abs(place.arousal) <= 1) this.onPlace(place);
      } else {
        this.onPick(this.#nearest(at(event)));
      }
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    canvas.addEventListener("keydown", (event) => {
      const step = 0.2 / this.view.scale;
      const keys = {
        "+": () => this.zoom(1.4), "=": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), 0: () => this.reset(),
        ArrowLeft: () => this.#pan(-step, 0), ArrowRight: () => this.#pan(step, 0),
        ArrowUp: () => this.#pan(0, step), ArrowDown: () => this.#pan(0, -step),
      };
      if (!(event.key in keys) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }

  #pan(x, y) {
    this.view.x += x;
    this.view.y += y;
    this.#bound();
    this.draw();
  }
}
