const NAMES: Record<string, string> = { light: "rapport", dark: "rapport-dark" };

/** The form that chooses light, dark or as the device is: seen at once, kept by htmx on the server. */
export default function theme(form: HTMLElement): void {
  const buttons = form.querySelectorAll<HTMLButtonElement>("button[name=theme]");
  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      const name = NAMES[button.value];
      if (name) document.documentElement.dataset.theme = name;
      else delete document.documentElement.dataset.theme;
      document.querySelectorAll<HTMLButtonElement>("button[name=theme]").forEach((other) => {
        other.setAttribute("aria-pressed", String(other.value === button.value));
      });
    }),
  );
}
