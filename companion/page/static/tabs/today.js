// Today: the line of the day's mood, what was queued along it, the camera's uses.
import { get } from "../api.js";
import { button, card, h, replace } from "../dom.js";
import { drawDay } from "../day_line.js";
import { clock, day as dayName, percent, span, t } from "../i18n.js";
import { attempt } from "../notice.js";
import { byline, emotion, outcomeLine, state } from "../words.js";

export const FOLLOWED = ["visit", "pick", "reading"];

export async function show(root, onLeave) {
  const body = h("div", {});
  let wanted = "";
  let data = await get("today");
  const today = data.day;

  const draw = () => replace(body, header(), line(), summary(), visits());
  const load = () => attempt(async () => {
    data = await get("today", wanted ? { day: wanted } : {});
    draw();
  });
  const go = (days) => {
    const next = new Date(`${data.day}T12:00:00Z`);
    next.setUTCDate(next.getUTCDate() + days);
    wanted = next.toISOString().slice(0, 10);
    return load();
  };

  function header() {
    return h("div", { className: "row days" },
      button("←", () => go(-1), { "aria-label": t("day.before") }),
      h("strong", {}, dayName(data.begin + 43200000)),
      button("→", () => go(1), { "aria-label": t("day.after"), disabled: data.day >= today }),
      data.day === today ? null : button(t("tab.today"), () => { wanted = ""; return load(); }));
  }

  function line() {
    if (!data.readings.length && !data.picks.length) {
      return card(t("today.line"), h("p", {}, t("today.empty")), h("p", {}, h("a", { href: "#/setup" }, t("today.setup"))));
    }
    const holder = h("div", { className: "day-line" });
    requestAnimationFrame(() => drawDay(holder, data));
    return card(t("today.line"), holder);
  }

  function summary() {
    const { uses, seconds, measured } = data.camera;
    const queued = data.picks.filter((pick) => !["lost", "refused"].includes(pick.state)).length;
    const camera = uses ? t(measured ? "today.camera" : "today.camera-about", { n: uses, span: span(seconds) }) : t("today.no-camera");
    return card(t("today.summary"), h("p", {}, t("today.queued", { n: queued })), h("p", {}, camera));
  }

  function visits() {
    const rows = [
      ...data.visits.map((visit) => ({ at: visit.at, camera: visit.camera, seconds: visit.camera_seconds, mood: moodOf(visit), text: endingOf(visit) })),
      ...data.commands.map((use) => ({ at: use.at, camera: true, seconds: use.camera_seconds, mood: "", text: h("code", {}, `companion ${use.command}`) })),
    ].sort((a, b) => b.at - a.at);
    if (!rows.length) return null;
    return card(t("today.visits"), h("div", { className: "scroll tall", tabIndex: 0, role: "region", "aria-label": t("today.visits") },
      h("table", {},
        h("thead", {}, h("tr", {}, ["time", "camera", "mood", "outcome"].map((name) => h("th", { scope: "col" }, t(`column.${name}`))))),
        h("tbody", {}, rows.map((row) => h("tr", {},
          h("th", { scope: "row", className: "figure" }, clock(row.at)),
          h("td", {}, cameraWords(row)),
          h("td", {}, row.mood || "–"), h("td", {}, row.text)))))));
  }

  draw();
  root.append(body);
  const resize = new ResizeObserver(() => {
    const holder = body.querySelector(".day-line");
    if (holder) drawDay(holder, data);
  });
  resize.observe(body);
  onLeave(() => resize.disconnect());
  return load;
}

function cameraWords({ camera, seconds }) {
  if (!camera) return "–";
  return seconds === null ? t("camera.opened") : t("camera.for", { span: span(seconds) });
}

const moodOf = (visit) => (visit.emotion ? `${emotion(visit.emotion)}, ${percent(visit.confidence)}` : visit.pick?.why.mood?.name);

function endingOf(visit) {
  if (!visit.pick || visit.outcome !== "queued") return outcomeLine(visit);
  return [h("strong", {}, byline(visit.pick.track)), ` (${state(visit.pick.state)})`];
}
