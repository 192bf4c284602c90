/** A GET form over a list: empty fields stay out of the address, which so can be read and shared. */
export default function filters(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  form.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<{ elt: Element; formData: FormData }>).detail;
    if (detail.elt !== form) return;
    for (const [name, value] of [...detail.formData.entries()]) {
      if (value === "") detail.formData.delete(name);
    }
  });
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) {
      if (value === "") event.formData.delete(name);
    }
  });
}
