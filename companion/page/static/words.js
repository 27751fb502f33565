// Words of the program's closed sets, and places of the affect plane, in the user's language.
import { h } from "./dom.js";
import { has, number, percent, signed, t } from "./i18n.js";
import { told } from "./messages.js";

const word = (group, name) => (has(`${group}.${name}`) ? t(`${group}.${name}`) : String(name).replaceAll("_", " "));

export const emotion = (name) => word("emotion", name);
export const quadrant = (name) => word("quadrant", name);
export const strategy = (name) => word("strategy", name);
export const state = (name) => word("state", name);
export const outcome = (name) => word("outcome", name);
export const reason = (name) => word("reason", name);
export const mood = (name) => word("mood", name);
export const limit = (name) => word("limit", name);
export const heard = (name) => word("heard", name);
export const feeling = (name) => word("feeling", name);

export function byline(track) {
  return track.artists?.length ? `${track.artists.join(", ")} – ${track.title}` : track.title;
}

export function quadrantOf(place) {
  if (place.arousal >= 0) return place.valence >= 0 ? "Q1" : "Q2";
  return place.valence >= 0 ? "Q4" : "Q3";
}

export function place(affect) {
  return t("place", { words: quadrant(quadrantOf(affect)), valence: signed(affect.valence), arousal: signed(affect.arousal) });
}

/** A share in [0, 1] as a bar with its number. */
export function bar(label, share, strong = false) {
  return h("div", { className: strong ? "bar strong" : "bar" },
    h("span", {}, label),
    h("meter", { min: 0, max: 1, value: share, "aria-label": label }),
    h("span", { className: "figure" }, percent(share)));
}

const OF_TRACKS = ["queued", "own_track_waiting"]; // outcomes whose detail is the name of a track

export function outcomeLine(visit) {
  const detail = OF_TRACKS.includes(visit.outcome) ? visit.detail : visit.detail && told(visit.detail);
  return [h("strong", {}, outcome(visit.outcome)), detail ? [": ", detail] : null];
}

/** The numbers that make a candidate's score. */
export function scoreTable(rows) {
  const voices = rows.some(({ track }) => (track.voice ?? 1) !== 1);
  const names = ["closeness", "confidence", "taste", "freshness", ...(voices ? ["voice"] : []), "score"];
  return h("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": t("why.numbers") }, h("table", {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("track")),
      names.map((name) => h("th", { scope: "col", className: "figure", title: t(`score.${name}.help`) }, t(`score.${name}`))))),
    h("tbody", {}, rows.map(({ track, act }) => h("tr", {},
      h("th", { scope: "row" }, byline(track), act ? [" ", act] : null),
      names.map((name) => h("td", { className: "figure" }, number(track[name] ?? 1))))))));
}
