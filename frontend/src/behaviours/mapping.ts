/** The mapping page: counts the columns that are loaded, marks what is still needed and what is chosen twice. */
export default function mapping(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  const count = form.querySelector<HTMLElement>("[data-mapping-count]");
  const selects = [...form.querySelectorAll<HTMLSelectElement>("select[name^=column-]")];

  const look = (): void => {
    const chosen = selects.map((select) => select.value).filter(Boolean);
    const rows = new Set<Element>();
    const loaded = new Set<Element>();
    for (const select of selects) {
      const row = select.closest(".mapping-row");
      if (!row) continue;
      rows.add(row);
      if (select.value) loaded.add(row);
      const twice = select.value !== "" && chosen.filter((value) => value === select.value).length > 1;
      select.toggleAttribute("aria-invalid", twice);
      if (twice) select.setAttribute("aria-invalid", "true");
    }
    for (const row of rows) row.classList.toggle("is-left", !loaded.has(row));
    if (count?.dataset.words) {
      count.textContent = count.dataset.words
        .replace("{matched}", String(loaded.size))
        .replace("{all}", String(rows.size));
    }
    form.querySelectorAll<HTMLElement>("[data-needs]").forEach((need) => {
      const constant = form.querySelector<HTMLInputElement>(`[name="constant-${need.dataset.needs}"]`);
      const met = chosen.includes(need.dataset.needs ?? "") || Boolean(constant?.value);
      need.classList.toggle("hue-good", met);
      need.classList.toggle("hue-warn", !met);
      need.querySelector("use")?.setAttribute("href", icon(need, met ? "circle-check" : "circle"));
    });
  };
  const icon = (inside: HTMLElement, name: string): string =>
    (inside.querySelector("use")?.getAttribute("href") ?? "").replace(/#.*/, `#${name}`);

  form.addEventListener("change", look);
  look();
}
