/** A long menu with a search box: `[data-item]` whose words do not have what is typed are left out, and empty `[data-group]`. */
export default function narrow(element: HTMLElement): void {
  const box = element.querySelector<HTMLInputElement>("input[data-narrow]");
  const items = [...element.querySelectorAll<HTMLElement>("[data-item]")];
  if (!box || items.length < 8) return;
  const plain = (text: string): string =>
    text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

  box.hidden = false;
  box.addEventListener("input", () => {
    const asked = plain(box.value.trim());
    for (const item of items) item.hidden = !plain(item.textContent ?? "").includes(asked);
    for (const group of element.querySelectorAll<HTMLElement>("[data-group]")) {
      group.hidden = !group.querySelector("[data-item]:not([hidden])");
    }
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const first = items.find((item) => !item.hidden);
    if (first instanceof HTMLAnchorElement) first.click();
  });
  element.closest("details")?.addEventListener("toggle", (event) => {
    if ((event.target as HTMLDetailsElement).open) box.focus();
  });
  element.addEventListener("click", (event) => {
    const details = element.closest("details");
    if (details && (event.target as Element).closest("a[data-item]")) details.open = false;
  });
}
