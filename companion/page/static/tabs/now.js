// Now: what plays, the last reading, what would come next, and the buttons.
import { get, post } from "../api.js";
import { button, card, h, replace } from "../dom.js";
import { clock, length, moment, percent, t } from "../i18n.js";
import { told } from "../messages.js";
import { attempt, say } from "../notice.js";
import { bar, byline, emotion, mood, outcomeLine, place, scoreTable, strategy } from "../words.js";

export const FOLLOWED = ["visit", "pick", "reading", "player", "override", "tags"];
const MOODS = ["happy", "excited", "tense", "angry", "sad", "tired", "calm", "content"];

export async function show(root, onLeave) {
  let data = await get("now");
  const body = h("div", { className: "cards" });
  const load = () => attempt(async () => {
    data = await get("now");
    draw();
  });
  const act = (name, values, done) => attempt(async () => {
    const result = await post(name, values);
    if (done) say(...[done(result)].flat());
    await load();
  });

  function draw() {
    const name = document.activeElement?.dataset?.name;
    replace(body, h("div", {}, playing(), next()), h("div", {}, reading(), steer()));
    if (name) body.querySelector(`[data-name="${name}"]`)?.focus();
  }

  function playing() {
    const seen = data.playing;
    const waiting = data.waiting ? h("p", {}, t("now.waiting", { track: byline(data.waiting) })) : null;
    if (!seen) return card(t("now.playing"), h("p", {}, t("now.silent")), waiting);
    const known = seen.position_ms !== null && seen.duration_ms > 0;
    return card(t("now.playing"),
      h("p", { className: "big" }, byline(seen.track)),
      known ? h("div", { className: "row" },
        h("progress", { max: seen.duration_ms, value: seen.position_ms, "aria-label": t("now.position") }),
        h("span", { className: "figure" }, `${length(seen.position_ms)} / ${length(seen.duration_ms)}`)) : null,
      h("p", { className: "faint" }, seen.is_playing ? t("now.seen", { time: clock(seen.seen) }) : t("now.stopped", { time: clock(seen.seen) })),
      waiting,
      h("div", { className: "row" }, named("not-now", t("now.not-now"), () => act("not-now", { track: seen.track.id }, () => t("now.not-now.done")))));
  }

  function reading() {
    const found = data.reading;
    const shown = found ? [
      h("p", {}, t("now.reading", { time: moment(found.at), emotion: emotion(found.emotion), sure: percent(found.confidence), place: place(found) })),
      h("div", { className: "bars" }, Object.entries(found.probabilities).map(([name, share]) => bar(emotion(name), share, name === found.emotion))),
    ] : h("p", {}, t("now.unread"));
    return card(t("now.mood"), present(), shown);
  }

  function present() {
    const found = data.mood;
    if (!found) return h("p", { className: "big" }, t("now.unknown"));
    const until = found.until ? t("now.until", { time: moment(found.until) }) : t("now.until-auto");
    return [
      h("p", { className: "big" }, found.by_hand ? t("now.by-hand", { mood: mood(found.name), until }) : place(found)),
      h("p", { className: "faint" }, found.by_hand ? place(found) : t("now.by-readings", { n: found.readings, time: clock(found.at) })),
    ];
  }

  function next() {
    const { best, obstacle, target, strategy: name } = data.ranking;
    if (!data.tagged) return card(t("now.next"), h("p", {}, t("now.untagged")), h("p", {}, h("a", { href: "#/library" }, t("tab.library"))));
    if (!data.mood) return card(t("now.next"), h("p", {}, t("now.no-mood")));
    if (!best.length) return card(t("now.next"), h("p", {}, t("now.nothing"), " ", told(obstacle)));
    return card(t("now.next"),
      h("p", {}, t("now.target", { strategy: strategy(name), place: place(target) })),
      scoreTable(best.map((track) => ({
        track,
        act: h("button", {
          type: "button", className: "small", "aria-label": t("now.not-this", { track: byline(track) }),
          onclick: () => act("not-now", { track: track.uri.split(":").pop() }, () => t("now.not-now.done")),
        }, t("now.not-now")),
      }))),
      h("p", { className: "faint" }, t("now.drawn")));
  }

  function steer() {
    const paused = data.pause;
    const until = paused?.until ? t("now.until", { time: moment(paused.until) }) : t("now.until-resume");
    const pauses = paused
      ? [h("p", {}, t("now.paused", { until })), named("resume", t("now.resume"), () => act("resume", {}, () => t("now.resumed")))]
      : h("div", { className: "row" },
        named("pause-30", t("now.pause-30"), () => act("pause", { length: 30 })),
        named("pause-today", t("now.pause-today"), () => act("pause", { length: "today" })),
        named("pause-open", t("now.pause-open"), () => act("pause", { length: "open" })));
    return card(t("now.steer"), agent(),
      h("div", { className: "row" }, named("visit", t("now.visit"), visit)),
      h("h3", {}, t("now.pause")), pauses,
      h("h3", {}, t("now.set-mood")), moods());
  }

  function agent() {
    if (!data.agent) return h("p", {}, t("now.no-agent"), " ", h("a", { href: "#/setup" }, t("tab.setup")));
    const due = data.agent.next_visit;
    const troubles = Object.values(data.agent.troubles);
    return [
      h("p", {}, due ? t("now.agent", { time: clock(due) }) : t("now.agent-waits")),
      troubles.map((text) => told(text, "p", { className: "bad" })),
      data.visit ? h("p", { className: "faint" }, t("now.last-visit", { time: moment(data.visit.at) }), " ", outcomeLine(data.visit)) : null,
    ];
  }

  async function visit() {
    say(t("now.visiting"));
    await act("visit", {}, (ended) => outcomeLine(ended));
  }

  function moods() {
    const minutes = h("select", { "aria-label": t("now.how-long"), "data-name": "minutes" },
      [[30, "now.for-30"], [60, "now.for-60"], [180, "now.for-180"], ["", "now.for-open"]].map(([value, key]) => h("option", { value, selected: value === 60 }, t(key))));
    const set = (name) => act("mood", { mood: name, minutes: minutes.value ? Number(minutes.value) : null }, () => t("now.mood-set", { mood: mood(name) }));
    return [
      h("div", { className: "row" }, h("label", {}, t("now.how-long"), " ", minutes)),
      h("div", { className: "row", role: "group", "aria-label": t("now.set-mood") }, MOODS.map((name) => named(`mood-${name}`, mood(name), () => set(name)))),
      data.mood?.by_hand ? h("div", { className: "row" }, named("auto", t("now.auto"), () => act("mood", { mood: "auto" }, () => t("now.auto.done")))) : null,
    ];
  }

  draw();
  root.append(body);
  const timer = setInterval(load, 10000);
  onLeave(() => clearInterval(timer));
  return load;
}

/** A button that keeps the focus when the tab is drawn anew. */
const named = (name, label, act) => button(label, act, { "data-name": name });
