// Settings: a form made from the schema, and the strategies drawn on a week.
import { get, post } from "../api.js";
import { dataCard } from "../data.js";
import { button, card, h, replace } from "../dom.js";
import { settingText, t } from "../i18n.js";
import { told } from "../messages.js";
import { attempt, say } from "../notice.js";
import { weekCard } from "../week.js";

export async function show(root) {
  const data = await get("settings");
  const changes = new Map();
  const problems = new Map(); // the element that tells, by setting
  const save = button(t("settings.save"), store, { className: "primary", disabled: true });
  const state = h("span", { className: "faint", role: "status" });
  root.append(
    h("p", { className: "faint" }, t("settings.file"), " ", h("code", {}, data.file)),
    h("form", { onsubmit: (event) => { event.preventDefault(); if (changes.size) store(); } },
      data.sections.map((section) => card(settingText(section.name, section.name),
        h("p", { className: "faint" }, settingText(`[${section.name}]`, section.help)),
        section.settings.map(field))),
      h("div", { className: "row save" }, save, state)),
    weekCard(data), dataCard());

  function field(setting) {
    const id = `set-${setting.name.replace(".", "-")}`;
    const problem = h("p", { className: "bad", id: `${id}-problem`, role: "alert" });
    problems.set(setting.name, problem);
    const help = settingText(setting.name, setting.help);
    const input = INPUTS[setting.kind](setting, id, (value) => change(setting, value));
    input.setAttribute("aria-describedby", `${id}-help ${id}-problem`);
    if (setting.fixed) input.disabled = true;
    return h("div", { className: `field ${setting.kind}` },
      setting.kind === "list" ? h("span", { className: "name", id: `${id}-name` }, label(setting)) : h("label", { htmlFor: id }, label(setting)),
      input,
      h("p", { className: "faint", id: `${id}-help` }, help, " ", usual(setting)),
      setting.fixed ? h("p", { className: "faint" }, t("settings.fixed")) : null, problem);
  }

  function change(setting, value) {
    if (JSON.stringify(value) === JSON.stringify(setting.value)) changes.delete(setting.name);
    else changes.set(setting.name, value);
    replace(problems.get(setting.name));
    save.disabled = !changes.size;
    state.textContent = changes.size ? t("settings.changed", { n: changes.size }) : "";
  }

  async function store() {
    await attempt(async () => {
      for (const problem of problems.values()) replace(problem);
      const { problems: wrong } = await post("save-settings", { changes: Object.fromEntries(changes) });
      const names = Object.keys(wrong);
      for (const name of names) replace(problems.get(name), told(wrong[name]));
      if (names.length) {
        document.getElementById(`set-${names[0].replace(".", "-")}`)?.focus();
        return;
      }
      for (const section of data.sections) {
        for (const setting of section.settings) if (changes.has(setting.name)) setting.value = changes.get(setting.name);
      }
      changes.clear();
      say(t("settings.saved"));
      state.textContent = "";
    });
    setTimeout(() => { save.disabled = !changes.size; }); // after the button's own end
  }
  return () => {};
}

const label = (setting) => settingText(`${setting.name}#`, setting.name.split(".")[1].replaceAll("_", " "));

function usual(setting) {
  const value = setting.default;
  if (setting.kind === "switch") return t("settings.default", { value: value ? t("yes") : t("no") });
  const words = Array.isArray(value) ? value.join(", ") : String(value);
  return words ? t("settings.default", { value: words }) : "";
}

const numeric = (step) => (setting, id, tell) => h("input", {
  type: "number", id, step, min: setting.low, max: setting.high, value: setting.value,
  oninput: (event) => tell(event.target.value === "" ? null : Number(event.target.value)),
});

const INPUTS = {
  switch: (setting, id, tell) => h("input", { type: "checkbox", role: "switch", id, checked: setting.value, onchange: (event) => tell(event.target.checked) }),
  whole: numeric(1),
  number: numeric("any"),
  text: (setting, id, tell) => h("input", { type: "text", id, value: setting.value, oninput: (event) => tell(event.target.value) }),
  choice: (setting, id, tell) => h("select", { id, onchange: (event) => tell(event.target.value) },
    setting.words.map((word) => h("option", { value: word, selected: word === setting.value }, word))),
  list: (setting, id, tell) => {
    let chosen = [...setting.value];
    const group = h("div", { id, role: "group", className: "row", tabIndex: -1, "aria-labelledby": `${id}-name` });
    const words = [...chosen, ...setting.words.filter((word) => !chosen.includes(word))];
    group.append(...words.map((word) => h("label", {}, h("input", {
      type: "checkbox", checked: chosen.includes(word),
      onchange: (event) => {
        chosen = event.target.checked ? [...chosen, word] : chosen.filter((one) => one !== word);
        tell(chosen);
      },
    }), ` ${word}`)));
    return group;
  },
};
