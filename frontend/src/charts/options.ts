import type { EChartsCoreOption } from "echarts/core";
import { colour, escaped, heatOf, INK, LINE, MUTED, PAPER, writer } from "./ink";
import type { Bars, Graph, Heat, Picture, Scatter, Series } from "./picture";
import { whiskers } from "./whiskers";

export interface Room {
  width: number;
  height: number;
  language: string;
  moves: boolean;
}

const SMALL = 520;
const TOP = 14;
const FONT = { fontFamily: '"Inter Variable", ui-sans-serif, system-ui, sans-serif', fontSize: 12, color: INK };

/** The whole description of a picture for ECharts, for the room there is. */
export function option(picture: Picture, room: Room): EChartsCoreOption {
  const body =
    picture.kind === "heat" ? heat(picture, room)
    : picture.kind === "scatter" ? scatter(picture, room)
    : picture.kind === "graph" ? graph(picture, room)
    : columns(picture, room);
  return { animation: room.moves, animationDuration: 220, animationDurationUpdate: 0, textStyle: FONT, ...body };
}

function tooltip(more: object): object {
  return {
    confine: true, transitionDuration: 0, backgroundColor: PAPER, borderColor: LINE, borderWidth: 1, padding: [6, 10],
    textStyle: { ...FONT, fontSize: 13 }, extraCssText: "box-shadow:none;border-radius:8px;max-width:20rem;white-space:normal",
    ...more,
  };
}

const words = (title: string): string => title.split("\n").map(escaped).join("<br>");
const names = { axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false }, nameTextStyle: { color: MUTED } };

function categoryAxis(data: string[], more: object = {}): object {
  return { type: "category", data, ...names, axisLabel: { color: MUTED, hideOverlap: true, lineHeight: 16 }, ...more };
}

function valueAxis(write: (value: number) => string, more: object = {}): object {
  return {
    type: "value", ...names, axisLine: { show: false }, splitNumber: 4, splitLine: { lineStyle: { color: LINE } },
    axisLabel: { color: MUTED, formatter: write, hideOverlap: true }, ...more,
  };
}

function columns(picture: Bars, room: Room): EChartsCoreOption {
  const full = writer(picture.unit, room.language);
  const values = valueAxis(writer(picture.unit, room.language, true));
  const line = (entry: { seriesName: string; value: number | null; marker: string }): string =>
    `${entry.marker}${escaped(entry.seriesName)} <b>${entry.value == null ? "–" : full(entry.value)}</b>`;
  const formatter = (all: { seriesName: string; name: string; value: number | null; marker: string }[]): string =>
    [escaped(all[0]?.name ?? ""), ...all.filter((entry) => !entry.seriesName.startsWith("\0")).map(line)].join("<br>");
  const labels = { color: MUTED, hideOverlap: true, width: Math.min(room.width * 0.34, 220), overflow: "truncate" };
  const categories = picture.lying
    ? categoryAxis(picture.categories, { inverse: true, axisLabel: { ...labels, interval: 0 } })
    : categoryAxis(picture.categories, {
        boundaryGap: picture.kind === "bars", name: picture.name ?? "", nameLocation: "middle", nameGap: 26,
      });
  return {
    tooltip: tooltip({ trigger: "axis", axisPointer: { type: picture.kind === "bars" ? "shadow" : "line", shadowStyle: { color: INK, opacity: 0.05 }, lineStyle: { color: MUTED } }, formatter }),
    grid: { left: 4, right: 14, top: 14, bottom: picture.name ? 24 : 2, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: picture.lying ? { ...values, splitNumber: room.width < SMALL ? 3 : 5 } : categories,
    yAxis: picture.lying ? categories : values,
    series: picture.series.flatMap((series) => (picture.kind === "bars" ? [bar(series, picture), ...whiskers(series, picture.lying === true)] : lines(series))),
  };
}

function bar(series: Series, picture: Bars): object {
  return {
    type: "bar", name: series.name, data: series.values, barMaxWidth: picture.lying ? 16 : 34, barGap: "12%",
    ...(picture.stacked ? { stack: "all" } : {}),
    itemStyle: { color: colour(series.hue), borderColor: PAPER, borderWidth: picture.stacked ? 1 : 0,
      borderRadius: picture.stacked ? 0 : picture.lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
    emphasis: { disabled: true },
  };
}

function lines(series: Series): object[] {
  const tone = colour(series.hue);
  const drawn = {
    type: "line", name: series.name, data: series.values, symbol: "circle", symbolSize: 5, z: 3,
    showSymbol: series.values.length <= 24, itemStyle: { color: tone }, emphasis: { disabled: true },
    lineStyle: { color: tone, width: 2, type: series.dashed ? [4, 4] : "solid" },
  };
  if (!series.band) return [drawn];
  const edge = { type: "line", symbol: "none", silent: true, stack: `\0${series.name}`, lineStyle: { opacity: 0 }, emphasis: { disabled: true } };
  return [
    { ...edge, name: "\0low", data: series.band.map(([low]) => low) },
    { ...edge, name: "\0high", data: series.band.map(([low, high]) => high - low), areaStyle: { color: tone, opacity: 0.14 } },
    drawn,
  ];
}

function heat(picture: Heat, room: Room): EChartsCoreOption {
  const roomy = (room.width - 90) / Math.max(picture.columns.length, 1) > 36;
  const axis = (name: string, gap: number): object => ({
    name, nameLocation: "middle", nameGap: gap, nameTextStyle: { color: MUTED }, axisLine: { show: false },
    splitArea: { show: false },
  });
  return {
    tooltip: tooltip({ formatter: (entry: { dataIndex: number }) => words(picture.cells[entry.dataIndex]?.title ?? "") }),
    grid: { left: 22, right: 4, top: 26, bottom: 0, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: categoryAxis(picture.columns, { ...axis(picture.column_name, 24), position: "top" }),
    yAxis: categoryAxis(picture.rows, { ...axis(picture.row_name, 48), inverse: true }),
    series: [{
      type: "heatmap",
      data: picture.cells.map((cell) => ({
        value: [cell.x, cell.y, cell.strength],
        itemStyle: { color: heatOf(picture.hue, cell.strength), borderColor: PAPER, borderWidth: 2, borderRadius: 4 },
        label: { show: roomy, formatter: cell.text, color: INK, fontSize: 12 },
      })),
      emphasis: { disabled: true },
    }],
  };
}

function scatter(picture: Scatter, room: Room): EChartsCoreOption {
  const axis = (end: Scatter["x"], gap: number): object =>
    valueAxis(writer({ digits: 1, ...end.unit }, room.language, true), { name: end.name, nameLocation: "middle", nameGap: gap });
  return {
    tooltip: tooltip({ formatter: (entry: { dataIndex: number }) => words(picture.points[entry.dataIndex]?.title ?? "") }),
    grid: { left: 22, right: 18, top: 14, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: axis(picture.x, 26),
    yAxis: axis(picture.y, 44),
    series: [{
      type: "scatter",
      data: picture.points.map((point) => ({ value: [point.x, point.y], symbolSize: point.size })),
      itemStyle: { color: colour(picture.hue), opacity: 0.55, borderColor: PAPER, borderWidth: 1 },
      emphasis: { disabled: true },
    }],
  };
}

/** Two columns of names with bows between them: from what was bought to what was bought with it. */
function graph(picture: Graph, room: Room): EChartsCoreOption {
  const label = Math.min((room.width - 40) * (room.width < SMALL ? 0.36 : 0.32), 260);
  const from = label + 16;
  const to = room.width - label - 16;
  const title = (entry: { dataType: string; dataIndex: number }): string =>
    words((entry.dataType === "edge" ? picture.links : picture.nodes)[entry.dataIndex]?.title ?? "");
  const most = Math.max(...["left", "right"].map((side) => picture.nodes.filter((node) => node.side === side).length), 1);
  const count = { left: 0, right: 0 };
  const total = { left: 0, right: 0 };
  picture.nodes.forEach((node) => total[node.side]++);
  // In pixels, so that nothing is stretched: the first name of the fuller side at the top, its last at the bottom.
  const step = (room.height - 2 * TOP) / Math.max(most - 1, 1);
  const place = (side: "left" | "right"): number => (count[side]++ + (most - total[side]) / 2) * step;
  return {
    tooltip: tooltip({ formatter: title }),
    series: [{
      type: "graph", layout: "none", roam: false, left: from, right: room.width - to, top: TOP, bottom: TOP,
      edgeSymbol: ["none", "arrow"], edgeSymbolSize: 7, cursor: "default",
      data: picture.nodes.map((node) => ({
        id: node.id, name: node.name, symbolSize: node.size, x: node.side === "left" ? 0 : to - from, y: place(node.side),
        itemStyle: { color: colour(picture.hue), borderColor: PAPER, borderWidth: 1 },
        label: { show: true, color: INK, fontSize: room.width < SMALL ? 11 : 12, width: label, overflow: "truncate",
          position: node.side, distance: 6, align: node.side === "left" ? "right" : "left" },
      })),
      links: picture.links.map((link) => ({
        source: link.from, target: link.to,
        lineStyle: { color: colour("relation"), width: 1 + 4 * link.strength, opacity: 0.3 + 0.5 * link.strength, curveness: 0 },
      })),
      emphasis: { disabled: true },
    }],
  };
}
