// Why: each pick with its reasons, and what the user says of it.
import { get, post } from "../api.js";
import { button, card, h, replace } from "../dom.js";
import { list, moment, number, percent, t } from "../i18n.js";
import { told, translated } from "../messages.js";
import { attempt, say } from "../notice.js";
import { byline, emotion, feeling, heard, limit, mood, place, scoreTable, state, strategy } from "../words.js";

export const FOLLOWED = ["pick"];
const STEP = 20;
const LEAST_DIFFERENCE = 0.005; // of two numbers; a smaller one is not worth a word

export async function show(root) {
  let count = STEP;
  let data = await get("picks", { count });
  const body = h("div", {});
  const opened = new Set();
  const chosen = new Map(); // moods that are selected and not sent, which a reload would lose
  const load = () => attempt(async () => {
    data = await get("picks", { count });
    draw();
  });
  const act = (name, values, done) => attempt(async () => {
    const result = await post(name, values);
    say(done(result));
    await load();
  });

  function draw() {
    const name = document.activeElement?.dataset?.name;
    replace(body,
      h("div", { className: "row" }, button(t("why.undo"), () => act("undo", {}, undone), { "data-name": "undo" }), h("span", { className: "faint" }, t("why.undo.help"))),
      data.picks.length ? data.picks.map(pickCard) : card(t("tab.why"), h("p", {}, t("why.empty"))),
      data.more ? button(t("why.more"), () => { count += STEP; return load(); }, { "data-name": "more" }) : null,
      blocked());
    if (name) body.querySelector(`[data-name="${CSS.escape(name)}"]`)?.focus();
  }

  const undone = ({ undone: found }) => (found ? t("why.undone", { what: t(`word.${found.command}`), name: found.name }) : t("why.nothing-undone"));

  function pickCard(pick) {
    const title = byline(pick.track);
    const details = h("details", { open: opened.has(pick.id) }, h("summary", {}, t("why.reasons")), reasons(pick));
    details.addEventListener("toggle", () => (details.open ? opened.add(pick.id) : opened.delete(pick.id)));
    return h("article", { className: "card pick", "aria-label": title },
      h("h2", {}, title),
      h("p", { className: "faint" }, `${moment(pick.at)} · ${state(pick.state)}`),
      headline(pick), acts(pick), details);
  }

  function acts(pick) {
    const say2 = (word) => act("feedback", { pick: pick.id, word }, ({ replaced }) => t(`why.${word}.done`) + (replaced ? ` ${t("why.replaced")}` : ""));
    const one = (name, label, work, disabled = false) => button(label, work, { "data-name": `${name}-${pick.id}`, disabled });
    return [
      h("div", { className: "row" },
        one("like", t("why.like"), () => say2("like")),
        one("skip", t("why.skip"), () => say2("skip")),
        one("block", pick.track_blocked ? t("why.track-blocked") : t("why.block-track"), () => act("block", { pick: pick.id, kind: "track" }, blockedNow), pick.track_blocked),
        pick.track.artists.length ? one("artist", pick.artist_blocked ? t("why.artist-blocked") : t("why.block-artist", { artist: pick.track.artists[0] }),
          () => act("block", { pick: pick.id, kind: "artist" }, blockedNow), pick.artist_blocked) : null),
      pick.reading ? wrong(pick) : null,
    ];
  }

  const blockedNow = ({ byline: name }) => t("why.blocked", { name });

  function wrong(pick) {
    const id = `wrong-${pick.id}`;
    const moods = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"].filter((name) => name !== pick.reading.emotion);
    const select = h("select", { id, "data-name": id }, h("option", { value: "" }, t("why.only-wrong")),
      moods.map((name) => h("option", { value: name, selected: name === (chosen.get(pick.id) ?? pick.corrected) }, emotion(name))));
    select.addEventListener("change", () => chosen.set(pick.id, select.value));
    return h("div", { className: "row" }, h("label", { htmlFor: id }, t("why.wrong", { emotion: emotion(pick.reading.emotion) })), select,
      button(t("why.tell"), () => act("wrong", { pick: pick.id, mood: select.value }, () => { chosen.delete(pick.id); return t("why.wrong.done"); }), { "data-name": `tell-${pick.id}` }),
      pick.corrected === null ? null : h("span", { className: "faint" }, t("why.corrected")));
  }

  function blocked() {
    if (!data.blocks.length) return null;
    return card(t("why.blocks"), h("ul", { className: "plain" }, data.blocks.map((one) => h("li", { className: "row" },
      h("span", {}, `${t(`block.${one.kind}`)}: ${one.byline}`),
      button(t("why.unblock"), () => act("unblock", { kind: one.kind, name: one.name }, () => t("why.unblocked", { name: one.byline })),
        { className: "small", "aria-label": `${t("why.unblock")}: ${one.byline}` })))));
  }

  draw();
  root.append(body);
  return load;
}

function headline({ why }) {
  if (!why.track) return h("p", {}, t("why.forgotten"));
  const from = why.mood?.name ? t("why.by-hand", { mood: mood(why.mood.name) })
    : why.reading ? t("why.face", { emotion: translated(why.reading.doubt) || emotion(why.reading.emotion), sure: percent(why.reading.confidence) })
      : why.listening ? t("why.listened") : t("why.earlier");
  return [
    h("p", {}, t("why.headline", { from, strategy: strategy(why.strategy), place: place(why.target) })),
    why.heard ? h("p", {}, sound(why.heard)) : null,
  ];
}

/** What the track sounds like; only words that were right often enough where it was measured. */
function sound({ words, tempo, feelings }) {
  const known = [...words.map(heard), t("library.bpm", { span: Math.round(tempo) })].join(", ");
  return feelings.length ? t("why.heard", { known, feelings: list(feelings.map(feeling)) }) : t("why.heard-neither", { known });
}

function reasons({ why }) {
  if (!why.track) return null;
  const lines = [
    why.adjusted ? told(why.adjusted, "p") : null,
    why.unseen ? h("p", {}, t("why.unseen"), " ", told(why.unseen)) : null,
    why.listening ? h("p", {}, t("why.listening"), " ", told(why.listening), ".") : null,
    why.mood ? h("p", {}, moodLine(why)) : null,
    why.away_from?.length ? h("p", {}, t("why.away", { n: why.away_from.length, place: place(why.away_from.at(-1)) })) : null,
    why.rule ? h("p", {}, t("why.rule", { rule: list([why.rule.when && mood(why.rule.when), why.rule.between].filter(Boolean)) })) : null,
    h("p", {}, t("why.track", { place: place(why.track), distance: number(why.track.distance), sure: percent(why.track.confidence) })),
    h("p", {}, t("why.weighed", { n: why.fitting }), refused(why.refused)),
    why.explored ? h("p", {}, t("why.explored")) : null,
    h("p", {}, rival(why)),
  ];
  return [lines, scoreTable([why.track, why.runner_up].filter(Boolean).map((track) => ({ track })))];
}

function moodLine({ mood: found, sources }) {
  const shares = Object.entries(sources ?? {}).map(([name, { share }]) => t(`why.by.${name}`, { share: percent(share) }));
  if (!shares.length) return t("why.mood", { place: place(found), n: found.readings });
  return t("why.mood-shared", { place: place(found), shares: list(shares) });
}

function refused(counts) {
  const words = Object.entries(counts ?? {}).map(([name, count]) => `${count} ${limit(name)}`);
  return words.length ? ` ${t("why.refused", { list: list(words) })}` : "";
}

function rival({ track, runner_up: other }) {
  if (!other) return t("why.alone");
  const names = ["closeness", "confidence", "taste", "freshness", "voice"];
  const lead = (name) => (track[name] ?? 1) - (other[name] ?? 1);
  const better = names.filter((name) => lead(name) > LEAST_DIFFERENCE).map((name) => t(`better.${name}`));
  const worse = names.filter((name) => lead(name) < -LEAST_DIFFERENCE).map((name) => t(`worse.${name}`));
  const told = [better, worse].filter((words) => words.length).map((words) => list(words)).join(t("why.but")) || t("why.alike");
  return t(track.score >= other.score ? "why.rival" : "why.rival-higher", { track: byline(other), told });
}
