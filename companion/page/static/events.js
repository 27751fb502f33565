// One connection for all that the server tells by itself; it also tells the server of this tab.
const source = new EventSource("/api/events");
const listeners = new Map();

for (const kind of ["versions", "task"]) {
  source.addEventListener(kind, (event) => {
    const data = JSON.parse(event.data);
    for (const listener of listeners.get(kind) ?? []) listener(data);
  });
}

/** Calls the listener until the returned function is called. */
export function listen(kind, listener) {
  if (!listeners.has(kind)) listeners.set(kind, new Set());
  listeners.get(kind).add(listener);
  return () => listeners.get(kind).delete(listener);
}
