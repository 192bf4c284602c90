/** A form that sends one call of the API as the signed-in user and shows what it answers; a file is offered to save. */
export default function tryOut(form: HTMLFormElement | HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  const shown = form.querySelector<HTMLElement>(".api-answer");
  const save = form.querySelector<HTMLAnchorElement>("[data-save]");
  const put = (name: string, text: string): void => {
    const place = form.querySelector(`[data-${name}]`);
    if (place) place.textContent = text;
  };
  const offer = (file: Blob | null, name: string): void => {
    if (!save) return;
    if (save.href) URL.revokeObjectURL(save.href);
    save.removeAttribute("href");
    save.hidden = !file;
    if (!file) return;
    save.href = URL.createObjectURL(file);
    save.download = name;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const call = asked(form);
    const begun = performance.now();
    try {
      const answer = await fetch(call.address, call.options);
      put("status", `${answer.status} ${answer.statusText}`.trim());
      put("took", `${Math.round(performance.now() - begun)} ms`);
      const kind = answer.headers.get("Content-Type") ?? "";
      const file = kind && !kind.includes("json") ? await answer.blob() : null;
      put("answer", file ? `${kind} · ${file.size} B` : readable(await answer.text()));
      offer(file, named(answer.headers.get("Content-Disposition") ?? ""));
    } catch (error) {
      put("status", "–");
      put("took", "");
      put("answer", String(error));
      offer(null, "");
    }
    if (shown) shown.hidden = false;
  });
}

/** The call that the fields of the form describe; empty ones are left out. */
function asked(form: HTMLFormElement): { address: string; options: RequestInit } {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": form.dataset.token ?? "" };
  const query = new URLSearchParams();
  let path = form.dataset.path ?? "";
  let body: BodyInit | null = null;
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("[data-place]")) {
    const value = field.value.trim();
    const file = field instanceof HTMLInputElement ? field.files?.[0] : undefined;
    if (!value) continue;
    if (field.dataset.place === "path") path = path.replace(`{${field.name}}`, encodeURIComponent(value));
    else if (field.dataset.place === "query") query.append(field.name, value);
    else if (field.dataset.place === "further") new URLSearchParams(value).forEach((given, name) => query.append(name, given));
    else if (field.dataset.place === "header") headers[field.name] = value;
    else if (field.dataset.place === "body") body = value;
    else if (file) body = field.dataset.place === "form" ? asForm(file) : file;
  }
  if (typeof body === "string") headers["Content-Type"] = "application/json";
  else if (body instanceof File) headers["Content-Type"] = "application/octet-stream";
  const address = query.size ? `${path}?${query}` : path;
  return { address, options: { method: form.dataset.method ?? "GET", headers, body, credentials: "same-origin" } };
}

/** The file as the part of a form that the API takes. */
function asForm(file: File): FormData {
  const form = new FormData();
  form.append("file", file, file.name);
  return form;
}

/** The name that an answer gives a file. */
function named(disposition: string): string {
  const coded = /filename\*=utf-8''([^;]+)/i.exec(disposition)?.[1];
  return coded ? decodeURIComponent(coded) : (/filename="([^"]+)"/.exec(disposition)?.[1] ?? "answer");
}

/** JSON with line breaks; anything else as it came. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
