// Setup: the steps of the set-up, each with its state; it can be left and resumed at any step.
import { get, post } from "../api.js";
import { LivePicture } from "../camera.js";
import { button, h, replace } from "../dom.js";
import { listen } from "../events.js";
import { t } from "../i18n.js";
import { told } from "../messages.js";
import { attempt, say } from "../notice.js";
import { startTask } from "../tasks.js";

const STEPS = ["app", "sign_in", "clips", "library", "camera", "service"];
const DASHBOARD = "https://developer.spotify.com/dashboard";

export async function show(root, onLeave) {
  let data = await get("setup");
  let open = STEPS.find((name) => !data[name].done) ?? null;
  const picture = new LivePicture();
  const steps = h("ol", { className: "steps plain" });
  const load = () => attempt(async () => {
    data = await get("setup");
    draw();
  });
  const act = (name, values, done) => attempt(async () => {
    const result = await post(name, values);
    say(done, result.advice ? told(result.advice, "p") : null);
    data = await get("setup");
    if (data[open]?.done && open !== "camera") open = STEPS.find((one) => !data[one].done) ?? null;
    draw();
  });

  function draw() {
    if (open !== "camera" || !data.camera.done) picture.stop();
    replace(steps, STEPS.map((name, k) => {
      const done = data[name].done;
      const body = `step-${name}`;
      return h("li", { className: `card step${done ? " done" : ""}` },
        h("h2", {}, h("button", {
          type: "button", className: "link", "aria-expanded": String(open === name), "aria-controls": body, "data-name": name,
          onclick: () => { open = open === name ? null : name; draw(); steps.querySelector(`[data-name="${name}"]`).focus(); },
        }, `${k + 1}. ${t(`setup.${name}`)}`), h("span", { className: "level" }, done ? t("setup.done") : t("setup.open"))),
        h("div", { id: body, hidden: open !== name }, open === name ? BODIES[name]() : null));
    }));
  }

  const BODIES = {
    app: () => {
      const input = h("input", { type: "text", id: "client-id", autocomplete: "off", className: "wide" });
      return [
        h("p", {}, t("setup.app.why")),
        h("ol", {}, h("li", {}, h("a", { href: DASHBOARD, target: "_blank", rel: "noreferrer" }, DASHBOARD)),
          ["create", "redirect", "tick", "copy"].map((step) => h("li", {}, t(`setup.app.${step}`), step === "redirect" ? [" ", h("code", {}, data.app.redirect)] : null))),
        h("div", { className: "row" }, h("label", { htmlFor: "client-id" }, t("setup.app.id")), input,
          button(t("setup.keep"), () => act("setup-app", { client_id: input.value }, t("setup.app.done")), { className: "primary" })),
      ];
    },
    sign_in: () => [
      h("p", {}, t("setup.sign_in.why")),
      data.sign_in.problem ? [told(data.sign_in.problem, "p", { className: "bad" }), told(data.sign_in.remedy, "p")] : null,
      data.sign_in.days === null ? null : h("p", {}, t("setup.sign_in.days", { n: data.sign_in.days })),
      button(t("setup.sign_in.go"), () => startTask("sign_in"), { className: "primary", disabled: !data.app.done }),
      data.app.done ? null : h("p", { className: "faint" }, t("setup.sign_in.first")),
    ],
    clips: () => {
      const folder = h("input", { type: "text", id: "clips-folder", value: data.clips.folder, className: "wide" });
      const chosen = () => steps.querySelector("input[name=source]:checked")?.value ?? "none";
      return [
        h("p", {}, t("setup.clips.why")),
        h("fieldset", {}, h("legend", {}, t("setup.clips.source")), ["local", "deezer", "both", "none"].map((name) => h("label", { className: "option" },
          h("input", { type: "radio", name: "source", value: name, checked: name === data.clips.source }), " ", h("span", {}, h("strong", {}, t(`setup.clips.${name}`)), " ", t(`setup.clips.${name}.help`))))),
        h("div", { className: "row" }, h("label", { htmlFor: "clips-folder" }, t("setup.clips.folder")), folder),
        button(t("setup.keep"), () => act("setup-clips", { source: chosen(), folder: folder.value }, t("setup.clips.done")), { className: "primary" }),
      ];
    },
    library: () => [
      h("p", {}, t("setup.library.why")),
      h("p", {}, t("library.counts", { n: data.library.tracks, tagged: data.library.tagged })),
      h("div", { className: "row" },
        button(t("library.sync"), () => startTask("sync"), { className: data.library.tracks ? "" : "primary" }),
        button(t("library.tag"), () => startTask("tag"), { className: data.library.tracks ? "primary" : "" })),
    ],
    camera: () => [
      h("p", {}, t("setup.camera.why")),
      h("div", { className: "row" },
        data.camera.done ? button(t("setup.camera.deny"), () => act("setup-camera", { allowed: false }, t("setup.camera.denied")))
          : button(t("setup.camera.allow"), () => act("setup-camera", { allowed: true }, t("setup.camera.allowed")), { className: "primary" })),
      data.camera.done ? picture.element() : null,
    ],
    service: () => [
      h("p", {}, t("setup.service.why")),
      data.service.problem ? told(data.service.problem, "p", { className: "bad" }) : null,
      data.service.place ? h("p", { className: "faint" }, h("code", {}, data.service.place)) : null,
      h("div", { className: "row" },
        button(t("setup.service.install"), () => act("setup-service", { wanted: true }, t("setup.service.installed")), { className: "primary" }),
        data.service.installed ? button(t("setup.service.remove"), () => act("setup-service", { wanted: false }, t("setup.service.removed"))) : null),
    ],
  };

  draw();
  root.append(h("p", {}, t("setup.intro")), steps);
  const unlisten = listen("task", (task) => task.state !== "running" && load());
  onLeave(() => {
    unlisten();
    picture.stop();
  });
  return load;
}
