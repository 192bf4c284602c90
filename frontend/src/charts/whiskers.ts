import { INK } from "./ink";
import type { Series } from "./picture";

interface Api {
  value(at: number): number;
  coord(point: number[]): number[];
}

/** A thin line over each bar from the low to the high end of its interval, with a stroke at either end. */
export function whiskers(series: Series, lying: boolean): object[] {
  if (!series.band) return [];
  return [{
    type: "custom", name: `\0${series.name}`, silent: true, z: 4, tooltip: { show: false },
    data: series.band.map(([low, high], at) => [at, low, high]),
    encode: lying ? { y: 0, x: [1, 2] } : { x: 0, y: [1, 2] },
    renderItem: (_place: unknown, api: Api): object => {
      const at = api.value(0);
      const [low, high] = [api.value(1), api.value(2)].map((value) => api.coord(lying ? [value, at] : [at, value]));
      const [x1, y1, x2, y2] = [low![0]!, low![1]!, high![0]!, high![1]!];
      const [dx, dy] = lying ? [0, 4] : [4, 0];
      const ends = [[x1, y1], [x2, y2]].map(([x, y]) => stroke(x! - dx, y! - dy, x! + dx, y! + dy));
      return { type: "group", children: [stroke(x1, y1, x2, y2), ...ends] };
    },
  }];
}

function stroke(x1: number, y1: number, x2: number, y2: number): object {
  return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: INK, lineWidth: 1.25, fill: "none" } };
}
