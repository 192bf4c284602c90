// The parts of ECharts that our pictures need, and no others: this module is a chunk of its own.
import { BarChart, CustomChart, GraphChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([
  BarChart, CustomChart, GraphChart, HeatmapChart, LineChart, ScatterChart,
  GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer,
]);

export { init };
export { option } from "./options";
