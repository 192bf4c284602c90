import htmx from "htmx.org";
import type Sortable from "sortablejs";

interface Dragged {
  card: HTMLElement;
  from: HTMLElement;
  next: Element | null;
}

/**
 * Cards dragged from column to column. The server decides: a card that may not stay goes back to where it was, and
 * a dialog says what is lacking. Ctrl with the left and right arrows moves the focused card to the next column.
 */
export default function board(element: HTMLElement): void {
  const columns = [...element.querySelectorAll<HTMLElement>(".board-cards[data-stage]")];

  const send = ({ card, from, next }: Dragged, to: HTMLElement): void => {
    const link = card.querySelector<HTMLElement>(".board-move[hx-get]");
    if (!link) return;
    const address = link.getAttribute("hx-get") ?? "";
    const values = { to: to.dataset.stage, version: card.dataset.version, dragged: "1" };
    card.setAttribute("aria-busy", "true");
    const settle = (event: Event): void => {
      const detail = (event as CustomEvent<{ xhr: XMLHttpRequest; requestConfig: { path: string } }>).detail;
      if (detail.requestConfig.path !== address) return;
      document.body.removeEventListener("htmx:afterRequest", settle);
      card.removeAttribute("aria-busy");
      if (detail.xhr.status !== 200 && card.isConnected) from.insertBefore(card, next?.parentElement === from ? next : null);
    };
    document.body.addEventListener("htmx:afterRequest", settle);
    void htmx.ajax("post", address, { source: element, target: "#sheet-body", swap: "innerHTML", values });
  };

  const drags = (library: typeof Sortable): void => {
    for (const column of columns) {
      let next: Element | null = null;
      library.create(column, {
        group: "board",
        draggable: ".board-card",
        filter: ".board-move",
        preventOnFilter: false,
        sort: false,
        animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
        delay: 180, // On a touch screen a swipe scrolls, a long touch drags.
        delayOnTouchOnly: true,
        ghostClass: "is-ghost",
        onStart: (event) => {
          next = event.item.nextElementSibling;
          element.classList.add("is-dragging");
        },
        onEnd: (event) => {
          element.classList.remove("is-dragging");
          if (event.from !== event.to) send({ card: event.item, from: event.from, next }, event.to);
        },
      });
    }
  };
  // A chunk of its own that only the board loads; who may move nothing needs none.
  if (element.querySelector(".board-move")) void import("sortablejs").then((loaded) => drags(loaded.default));

  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = (event.target as HTMLElement).closest<HTMLElement>(".board-card");
    if (!step || !card || !event.ctrlKey || event.altKey || event.metaKey) return;
    const from = card.parentElement as HTMLElement;
    const to = columns[columns.indexOf(from) + step];
    if (!to) return;
    event.preventDefault();
    const next = card.nextElementSibling;
    to.prepend(card);
    send({ card, from, next }, to);
    card.querySelector<HTMLElement>(".board-card-name")?.focus();
  });
}
