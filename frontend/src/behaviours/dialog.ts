/** A button that opens the `<dialog>` named by `data-opens`; a click beside an open dialog closes it. */
export default function dialog(button: HTMLElement): void {
  const target = document.getElementById(button.dataset.opens ?? "") as HTMLDialogElement | null;
  if (!target) return;
  button.addEventListener("click", () => {
    target.showModal();
    target.querySelector<HTMLElement>("[autofocus]")?.focus();
  });
  target.addEventListener("click", (event) => {
    if (event.target === target) target.close();
  });
}
