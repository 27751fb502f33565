// The drawing of a day: valence and arousal over time, the picks below, the camera's uses at the foot.
import { replace, s } from "./dom.js";
import { clock, signed, span, t } from "./i18n.js";
import { byline, emotion, state } from "./words.js";

const HEIGHT = 300;
const LEFT = 44, RIGHT = 16, TOP = 14, PLANE = 200;
const PICKS = TOP + PLANE + 26, CAMERA = PICKS + 24, AXIS = CAMERA + 14;
const GAP = 45 * 60e3; // a longer one is no line
const LEAST = 3 * 3600e3;

export function drawDay(holder, data) {
  const width = Math.max(280, holder.clientWidth);
  if (holder.dataset.width === String(width) && holder.data === data) return;
  holder.dataset.width = width;
  holder.data = data;
  const [begin, end] = domain(data);
  const x = (at) => LEFT + ((at - begin) / (end - begin)) * (width - LEFT - RIGHT);
  const y = (value) => TOP + ((1 - value) / 2) * PLANE;
  replace(holder, s("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width: "100%", height: HEIGHT, role: "img", "aria-label": summary(data) },
    grid(x, y, begin, end, width),
    curve(data.readings, "valence", x, y), curve(data.readings, "arousal", x, y),
    s("text", { x: LEFT - 8, y: PICKS + 4, class: "tick end" }, "♪"),
    data.picks.map((pick) => mark(pick, x)),
    cameraUses(data).map(({ at, camera_seconds: seconds }) => s("line", { x1: x(at), x2: x(at), y1: CAMERA - 5, y2: CAMERA + 5, class: "camera-use" },
      s("title", {}, `${clock(at)} ${seconds === null ? t("camera.opened") : t("camera.for", { span: span(seconds) })}`)))), legend());
}

function domain(data) {
  const times = [...data.readings, ...data.picks, ...data.visits, ...data.commands].map((one) => one.at);
  const end = Math.min(data.end, Math.max(...times, data.now < data.end ? data.now : 0) + 900e3);
  const begin = Math.max(data.begin, Math.min(Math.min(...times) - 900e3, end - LEAST));
  return [begin, Math.max(end, begin + LEAST)];
}

function grid(x, y, begin, end, width) {
  const hours = [1, 2, 3, 4, 6, 12].find((one) => ((end - begin) / 3600e3 / one) * 56 < width - LEFT) ?? 12;
  const lines = [];
  const first = new Date(begin);
  first.setMinutes(0, 0, 0);
  for (let at = first.getTime(); at <= end; at += 3600e3) {
    if (at < begin || new Date(at).getHours() % hours) continue;
    lines.push(s("line", { x1: x(at), x2: x(at), y1: TOP, y2: AXIS, class: "grid" }), s("text", { x: x(at), y: AXIS + 16, class: "tick middle" }, clock(at)));
  }
  for (const value of [-1, 0, 1]) {
    lines.push(s("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), class: value ? "grid" : "zero" }),
      s("text", { x: LEFT - 8, y: y(value) + 4, class: "tick end" }, value > 0 ? "+1" : value ? "−1" : "0"));
  }
  return lines;
}

function curve(readings, name, x, y) {
  let path = "";
  readings.forEach((reading, k) => {
    const joined = k && reading.at - readings[k - 1].at < GAP;
    path += `${joined ? "L" : "M"}${x(reading.at).toFixed(1)} ${y(reading[name]).toFixed(1)}`;
  });
  return [s("path", { d: path, class: `curve ${name}` }), readings.map((reading) =>
    s(name === "valence" ? "circle" : "rect", point(name, x(reading.at), y(reading[name])),
      s("title", {}, `${clock(reading.at)} ${emotion(reading.emotion)}, ${t(name)} ${signed(reading[name])}`)))];
}

const point = (name, cx, cy) => (name === "valence"
  ? { cx, cy, r: 4, class: "dot valence" }
  : { x: cx - 3.5, y: cy - 3.5, width: 7, height: 7, class: "dot arousal" });

const SHAPES = {
  finished: "M-6 0 L-2 5 L6 -5", playing: "M-4 -6 L6 0 L-4 6 Z", skipped: "M-5 -5 L5 5 M5 -5 L-5 5",
};

function mark(pick, x) {
  const shape = SHAPES[pick.state];
  const title = s("title", {}, `${clock(pick.at)} ${byline(pick.track)} (${state(pick.state)})`);
  const at = `translate(${x(pick.at).toFixed(1)} ${PICKS})`;
  return s("g", { transform: at, class: `pick ${pick.state}` },
    shape ? s("path", { d: shape }) : s("circle", { r: 4 }), s("rect", { x: -9, y: -9, width: 18, height: 18, class: "hit" }), title);
}

const cameraUses = (data) => [...data.visits.filter((visit) => visit.camera), ...data.commands];

function summary(data) {
  return t("day.summary", { readings: data.readings.length, picks: data.picks.length });
}

function legend() {
  const sample = (...drawn) => s("svg", { width: 26, height: 16, viewBox: "-13 -8 26 16", "aria-hidden": "true" }, drawn);
  const items = [
    [sample(s("path", { d: "M-12 0 L12 0", class: "curve valence" }), s("circle", { r: 4, class: "dot valence" })), t("valence.help")],
    [sample(s("path", { d: "M-12 0 L12 0", class: "curve arousal" }), s("rect", { x: -3.5, y: -3.5, width: 7, height: 7, class: "dot arousal" })), t("arousal.help")],
    [sample(s("g", { class: "pick finished" }, s("path", { d: SHAPES.finished }))), state("finished")],
    [sample(s("g", { class: "pick skipped" }, s("path", { d: SHAPES.skipped }))), state("skipped")],
    [sample(s("g", { class: "pick unknown" }, s("circle", { r: 4 }))), t("day.ending")],
    [sample(s("line", { x1: 0, x2: 0, y1: -6, y2: 6, class: "camera-use" })), t("camera.opened")],
  ];
  const box = document.createElement("ul");
  box.className = "legend";
  for (const [icon, text] of items) {
    const item = document.createElement("li");
    item.append(icon, ` ${text}`);
    box.append(item);
  }
  return box;
}
