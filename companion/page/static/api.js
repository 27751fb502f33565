// Questions to the server; a problem becomes an error with its remedy.
export class Problem extends Error {
  constructor(problem, remedy = "") {
    super(problem);
    this.remedy = remedy;
  }
}

async function answer(response) {
  if (response.status === 401) throw new Problem("closed");
  let data;
  try {
    data = await response.json();
  } catch {
    throw new Problem("closed");
  }
  if (!response.ok) throw new Problem(data.problem ?? response.statusText, data.remedy);
  return data;
}

async function send(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new Problem("closed");
  }
  return answer(response);
}

export function get(name, values = {}) {
  const query = new URLSearchParams(values).toString();
  return send(`/api/${name}${query ? `?${query}` : ""}`, {});
}

/** Sends a file as it is. */
export function upload(name, file) {
  return send(`/api/${name}`, { method: "POST", headers: { "Content-Type": "application/zip" }, body: file });
}

export function post(name, data = {}) {
  return send(`/api/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
}
