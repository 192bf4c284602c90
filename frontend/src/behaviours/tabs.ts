/** A line of tabs that is wider than the screen: begins where the present one is. */
export default function tabs(line: HTMLElement): void {
  const present = line.querySelector<HTMLElement>("[aria-current]");
  if (present) line.scrollLeft = present.offsetLeft - (line.clientWidth - present.offsetWidth) / 2;
}
