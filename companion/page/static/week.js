// The strategies by hour and mood: rules as a list that can be changed, drawn on a week.
import { post } from "./api.js";
import { button, card, h, replace } from "./dom.js";
import { currentLanguage, t } from "./i18n.js";
import { told } from "./messages.js";
import { attempt, say } from "./notice.js";
import { mood, strategy } from "./words.js";

const QUADRANT_OF = { happy: "q1", excited: "q1", tense: "q2", angry: "q2", sad: "q3", tired: "q3", calm: "q4", content: "q4" };

export function weekCard(data) {
  let rules = data.rules.map((rule) => ({ ...rule }));
  let asMood = "";
  const list = h("ol", { className: "rules" });
  const week = h("div", {});
  const problem = h("p", { className: "bad", role: "alert" });
  const moodSelect = h("select", { id: "week-mood", onchange: (event) => { asMood = event.target.value; drawWeek(); } },
    h("option", { value: "" }, t("week.no-rule-mood")), data.moods.map((name) => h("option", { value: name }, mood(name))));

  function draw() {
    replace(list, rules.map(ruleRow));
    drawWeek();
  }

  function ruleRow(rule, k) {
    const [begin, end] = rule.between ? rule.between.split("-") : ["", ""];
    const time = (value, key, at) => h("input", {
      type: "time", value, "aria-label": t(key, { number: k + 1 }),
      onchange: (event) => {
        const parts = rule.between ? rule.between.split("-") : ["00:00", "00:00"];
        parts[at] = event.target.value.slice(0, 5);
        rule.between = event.target.value ? parts.join("-") : "";
        draw();
      },
    });
    const options = (words, chosen, shown) => words.map((name) => h("option", { value: name, selected: name === chosen }, shown(name)));
    return h("li", { className: "row" },
      h("select", { "aria-label": t("week.when", { number: k + 1 }), onchange: (event) => { rule.when = event.target.value; draw(); } },
        h("option", { value: "" }, t("week.any-mood")), options(data.moods, rule.when, mood)),
      time(begin, "week.begin", 0), "–", time(end, "week.end", 1),
      h("select", { "aria-label": t("week.strategy", { number: k + 1 }), onchange: (event) => { rule.strategy = event.target.value; draw(); } },
        options(data.strategies, rule.strategy, strategy)),
      button("↑", () => { [rules[k - 1], rules[k]] = [rules[k], rules[k - 1]]; draw(); }, { disabled: k === 0, "aria-label": t("week.up", { number: k + 1 }), className: "small" }),
      button(t("week.remove"), () => { rules.splice(k, 1); draw(); }, { className: "small", "aria-label": t("week.remove-this", { number: k + 1 }) }));
  }

  function drawWeek() {
    const hours = Array.from({ length: 24 }, (_, hour) => strategyAt(hour));
    const days = Array.from({ length: 7 }, (_, day) => new Intl.DateTimeFormat(currentLanguage(), { weekday: "short" }).format(new Date(2026, 0, 5 + day)));
    replace(week, h("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": t("week.name") }, h("table", { className: "week" },
      h("thead", {}, h("tr", {}, h("td", {}), hours.map((_, hour) => h("th", { scope: "col" }, hour)))),
      h("tbody", {}, days.map((name) => h("tr", {}, h("th", { scope: "row" }, name),
        hours.map((word, hour) => h("td", { className: `strategy ${word}`, title: `${hour}:00 ${strategy(word)}` }, h("span", { "aria-hidden": "true" }, strategy(word)[0]), h("span", { className: "unseen" }, strategy(word)))))))),
    h("ul", { className: "legend" }, data.strategies.map((word) => h("li", {}, h("span", { className: `swatch strategy ${word}` }, strategy(word)[0]), ` ${strategy(word)}`)))));
  }

  function strategyAt(hour) {
    const clock = `${String(hour).padStart(2, "0")}:30`;
    const rule = rules.find((one) => holdsMood(one.when) && holdsHour(one.between, clock));
    return rule?.strategy || data.strategy;
  }

  const holdsMood = (when) => !when || when === asMood || (QUADRANT_OF[when] ?? when) === (QUADRANT_OF[asMood] ?? asMood);

  function holdsHour(between, clock) {
    if (!between) return true;
    const [begin, end] = between.split("-");
    return begin <= end ? begin <= clock && clock < end : clock >= begin || clock < end;
  }

  draw();
  return card(t("week.title"), h("p", { className: "faint" }, t("week.help", { strategy: strategy(data.strategy) })),
    h("div", { className: "row" }, h("label", { htmlFor: "week-mood" }, t("week.mood")), moodSelect), week,
    h("h3", {}, t("week.rules")), list, problem,
    h("div", { className: "row" },
      button(t("week.add"), () => { rules.push({ when: "", between: "22:00-06:00", strategy: "calm" }); draw(); }),
      button(t("week.save"), () => attempt(async () => {
        const { problem: wrong } = await post("save-rules", { rules });
        replace(problem, wrong ? told(wrong) : null);
        if (!wrong) say(t("settings.saved"));
      }), { className: "primary" })));
}
