// Doctor: every check with its remedy, made again at a press.
import { get } from "../api.js";
import { button, h, replace } from "../dom.js";
import { t } from "../i18n.js";
import { told } from "../messages.js";
import { attempt, say } from "../notice.js";

// The commands whose work the tab Setup does too.
const HERE = /companion (setup|login|sync|tag|service install)/;

export async function show(root) {
  const body = h("div", { "aria-busy": "true" }, h("p", {}, t("doctor.checking")));
  const load = () => attempt(async () => {
    body.setAttribute("aria-busy", "true");
    const { checks } = await get("doctor");
    body.setAttribute("aria-busy", "false");
    const left = checks.filter((check) => check.level !== "OK").length;
    const summary = left ? t("doctor.left", { n: left }) : t("doctor.well");
    replace(body, h("p", { className: "big" }, summary), h("ul", { className: "checks plain" },
      [...checks].sort((a, b) => rank(b) - rank(a)).map((check) => h("li", { className: `card check ${check.level}` },
        h("span", { className: "level" }, t(`level.${check.level}`)),
        h("h2", {}, t(`check.${check.name}`)),
        told(check.finding, "p"),
        check.remedy ? h("p", { className: "remedy" }, "→ ", told(check.remedy), HERE.test(check.remedy) ? [" ", h("a", { href: "#/setup" }, t("doctor.here"))] : null) : null))));
    return summary;
  });
  root.append(h("div", { className: "row" }, button(t("doctor.again"), async () => {
    if (await load()) say(t("doctor.done"));
  }, { className: "primary" })), body);
  load();
  return () => {};
}

const rank = (check) => ["OK", "WARN", "FAIL"].indexOf(check.level);
