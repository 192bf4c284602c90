/** A form that sends one call of the API as the signed-in user and shows what it answers. */
export default function tryOut(form: HTMLFormElement | HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const shown = form.querySelector<HTMLElement>(".api-answer");
  const put = (name: string, text: string): void => {
    const place = form.querySelector(`[data-${name}]`);
    if (place) place.textContent = text;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const call = asked(form);
    const begun = performance.now();
    try {
      const answer = await fetch(call.address, call.options);
      put("status", `${answer.status} ${answer.statusText}`.trim());
      put("took", `${Math.round(performance.now() - begun)} ms`);
      put("answer", readable(await answer.text()));
    } catch (error) {
      put("status", "–");
      put("took", "");
      put("answer", String(error));
    }
    if (shown) shown.hidden = false;
  });
}

/** The call that the fields of the form describe; empty ones are left out. */
function asked(form: HTMLFormElement): { address: string; options: RequestInit } {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": form.dataset.token ?? "" };
  const query = new URLSearchParams();
  let path = form.dataset.path ?? "";
  let body: string | null = null;
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-place]")) {
    const value = field.value.trim();
    if (!value) continue;
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (field.dataset.place === "query") query.append(field.name, value);
    else if (field.dataset.place === "header") headers[field.name] = value;
    else if (field.dataset.place === "body") body = value;
  }
  if (body !== null) headers["Content-Type"] = "application/json";
  const address = query.size ? `${path}?${query}` : path;
  return { address, options: { method: form.dataset.method ?? "GET", headers, body, credentials: "same-origin" } };
}

/** JSON with line breaks; anything else as it came. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
