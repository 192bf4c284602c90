/** What a picture shows, as `web/insight/pictures.py` writes it beside its place on the page. */
export interface Unit {
  kind: "number" | "share" | "money";
  currency?: string;
  digits?: number;
}

export type Hue = "person" | "company" | "relation" | "plain" | "muted" | "good" | "bad";

export interface Series {
  name: string;
  hue: Hue;
  values: (number | null)[];
  dashed?: boolean;
  band?: [number, number][];
}

export interface Bars {
  kind: "bars" | "lines";
  categories: string[];
  series: Series[];
  unit: Unit;
  stacked?: boolean;
  lying?: boolean;
  name?: string;
}

export interface Cell {
  x: number;
  y: number;
  /** From 0 to 1: how strong the colour is. */
  strength: number;
  text: string;
  title: string;
}

export interface Heat {
  kind: "heat";
  columns: string[];
  rows: string[];
  cells: Cell[];
  hue: Hue;
  column_name: string;
  row_name: string;
}

export interface Point {
  x: number;
  y: number;
  size: number;
  name: string;
  title: string;
}

export interface Scatter {
  kind: "scatter";
  points: Point[];
  hue: Hue;
  x: { name: string; unit: Unit };
  y: { name: string; unit: Unit };
}

export interface Graph {
  kind: "graph";
  nodes: { id: string; name: string; size: number; side: "left" | "right"; title: string }[];
  links: { from: string; to: string; strength: number; title: string }[];
  hue: Hue;
}

export type Picture = Bars | Heat | Scatter | Graph;
