interface Told {
  level: string;
  text: string;
}

const HUES: Record<string, string> = { success: "hue-good", warning: "hue-warn", error: "hue-bad", info: "hue-info" };
const READING_TIME = 6000;

/**
 * Short messages in the corner. Those in the page are shown and put away; further ones come with the answers of
 * htmx (event `told`), and one when an answer does not come. A message that reports an error stays until closed.
 */
export default function toasts(box: HTMLElement): void {
  const settle = (note: HTMLElement): void => {
    note.querySelector("button[type=button]")?.addEventListener("click", () => note.remove());
    if (note.classList.contains("hue-bad")) return;
    // What can be taken back is there for longer.
    const time = note.querySelector("form") ? 3 * READING_TIME : READING_TIME;
    let timer = window.setTimeout(() => note.remove(), time);
    note.addEventListener("pointerenter", () => window.clearTimeout(timer));
    note.addEventListener("pointerleave", () => {
      timer = window.setTimeout(() => note.remove(), time);
    });
  };
  const show = ({ level, text }: Told): void => {
    const pattern = box.querySelector<HTMLTemplateElement>("template");
    const note = pattern?.content.firstElementChild?.cloneNode(true) as HTMLElement | undefined;
    const words = note?.querySelector("[data-text]");
    if (!note || !words) return;
    note.classList.add(HUES[level] ?? "hue-info");
    words.textContent = text;
    box.append(note);
    settle(note);
  };
  const complain = (text: string | undefined) => (event: Event): void => {
    const request = (event as CustomEvent<{ xhr?: XMLHttpRequest }>).detail.xhr;
    if (text && !request?.getResponseHeader("HX-Trigger")) show({ level: "error", text });
  };

  box.querySelectorAll<HTMLElement>(".toast-note").forEach(settle);
  document.body.addEventListener("told", (event) => {
    (event as CustomEvent<{ value: Told[] }>).detail.value.forEach(show);
  });
  document.body.addEventListener("htmx:responseError", complain(box.dataset.failed));
  document.body.addEventListener("htmx:sendError", complain(box.dataset.unreachable));
}
