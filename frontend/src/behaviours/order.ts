import type Sortable from "sortablejs";

/** A list whose items are dragged into another order; what is sent follows the order on the page. */
export default function order(element: HTMLElement): void {
  const drags = (library: typeof Sortable): void => {
    library.create(element, {
      draggable: "[data-item]",
      filter: "button, input",
      preventOnFilter: false,
      animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      delay: 180, // On a touch screen a swipe scrolls, a long touch drags.
      delayOnTouchOnly: true,
      ghostClass: "is-ghost",
    });
  };
  void import("sortablejs").then((module) => drags(module.default));
}
