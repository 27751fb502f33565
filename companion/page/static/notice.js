// Short messages at the foot of the page, read aloud by screen readers.
import { button, h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { told } from "./messages.js";

let timer;

export function say(...content) {
  show("", content, 6000);
}

export function complain(error) {
  if (error.message === "closed") {
    show("bad", [h("p", {}, t("closed"))], null);
    return;
  }
  show("bad", [told(error.message, "p"), error.remedy ? told(error.remedy, "p") : null], 15000);
}

function show(kind, content, duration) {
  const box = document.getElementById("notice");
  clearTimeout(timer);
  box.className = kind;
  const hide = () => replace(box);
  replace(box, h("div", {}, content), button("×", hide, { className: "close", "aria-label": t("close") }));
  if (duration) timer = setTimeout(hide, duration);
}

/** Does the work; a problem is shown, and false returned. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (error) {
    if (!("remedy" in error)) console.error(error);
    complain(error);
    return false;
  }
}
