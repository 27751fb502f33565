// Long work: a strip above every tab with what is done, the time left, and a button to stop.
import { get, post } from "./api.js";
import { button, h, replace } from "./dom.js";
import { listen } from "./events.js";
import { span, t } from "./i18n.js";
import { attempt, complain, say } from "./notice.js";

const tasks = new Map();

export async function followTasks() {
  listen("task", take);
  await attempt(async () => Object.values(await get("tasks")).forEach((task) => task.state === "running" && take(task)));
}

export function isRunning(kind) {
  return tasks.get(kind)?.state === "running";
}

export const startTask = (kind) => attempt(() => post("start", { kind }));

function take(task) {
  const before = tasks.get(task.kind);
  tasks.set(task.kind, task);
  if (before?.state === "running" && task.state === "done") say(t(`task.${task.kind}.done`, { n: count(task) }));
  if (before?.state === "running" && task.state === "stopped") say(t("task.stopped"));
  if (task.state === "failed") complain({ message: task.problem, remedy: task.remedy });
  draw();
}

const count = (task) => task.result?.tracks ?? task.result?.tagged ?? task.result?.days ?? 0;

function draw() {
  const running = [...tasks.values()].filter((task) => task.state === "running");
  replace(document.getElementById("tasks"), running.map((task) => {
    const name = t(`task.${task.kind}`);
    const total = task.total ? t("task.progress", { done: task.done, total: task.total }) : "";
    const left = task.seconds_left ? t("task.left", { span: span(task.seconds_left) }) : "";
    return h("div", { className: "task" }, h("span", {}, name),
      h("progress", { max: task.total || null, value: task.total ? task.done : null, "aria-label": name }),
      h("span", { className: "figure" }, [total, left].filter(Boolean).join(", ")),
      task.kind === "sign_in" ? null : button(t("stop"), () => attempt(() => post("stop", { kind: task.kind }))));
  }));
}
