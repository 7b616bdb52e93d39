/** Entry of the dashboard: starts clock, route, theme and link, then draws. */
import { effect } from "@preact/signals";
import { render } from "preact";
import "../styles/tokens.css";
import "../styles/shell.css";
import "../styles/overview.css";
import "../styles/device.css";
import "../styles/range.css";
import "../styles/inspector.css";
import "../styles/live.css";
import "../styles/mapping.css";
import "../styles/settings.css";
import "../styles/sign-in.css";
import "../styles/connect.css";
import "../styles/alerts.css";
import "../styles/rules.css";
import "../styles/views.css";
import { firingTotal, startAlerts } from "./hub/alert-state.ts";
import { showNow, startClock } from "./hub/clock.ts";
import { startLink } from "./hub/link.ts";
import { startReadiness } from "./hub/readiness.ts";
import { isIn, startSession } from "./hub/session.ts";
import { startPace } from "./preferences/pace.ts";
import { startTheme } from "./preferences/theme.ts";
import { App } from "./shell/app.tsx";
import { isKiosk, reloadWhenAnswered } from "./tablet/kiosk-mode.ts";
import { startTitle, titleCount } from "./ui/page-title.ts";
import { route, startRoute } from "./ui/route.ts";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");

startTheme();
startTitle();
startPace();
startClock();
startRoute();
effect(() => {
  route.value;
  showNow();
});
if (isKiosk) showKiosk(root);
else render(<App />, root);
startSession();
effect(() => {
  titleCount.value = firingTotal.value;
});
let isStarted = false;
effect(() => {
  if (!isIn.value || isStarted) return;
  isStarted = true;
  startLink();
  startReadiness();
  startAlerts();
});

function showKiosk(root: HTMLElement): void {
  import("./kiosk/kiosk-app.tsx").then(({ KioskApp }) => render(<KioskApp />, root), reloadWhenAnswered);
}
