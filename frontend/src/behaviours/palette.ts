/**
 * The search box of the topbar. Ctrl/Cmd-K and "/" go to it, the arrow keys walk through what was found, Enter
 * opens it (or, in the box, the page of all results), Escape closes.
 */
export default function palette(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const box = form.querySelector<HTMLInputElement>("input[type=search]");
  const found = form.querySelector<HTMLElement>(".search-found");
  if (!box || !found) return;

  const links = (): HTMLAnchorElement[] => [...found.querySelectorAll<HTMLAnchorElement>("a[href]")];
  const close = (): void => {
    found.hidden = true;
  };
  const open = (): void => {
    found.hidden = box.value.trim() === "";
  };
  const walk = (step: number): void => {
    const all = links();
    const to = all.indexOf(document.activeElement as HTMLAnchorElement) + step;
    (to < 0 ? box : (all[Math.min(to, all.length - 1)] ?? box)).focus();
  };

  const mac = /Mac|iPhone|iPad/.test(navigator.platform);
  form.querySelectorAll("[data-mac]").forEach((key) => {
    if (mac) key.textContent = key.getAttribute("data-mac");
  });
  box.addEventListener("focus", open);
  box.addEventListener("htmx:confirm", (event) => {
    if (box.value.trim() === "") event.preventDefault();
  });
  box.addEventListener("input", () => {
    if (box.value.trim() === "") found.replaceChildren();
    open();
  });
  found.addEventListener("htmx:afterSwap", open);
  form.addEventListener("submit", (event) => {
    if (box.value.trim() === "") event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    const to = event.relatedTarget as Node | null;
    if (to && !form.contains(to)) close();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!form.contains(event.target as Node)) close();
  });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // an input method for Vietnamese uses these keys itself
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      if (found.hidden) box.blur();
      else box.focus();
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    const typing = (event.target as HTMLElement).closest("input, textarea, select, [contenteditable]");
    const combination = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    if ((!combination && !slash) || !form.isConnected) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}
