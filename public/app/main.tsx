/** Entry of the dashboard: starts clock, route, theme and link, then draws. Decides nothing. */
import { render } from "preact";
import "../styles/tokens.css";
import "../styles/shell.css";
import "../styles/overview.css";
import "../styles/device.css";
import "../styles/range.css";
import "../styles/inspector.css";
import { App } from "./app.tsx";
import { startClock } from "./clock.ts";
import { startLink } from "./link.ts";
import { startReadiness } from "./readiness.ts";
import { startRoute } from "./route.ts";
import { startTheme } from "./theme.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");

startTheme();
startClock();
startRoute();
render(<App />, root);
startLink();
startReadiness();
