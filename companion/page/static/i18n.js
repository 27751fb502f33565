// Texts by key, from a file for each language; numbers and times by the language's own rules.
export const LANGUAGES = { en: "English", de: "Deutsch" };
let texts = {};
let settings = {};
export let messages = {};
let language = "en";
let region = "en"; // the language as it is spoken where the user lives, for numbers and times

export async function loadLanguage() {
  const wanted = [localStorage.getItem("language"), ...navigator.languages];
  language = wanted.map((one) => one?.slice(0, 2)).find((one) => one in LANGUAGES) ?? "en";
  region = navigator.languages.find((one) => one.startsWith(language)) ?? language;
  const files = [`${language}.json`, `settings-${language}.json`, ...(language === "en" ? [] : [`messages-${language}.json`])];
  [texts, settings, messages = {}] = await Promise.all(files.map(async (file) => (await fetch(`/static/locales/${file}`)).json()));
  document.documentElement.lang = language;
}

export function currentLanguage() {
  return language;
}

export function setLanguage(name) {
  localStorage.setItem("language", name);
}

/** The text of a key; {name} stands for a value, and a number n chooses between one and other. */
export function t(key, values = {}) {
  const plural = "n" in values ? `${key}.${new Intl.PluralRules(language).select(values.n)}` : key;
  const text = texts[plural] ?? texts[`${key}.other`] ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? shown(values[name]) : whole));
}

export function has(key) {
  return key in texts;
}

export function settingText(name, otherwise) {
  return settings[name] ?? otherwise;
}

function shown(value) {
  return typeof value === "number" ? new Intl.NumberFormat(region).format(value) : String(value);
}

export const number = (value, digits = 2) =>
  new Intl.NumberFormat(region, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: "auto" }).format(value);
export const signed = (value) =>
  new Intl.NumberFormat(region, { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: "always" }).format(value);
export const percent = (value) => new Intl.NumberFormat(region, { style: "percent" }).format(value);
export const clock = (ms) => new Intl.DateTimeFormat(region, { hour: "2-digit", minute: "2-digit" }).format(ms);
export const day = (ms) => new Intl.DateTimeFormat(region, { weekday: "long", day: "numeric", month: "long" }).format(ms);
export const moment = (ms) =>
  new Intl.DateTimeFormat(region, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(ms);
export const list = (words) => new Intl.ListFormat(region, { type: "conjunction" }).format(words);

export function span(seconds) {
  if (seconds < 90) return t("span.seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return t("span.minutes", { n: Math.round(seconds / 60) });
  return t("span.hours", { n: Math.round(seconds / 3600) });
}

export function length(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
