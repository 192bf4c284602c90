import type { Picture } from "../charts/picture";

/**
 * The place of a picture: draws what the JSON script in it says, again whenever the room changes. The library is a
 * chunk of its own that only pages with pictures load; where it does not come, the place says so to the styles,
 * which show the table beside it instead.
 */
export default function chart(place: HTMLElement): void {
  const data = place.querySelector<HTMLScriptElement>("script[type='application/json']");
  const canvas = place.querySelector<HTMLElement>("[data-canvas]");
  if (!data || !canvas) return;
  draw(canvas, JSON.parse(data.textContent ?? "") as Picture).catch((error: unknown) => {
    place.dataset.failed = "";
    console.error(error);
  });
}

async function draw(canvas: HTMLElement, picture: Picture): Promise<void> {
  const [{ init, option }] = await Promise.all([import("../charts/echarts"), document.fonts.ready]);
  const language = document.documentElement.lang.slice(0, 2);
  const size = (): { width: number; height: number } => ({
    width: canvas.clientWidth || 600, height: canvas.clientHeight || 320,
  });
  const drawing = init(canvas, null, { renderer: "svg", ...size() });
  const show = (moves: boolean): void => {
    const room = size();
    drawing.resize(room);
    drawing.setOption(option(picture, { ...room, language, moves }), { notMerge: true });
    fitsPaper(canvas);
  };
  show(!matchMedia("(prefers-reduced-motion: reduce)").matches);

  let width = canvas.clientWidth;
  const resized = new ResizeObserver(() => {
    if (!canvas.isConnected) {
      resized.disconnect();
      drawing.dispose();
    } else if (canvas.clientWidth && canvas.clientWidth !== width && !matchMedia("print").matches) {
      width = canvas.clientWidth;
      requestAnimationFrame(() => show(false));
    }
  });
  resized.observe(canvas);
}

/** With a viewBox the drawing shrinks to the paper, whatever width it was drawn for. */
function fitsPaper(canvas: HTMLElement): void {
  const svg = canvas.querySelector("svg");
  svg?.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
}
