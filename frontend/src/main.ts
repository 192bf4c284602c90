import "./styles/main.css";
import htmx from "htmx.org";
import { attachAll } from "./registry";

htmx.config.historyCacheSize = 0; // a snapshot of a page would keep customers' names in the browser
htmx.config.refreshOnHistoryMiss = true;
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.defaultSwapStyle = "innerHTML";
htmx.config.scrollBehavior = "auto";

// A form that is shown again with its errors comes with status 422 and is swapped in like any other answer.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

attachAll(document.body);
htmx.onLoad((added) => attachAll(added as HTMLElement));
