/** A behaviour is attached once to each element that names it in `data-behaviour`. */
export type Behaviour = (element: HTMLElement) => void;

const modules = import.meta.glob<{ default: Behaviour }>("./behaviours/*.ts", { eager: true });
const behaviours = new Map(
  Object.entries(modules).map(([path, module]) => [path.slice("./behaviours/".length, -".ts".length), module.default]),
);
const attached = new WeakMap<HTMLElement, Set<string>>();

function attach(element: HTMLElement): void {
  const done = attached.get(element) ?? new Set<string>();
  attached.set(element, done);
  for (const name of (element.dataset.behaviour ?? "").split(" ")) {
    const behaviour = behaviours.get(name);
    if (!behaviour || done.has(name)) continue;
    done.add(name);
    behaviour(element);
  }
}

/** Attach what the given element and everything in it ask for; what already has its behaviour is left alone. */
export function attachAll(root: HTMLElement): void {
  if (root.dataset?.behaviour) attach(root);
  root.querySelectorAll<HTMLElement>("[data-behaviour]").forEach(attach);
}
