// The frame of the page: which tab is shown, and when it is shown anew.
import { Problem } from "./api.js";
import { h, replace } from "./dom.js";
import { listen } from "./events.js";
import { LANGUAGES, currentLanguage, loadLanguage, setLanguage, t } from "./i18n.js";
import { attempt } from "./notice.js";
import { followTasks } from "./tasks.js";

const TABS = ["today", "now", "why", "library", "settings", "setup", "doctor"];
const main = document.getElementById("main");
let shown = null; // the tab, with what it left to clean up
let versions = {};

function wanted() {
  const name = location.hash.replace(/^#\/?/, "").split("/")[0];
  return TABS.includes(name) ? name : "today";
}

function drawFrame() {
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("private").textContent = t("private");
  document.getElementById("language-name").textContent = `${t("language")} `;
  const nav = document.getElementById("tabs");
  nav.setAttribute("aria-label", t("tabs"));
  replace(nav, TABS.map((name) => h("a", { href: `#/${name}`, "aria-current": name === shown?.name ? "page" : null }, t(`tab.${name}`))));
  const select = document.getElementById("language");
  replace(select, Object.entries(LANGUAGES).map(([code, name]) =>
    h("option", { value: code, lang: code, selected: code === currentLanguage() }, name)));
}

async function showTab({ moved = true } = {}) {
  const name = wanted();
  shown?.clean?.();
  const own = { name };
  shown = own;
  drawFrame();
  document.title = `${t(`tab.${name}`)} – companion`;
  const root = h("div", { className: `tab ${name}` }, h("h1", {}, t(`tab.${name}`)));
  await attempt(async () => {
    const tab = await import(`./tabs/${name}.js`).catch(() => {
      throw new Problem("closed");
    });
    const refresh = await tab.show(root, (clean) => {
      own.clean = clean;
    });
    if (shown !== own) return own.clean?.();
    own.refresh = refresh;
    own.followed = tab.FOLLOWED ?? [];
  });
  if (shown !== own) return;
  replace(main, root);
  main.dataset.tab = name;
  if (moved) main.focus({ preventScroll: true });
}

listen("versions", (now) => {
  const changed = shown?.followed?.some((subject) => JSON.stringify(now[subject]) !== JSON.stringify(versions[subject]));
  versions = now;
  if (changed) shown.refresh?.();
});

async function begin() {
  if (location.search) history.replaceState(null, "", `/${location.hash}`);
  await loadLanguage();
  document.getElementById("language").addEventListener("change", async (event) => {
    setLanguage(event.target.value);
    await loadLanguage();
    await showTab({ moved: false });
  });
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address names the tab
    main.focus();
  });
  window.addEventListener("hashchange", () => showTab());
  await showTab({ moved: false });
  await followTasks();
}

begin();
