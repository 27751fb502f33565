// Library: the map of the tagged tracks, a track moved by hand, and what is not tagged yet.
import { get, post } from "../api.js";
import { button, card, h, replace } from "../dom.js";
import { moment, percent, t } from "../i18n.js";
import { TrackMap } from "../map.js";
import { told } from "../messages.js";
import { attempt, say } from "../notice.js";
import { isRunning, startTask } from "../tasks.js";
import { byline, heard, place, quadrantOf, reason } from "../words.js";

export const FOLLOWED = ["tags"];
const MOST_FOUND = 30;
const FULL_MAP_EVERY = 15000; // ms, while the library is being tagged
const SCALE = ["scale-1", "scale-2", "scale-3", "scale-4", "scale-5"];

const GROUPINGS = {
  quadrant: (columns) => ({
    group: (k) => ["Q1", "Q2", "Q3", "Q4"].indexOf(quadrantOf({ valence: columns.valence[k], arousal: columns.arousal[k] })),
    colours: ["q1", "q2", "q3", "q4"], names: ["Q1", "Q2", "Q3", "Q4"].map((name) => t(`quadrant.${name}`)),
  }),
  confidence: (columns) => ({
    group: (k) => Math.min(4, Math.floor(columns.confidence[k] * 5)),
    colours: SCALE, names: SCALE.map((_, k) => `${percent(k / 5)}–${percent((k + 1) / 5)}`),
  }),
  tempo: (columns) => ({
    group: (k) => Math.min(4, Math.max(0, Math.floor((columns.tempo[k] - 60) / 25))),
    colours: SCALE, names: ["< 85", "85–109", "110–134", "135–159", "≥ 160"].map((span) => t("library.bpm", { span })),
  }),
  source: (columns) => {
    const names = [...new Set(columns.source)].sort().slice(0, 4);
    return { group: (k) => Math.max(0, names.indexOf(columns.source[k])), colours: ["q3", "q1", "q4", "q2"].slice(0, Math.max(1, names.length)), names };
  },
  words: (columns) => {
    const counts = new Map();
    for (const word of columns.words.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
    const names = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1)).slice(0, 4);
    return {
      group: (k) => { const found = names.findIndex((name) => columns.words[k].includes(name)); return found < 0 ? names.length : found; },
      colours: [...["q1", "q4", "q2", "q3"].slice(0, names.length), "scale-2"], names: [...names.map(heard), t("library.other-words")],
    };
  },
  corrected: (columns) => ({
    group: (k) => Number(columns.corrected[k]), colours: ["q3", "q2"], names: [t("library.by-model"), t("library.by-you")],
  }),
};

export async function show(root, onLeave) {
  let columns = await get("map");
  let untagged = await get("untagged");
  let selected = null; // an id
  let loaded = performance.now();
  const canvas = h("canvas", { tabIndex: 0, role: "img" });
  const map = new TrackMap(canvas, {
    onPick: (index) => choose(index < 0 ? null : columns.id[index]),
    onPlace: (where) => propose(where),
  });
  const search = h("input", { type: "search", id: "library-search", oninput: find });
  const grouping = h("select", { id: "library-grouping", onchange: regroup },
    Object.keys(GROUPINGS).map((name) => h("option", { value: name }, t(`library.group.${name}`))));
  const legend = h("ul", { className: "legend" });
  const found = h("div", { "aria-live": "polite" });
  const panel = h("div", { className: "panel" });
  const rest = h("div", {});

  function redraw() {
    const { length } = columns.id;
    canvas.setAttribute("aria-label", t("library.map", { n: length }));
    regroup();
    find();
    drawPanel();
    drawRest();
  }

  function regroup() {
    const { group, colours, names } = GROUPINGS[grouping.value](columns);
    map.set({ columns, group, colours, selected: columns.id.indexOf(selected) });
    replace(legend, names.map((name, k) => h("li", {}, h("span", { className: `swatch ${colours[k]}` }), ` ${name}`)));
  }

  function find() {
    const words = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) {
      map.set({ shown: null });
      replace(found);
      return;
    }
    const hits = [];
    columns.title.forEach((title, k) => {
      const name = `${columns.artist[k]} ${title}`.toLocaleLowerCase();
      if (words.every((word) => name.includes(word))) hits.push(k);
    });
    map.set({ shown: new Set(hits) });
    replace(found, h("p", {}, t("library.found", { n: hits.length })), h("ul", { className: "plain found" }, hits.slice(0, MOST_FOUND).map((k) =>
      h("li", {}, h("button", { type: "button", className: "link", onclick: () => { choose(columns.id[k]); map.show(k); } }, byline(track(k)))))));
  }

  const track = (k) => ({ title: columns.title[k], artists: columns.artist[k] ? [columns.artist[k]] : [] });

  function choose(id) {
    selected = id;
    map.set({ selected: columns.id.indexOf(id), ghost: null, placing: false });
    drawPanel();
  }

  const inputs = {};
  function propose(where) {
    for (const name of ["valence", "arousal"]) inputs[name].value = where[name].toFixed(2);
    map.set({ ghost: where, placing: false });
  }

  function drawPanel() {
    const k = columns.id.indexOf(selected);
    if (k < 0) return replace(panel, h("p", { className: "faint" }, t("library.choose")));
    const here = { valence: columns.valence[k], arousal: columns.arousal[k] };
    for (const name of ["valence", "arousal"]) {
      inputs[name] = h("input", {
        type: "number", min: -1, max: 1, step: 0.05, value: here[name].toFixed(2), id: `move-${name}`,
        oninput: () => map.set({ ghost: proposed() }),
      });
    }
    replace(panel, h("h2", {}, byline(track(k))),
      h("p", {}, place(here)),
      h("p", { className: "faint" }, columns.corrected[k] ? t("library.by-you") : t("library.sure", { sure: percent(columns.confidence[k]), tempo: columns.tempo[k] })),
      columns.words[k].length ? h("p", {}, t("library.heard", { words: columns.words[k].map(heard).join(", ") })) : null,
      columns.source[k] === "local" ? h("audio", { controls: true, preload: "none", src: `/api/clip?track=${encodeURIComponent(selected)}`, "aria-label": t("library.listen") }) : h("p", { className: "faint" }, t("library.no-file")),
      h("h3", {}, t("library.move")), h("p", { className: "faint" }, t("library.move.help")),
      h("div", { className: "row" }, ["valence", "arousal"].map((name) => h("label", {}, t(name), " ", inputs[name]))),
      h("div", { className: "row" },
        button(t("library.on-map"), () => map.set({ placing: true })),
        button(t("library.put"), () => attempt(async () => {
          const { taught } = await post("move", { track: selected, ...proposed() });
          say(taught ? t("library.taught", { n: taught }) : t("library.moved"));
          await loadMap();
        }), { className: "primary" }),
        columns.corrected[k] ? button(t("library.back"), () => attempt(async () => {
          await post("move-back", { track: selected });
          say(t("library.moved-back"));
          await loadMap();
        })) : null));
    return undefined;
  }

  const proposed = () => ({ valence: clip(inputs.valence.value), arousal: clip(inputs.arousal.value) });
  const clip = (text) => Math.min(1, Math.max(-1, Number(text) || 0));

  function drawRest() {
    const { tracks, tagged, untagged: left } = untagged;
    const rows = left.map((one) => h("tr", {}, h("th", { scope: "row" }, byline(one)),
      h("td", {}, one.reason ? reason(one.reason) : t("library.untried"), one.detail ? told(one.detail, "div", { className: "faint" }) : null),
      h("td", {}, one.retry ? moment(one.retry) : "–")));
    replace(rest, card(t("library.tagging"),
      h("p", {}, t("library.counts", { n: tracks, tagged })),
      h("div", { className: "row" },
        button(t("library.sync"), () => startTask("sync")),
        button(t("library.tag"), () => startTask("tag"), { disabled: isRunning("tag") })),
      rows.length ? h("details", {}, h("summary", {}, t("library.untagged", { n: tracks - tagged })),
        h("div", { className: "scroll tall", tabIndex: 0, role: "region", "aria-label": t("library.untagged", { n: tracks - tagged }) }, h("table", {},
          h("thead", {}, h("tr", {}, ["track", "library.reason", "library.retry"].map((key) => h("th", { scope: "col" }, t(key))))), h("tbody", {}, rows)))) : null));
  }

  async function loadMap() {
    [columns, untagged] = await Promise.all([get("map"), get("untagged")]);
    loaded = performance.now();
    map.set({ ghost: null });
    redraw();
  }

  root.append(
    h("div", { className: "map-layout" },
      h("section", { className: "card map", "aria-label": t("library.map-name") },
        h("div", { className: "row" },
          h("label", { htmlFor: "library-search" }, t("library.search")), search,
          h("label", { htmlFor: "library-grouping" }, t("library.grouping")), grouping,
          button("+", () => map.zoom(1.5), { "aria-label": t("library.zoom-in") }),
          button("−", () => map.zoom(1 / 1.5), { "aria-label": t("library.zoom-out") }),
          button(t("library.whole"), () => map.reset())),
        canvas, legend, h("p", { className: "faint" }, t("library.keys"))),
      h("aside", { className: "card", "aria-label": t("library.selected") }, found, panel)),
    rest);
  redraw();
  const size = new ResizeObserver(() => map.resize());
  size.observe(canvas);
  const theme = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => map.draw();
  theme.addEventListener("change", repaint);
  onLeave(() => {
    size.disconnect();
    theme.removeEventListener("change", repaint);
  });
  return () => (performance.now() - loaded > FULL_MAP_EVERY ? attempt(loadMap) : null);
}
