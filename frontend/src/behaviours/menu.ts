/** A `<details>` that is a menu: closes on Escape, on a click elsewhere, and when focus leaves it. */
export default function menu(element: HTMLElement): void {
  const box = element as HTMLDetailsElement;
  const summary = box.querySelector<HTMLElement>("summary");
  const items = (): HTMLElement[] =>
    [...box.querySelectorAll<HTMLElement>("a[href], button, input, select")].filter((item) => item.offsetParent);

  const outside = (event: Event): void => {
    if (!box.contains(event.target as Node)) box.open = false;
  };
  box.addEventListener("toggle", () => {
    const change = box.open ? document.addEventListener : document.removeEventListener;
    change.call(document, "pointerdown", outside);
  });
  box.addEventListener("focusout", (event) => {
    const to = event.relatedTarget as Node | null;
    if (to && !box.contains(to)) box.open = false;
  });
  box.addEventListener("keydown", (event) => {
    if (!box.open) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      box.open = false;
      summary?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = items();
      const at = all.indexOf(document.activeElement as HTMLElement);
      const step = event.key === "ArrowDown" ? 1 : -1;
      all[(at + step + all.length) % all.length]?.focus();
    }
  });
}
