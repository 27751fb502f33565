// Elements without HTML text: nothing from outside can become markup.
const SVG = "http://www.w3.org/2000/svg";

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !(element instanceof SVGElement) && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function s(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

export function replace(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter((one) => one !== null && one !== false && one !== undefined));
}

/** A button that cannot be pressed again until its work is done. */
export function button(label, act, properties = {}) {
  return h("button", {
    type: "button",
    ...properties,
    onclick: async (event) => {
      const own = event.currentTarget;
      own.disabled = true;
      try {
        await act(event);
      } finally {
        own.disabled = false;
      }
    },
  }, label);
}

export function card(title, ...children) {
  const id = `card-${Math.random().toString(36).slice(2)}`;
  return h("section", { className: "card", "aria-labelledby": id }, h("h2", { id }, title), ...children);
}

/** The element's colours, as the style sheet has them now. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
