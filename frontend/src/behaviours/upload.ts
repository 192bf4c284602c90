/**
 * The form that a file is sent by: names the chosen file, refuses one that is too large before it is sent, and shows
 * how much of it has arrived. Dropping works by itself, because the file field covers the whole surface.
 */
export default function upload(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const field = form.querySelector<HTMLInputElement>("input[type=file]");
  const drop = form.querySelector<HTMLElement>(".drop");
  const name = form.querySelector<HTMLElement>("[data-file-name]");
  const errors = form.querySelector<HTMLElement>("#file-error");
  const box = form.querySelector<HTMLElement>("[data-upload-progress]");
  const bar = box?.querySelector("progress");
  const share = box?.querySelector<HTMLElement>("[data-upload-share]");
  const button = form.querySelector<HTMLButtonElement>("button");
  if (!field || !drop || !name || !errors || !box || !bar || !share || !button) return;
  const unchosen = name.textContent;

  const isTooLarge = (): boolean => (field.files?.[0]?.size ?? 0) > Number(form.dataset.largest ?? Infinity);
  const size = (bytes: number): string =>
    new Intl.NumberFormat(document.documentElement.lang, {
      style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: 1,
    }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));

  field.addEventListener("change", () => {
    const file = field.files?.[0];
    name.textContent = file ? `${file.name} · ${size(file.size)}` : unchosen;
    drop.classList.toggle("has-file", Boolean(file));
    drop.classList.toggle("drop-wrong", isTooLarge());
    errors.textContent = isTooLarge() ? (form.dataset.tooLarge ?? "") : "";
  });
  for (const kind of ["dragenter", "dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.toggle("is-over", kind === "dragenter"));
  }
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (!isTooLarge()) return;
    event.preventDefault();
    errors.textContent = form.dataset.tooLarge ?? "";
  });
  form.addEventListener("htmx:xhr:loadstart", () => {
    box.hidden = !field.files?.length;
    button.disabled = true;
  });
  form.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total } = (event as CustomEvent<{ loaded: number; total: number }>).detail;
    if (!total) return;
    bar.value = (100 * loaded) / total;
    share.textContent = `${Math.floor((100 * loaded) / total)} %`;
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if ((event as CustomEvent<{ successful: boolean }>).detail.successful) return;
    box.hidden = true;
    button.disabled = false;
  });
}
