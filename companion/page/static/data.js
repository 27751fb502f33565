// The user's data: a file to keep, and what another machine's file brings.
import { upload } from "./api.js";
import { button, card, h } from "./dom.js";
import { t } from "./i18n.js";
import { attempt, say } from "./notice.js";

const COUNTED = ["tags", "moves", "corrections", "feedback", "blocks"];

export function dataCard() {
  const file = h("input", { type: "file", id: "data-file", accept: ".zip,.json", onchange: () => { take.disabled = !file.files.length; } });
  const take = button(t("data.import"), () => attempt(async () => {
    const counts = await upload("import", file.files[0]);
    say(h("p", {}, t("data.imported", Object.fromEntries(COUNTED.map((name) => [name, counts[name]])))),
      counts.known ? h("p", {}, t("data.known", { n: counts.known })) : null,
      counts.unmatched ? h("p", {}, t("data.unmatched", { n: counts.unmatched })) : null);
  }), { disabled: true });
  return card(t("data.title"),
    h("p", {}, t("data.export.why")),
    h("p", {}, h("a", { href: "/api/export", download: "", className: "button" }, t("data.export"))),
    h("p", {}, t("data.import.why")),
    h("div", { className: "row" }, h("label", { htmlFor: "data-file" }, t("data.file")), file, take));
}
