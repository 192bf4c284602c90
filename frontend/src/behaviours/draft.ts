/**
 * Keeps what is typed into forms with `data-draft` in this browser, for the user of the page and the form's address,
 * until it is saved, and offers it back after a lost connection, a crash or an ended session. Never passwords, files or
 * hidden fields but the version; forgotten at sign-out and after a week. Attached once, to the frame of the page.
 */
interface Draft {
  at: number;
  version: string;
  fields: [string, string][];
}

interface Answered {
  successful: boolean;
  xhr: XMLHttpRequest;
  requestConfig: { elt: Element };
}

const WEEK = 7 * 24 * 3600 * 1000;
const PAUSE = 400;
const SENT = "rapport-draft-sent";
const PREFIX = "rapport-draft:";

export default function draft(frame: HTMLElement): void {
  const words = frame.querySelector<HTMLTemplateElement>("template[data-draft-offer]");
  const key = (form: HTMLFormElement): string =>
    `${PREFIX}${frame.dataset.user}:${new URL(form.action, location.href).pathname}`;
  const typed = (form: HTMLFormElement): [string, string][] =>
    [...new FormData(form)].flatMap(([name, value]) => {
      const control = form.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`);
      const isKept = control && typeof value === "string" && !["hidden", "password", "file"].includes(control.type);
      return isKept ? [[name, value as string] as [string, string]] : [];
    });
  const version = (form: HTMLFormElement): HTMLInputElement | null => form.querySelector("input[name=version]");
  const stored = (name: string): Draft | null => {
    try {
      const found = JSON.parse(localStorage.getItem(name) ?? "null") as Draft | null;
      return found && Date.now() - found.at < WEEK ? found : null;
    } catch {
      return null;
    }
  };
  const read = (form: HTMLFormElement): Draft | null => stored(key(form));
  const keep = (form: HTMLFormElement): void => {
    const kept: Draft = { at: Date.now(), version: version(form)?.value ?? "", fields: typed(form) };
    try {
      localStorage.setItem(key(form), JSON.stringify(kept));
    } catch {
      /* No room or not allowed: the form works as ever. */
    }
  };
  const forget = (name: string): void => localStorage.removeItem(name);

  const restore = (form: HTMLFormElement, found: Draft): void => {
    for (const control of form.elements) {
      if (!(control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement || control instanceof HTMLSelectElement)) continue;
      if (["hidden", "password", "file", "submit"].includes(control.type)) continue;
      const values = found.fields.filter(([name]) => name === control.name).map(([, value]) => value);
      if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) {
        control.checked = values.includes(control.value);
      } else if (control instanceof HTMLSelectElement && control.multiple) {
        for (const option of control.options) option.selected = values.includes(option.value);
      } else if (values[0] !== undefined) control.value = values[0];
    }
    // Saved on the version it was begun on: if someone else saved since, both texts are shown.
    const hidden = version(form);
    if (hidden && found.version) hidden.value = found.version;
  };
  const offer = (form: HTMLFormElement): void => {
    const found = read(form);
    if (!found || !words || form.querySelector("[data-draft-note]")) return;
    if (JSON.stringify(found.fields) === JSON.stringify(typed(form))) return;
    const note = words.content.firstElementChild?.cloneNode(true) as HTMLElement;
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    note.querySelector("[data-when]")?.append(when.format(found.at));
    note.querySelector("[data-take]")?.addEventListener("click", () => {
      restore(form, found);
      note.remove();
      form.querySelector<HTMLElement>("textarea, input:not([type=hidden])")?.focus();
    });
    note.querySelector("[data-drop]")?.addEventListener("click", () => {
      forget(key(form));
      note.remove();
    });
    form.prepend(note);
  };
  const offerAll = (root: ParentNode): void => {
    if (root instanceof HTMLFormElement && root.matches("[data-draft]")) offer(root);
    root.querySelectorAll<HTMLFormElement>("form[data-draft]").forEach(offer);
  };

  /** A form that was sent: where the next page is no error, nor that form on the same version, it was saved. */
  const settle = (): void => {
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    const [visit] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    // By a password or by a link that works once, which tells nobody where one came from.
    const from = document.referrer.replace(location.origin, "");
    const hadToSignIn = !from.startsWith("/") || /^\/(accounts|enter)\//.test(from);
    const isRefused = hadToSignIn || ((visit as { responseStatus?: number } | undefined)?.responseStatus ?? 200) >= 400;
    const isSame = (form: HTMLFormElement): boolean => (version(form)?.value ?? "") === (read(form)?.version ?? "");
    const forms = [...document.querySelectorAll<HTMLFormElement>("form[data-draft]")];
    const isHere = forms.some((form) => key(form) === sent && isSame(form));
    if (sent && !isRefused && !isHere) forget(sent);
  };

  let timer = 0;
  // On the document, since the dialog of quick entry stands beside the frame.
  document.addEventListener("input", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form[data-draft]");
    if (!form) return;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => keep(form), PAUSE);
  });
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.matches("[data-draft-forget]")) {
        Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).forEach(forget);
      }
      // The page that chooses between two texts saves the form that was drafted at its address.
      if (form.matches("[data-draft-settles]")) sessionStorage.setItem(SENT, key(form));
      if (!form.matches("form[data-draft]")) return;
      window.clearTimeout(timer);
      keep(form);
      if (navigator.onLine) {
        sessionStorage.setItem(SENT, key(form));
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const told = [{ level: "error", text: frame.dataset.offline ?? "" }];
      document.body.dispatchEvent(new CustomEvent("told", { detail: { value: told } }));
    },
    true,
  );
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { successful, xhr, requestConfig } = (event as CustomEvent<Answered>).detail;
    // Of the request, not of the event: the form itself may have given way to the answer.
    const form = requestConfig.elt;
    const isAway = xhr.getResponseHeader("HX-Redirect");
    if (successful && !isAway && form instanceof HTMLFormElement && form.matches("[data-draft]")) forget(key(form));
    sessionStorage.removeItem(SENT);
  });
  document.body.addEventListener("htmx:load", (event) => offerAll(event.target as Element));
  // What somebody left behind for a week goes, whoever comes next.
  Object.keys(localStorage).filter((name) => name.startsWith(PREFIX) && !stored(name)).forEach(forget);
  settle();
  offerAll(document);
}
