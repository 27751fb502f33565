// Sentences of the program, such as what an error says, in the user's language: by templates in
// which {} stands for a value, which may be a sentence again.
import { h } from "./dom.js";
import { currentLanguage, has, messages, t } from "./i18n.js";

const DEEPEST = 4;
let known = { of: null, patterns: [] };

function patterns() {
  if (known.of !== messages) {
    const all = Object.entries(messages).map(([template, text]) => ({ parts: template.split("{}"), text }));
    const letters = (one) => one.parts.join("").length;
    all.sort((a, b) => letters(b) - letters(a)); // the most telling one first
    known = {
      of: messages,
      patterns: all.map(({ parts, text }) => ({
        pattern: new RegExp(`^${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.+?)")}$`, "s"), text,
      })),
    };
  }
  return known.patterns;
}

/** The sentence in the user's language; null where no template is known. */
function translate(sentence, depth = 0) {
  for (const { pattern, text } of patterns()) {
    const found = pattern.exec(sentence);
    if (!found) continue;
    const values = found.slice(1).map((value) => word(value) ?? (depth < DEEPEST ? translate(value, depth + 1) : null) ?? value);
    return text.replace(/\{\}/g, () => values.shift());
  }
  return null;
}

const word = (value) => (has(`emotion.${value}`) ? t(`emotion.${value}`) : null);

/** The sentence in the user's language, or as it is where no template is known. */
export function translated(sentence) {
  return (currentLanguage() !== "en" && sentence && translate(sentence)) || sentence;
}

/** An element with a sentence of the program, marked as English where it is not translated. */
export function told(sentence, tag = "span", properties = {}, ...more) {
  const text = currentLanguage() === "en" ? sentence : translate(sentence);
  return h(tag, { ...properties, lang: text === null ? "en" : null }, text ?? sentence, ...more);
}
