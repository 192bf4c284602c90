const LONGEST_ADDRESS = 4000;

/** Rows ticked for a change of many: all that are shown at once, a run of them with Shift, and how many they are. */
export default function ticks(form: HTMLElement): void {
  const list = form.closest<HTMLElement>("#list");
  const all = list?.querySelector<HTMLInputElement>("[data-tick-all]");
  const button = form.querySelector<HTMLButtonElement>("[data-ticked]");
  if (!list || !all || !button) return;
  const number = button.querySelector<HTMLElement>("[data-number]");
  const boxes = (): HTMLInputElement[] => [...list.querySelectorAll<HTMLInputElement>("input[name=ids][form=bulk]")];
  let last: HTMLInputElement | null = null;

  const tell = (): void => {
    const shown = boxes();
    const ticked = shown.filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === shown.length;
    all.indeterminate = ticked > 0 && ticked < shown.length;
    button.disabled = ticked === 0;
    if (number) number.textContent = ticked ? ` (${ticked})` : "";
  };

  const between = (one: HTMLInputElement, other: HTMLInputElement): HTMLInputElement[] => {
    const shown = boxes();
    const [from = -1, to = -1] = [shown.indexOf(one), shown.indexOf(other)].sort((a, b) => a - b);
    return from < 0 ? [] : shown.slice(from, to + 1);
  };

  list.addEventListener("click", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.name !== "ids") return;
    if (event.shiftKey && last) between(last, box).forEach((each) => (each.checked = box.checked));
    last = box;
    tell();
  });
  list.addEventListener("change", (event) => {
    if (event.target === all) boxes().forEach((box) => (box.checked = all.checked));
    tell();
  });
  list.addEventListener("htmx:afterSettle", tell);
  form.addEventListener("submit", () => {
    // Very many ticked rows are too long for an address.
    const sent = [...new FormData(form as HTMLFormElement).entries()].map(([name, value]) => [name, String(value)]);
    const token = document.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
    if (!token || new URLSearchParams(sent).toString().length < LONGEST_ADDRESS) return;
    (form as HTMLFormElement).method = "post";
    form.append(token.cloneNode());
  });
  all.hidden = false;
  tell();
}
