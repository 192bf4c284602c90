/**
 * The one dialog of the frame. It opens as soon as htmx puts something into `#sheet-body`, closes on Escape, on a
 * click beside it, on `[data-close]` and on the event `sheet-close`; closing forgets what it held.
 */
export default function sheet(element: HTMLElement): void {
  const dialog = element as HTMLDialogElement;
  const body = dialog.querySelector<HTMLElement>("#sheet-body");
  if (!body) return;
  let edited = false;

  const focus = (): void => {
    const wanted =
      body.querySelector<HTMLElement>("[aria-invalid=true], [autofocus]") ??
      body.querySelector<HTMLElement>("form :is(input:not([type=hidden]), select, textarea)") ??
      body.querySelector<HTMLElement>("a, button");
    wanted?.focus();
  };
  dialog.addEventListener("htmx:afterSwap", (event) => {
    if ((event as CustomEvent<{ target: Element }>).detail.target !== body) return;
    edited = false;
    if (!dialog.open) dialog.showModal();
    focus();
  });
  dialog.addEventListener("input", () => {
    edited = true;
  });
  dialog.addEventListener("click", (event) => {
    const target = event.target as Element;
    // A click beside a form that one has begun to fill in does not throw it away.
    if (target.closest("[data-close]") || (target === dialog && !edited)) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => body.replaceChildren());
  document.body.addEventListener("sheet-close", () => dialog.close());
  // An answer that says where it goes is shown although it tells of a conflict, such as the fresh board.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; shouldSwap: boolean; isError: boolean }>).detail;
    if (detail.xhr.status !== 409 || !detail.xhr.getResponseHeader("HX-Retarget")) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });
}
