// The live picture of Setup: drawn on a canvas as it comes, with the face's box and the light.
import { button, colour, h, replace } from "./dom.js";
import { percent, t } from "./i18n.js";
import { complain } from "./notice.js";

export class LivePicture {
  #ending = null;

  /** The button that begins, and once it has begun, the picture. */
  element() {
    this.box ??= h("div", { className: "live" });
    if (!this.#ending) this.#offer();
    return this.box;
  }

  stop() {
    this.#ending?.abort();
    this.#ending = null;
    if (this.box) this.#offer();
  }

  #offer() {
    replace(this.box, button(t("camera.look"), () => this.#begin()));
  }

  async #begin() {
    this.#ending?.abort();
    const ending = new AbortController();
    this.#ending = ending;
    const canvas = h("canvas", { width: 480, height: 360, role: "img", "aria-label": t("camera.picture") });
    const light = h("meter", { min: 0, max: 255, low: 30, "aria-label": t("camera.light") });
    const words = h("p", { role: "status" }, t("camera.starting"));
    replace(this.box, canvas, h("div", { className: "row" }, h("span", {}, t("camera.light")), light), words,
      button(t("camera.stop"), () => this.stop()));
    try {
      const response = await fetch("/api/camera", { signal: ending.signal });
      for await (const line of lines(response.body)) await draw(JSON.parse(line), canvas, light, words);
      if (this.#ending === ending) this.stop();
    } catch (error) {
      if (error.name !== "AbortError") {
        this.stop();
        complain("remedy" in error ? error : { message: "closed" });
      }
    }
  }
}

async function* lines(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop();
    yield* parts.filter(Boolean);
  }
}

async function draw(shot, canvas, light, words) {
  if (shot.problem) throw Object.assign(new Error(shot.problem), { remedy: shot.remedy });
  const bytes = Uint8Array.from(atob(shot.picture), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  shot.faces.forEach((face, k) => {
    const box = [face.left * canvas.width, face.top * canvas.height, face.width * canvas.width, face.height * canvas.height];
    for (const [name, width] of [["paper", 6], [k ? "q2" : "q4", 3]]) {
      context.strokeStyle = colour(name);
      context.lineWidth = width;
      context.strokeRect(...box);
    }
  });
  light.value = shot.brightness;
  const text = shot.brightness < shot.dark ? t("camera.dark")
    : shot.faces.length === 1 ? t("camera.face", { sure: percent(shot.faces[0].score) })
      : shot.faces.length ? t("camera.faces", { n: shot.faces.length }) : t("camera.no-face");
  if (words.textContent !== text) words.textContent = text;
}
