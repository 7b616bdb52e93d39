/** The page behind a link in a notification: it asks whether to acknowledge or to silence, or says why there is nothing to do. */
import { LINK_SILENCE_HOURS } from "../../contract/answers/alert-answers.ts";
import type { LinkState, UsedLink } from "../../core/notifications/acknowledge-links.ts";

export interface Page {
  readonly status: 200 | 404 | 409 | 410;
  readonly html: string;
}

/** In answers to GET, which changes nothing: programs that look at links of a chat open them, too. */
export function acknowledgePage(state: LinkState | UsedLink): Page {
  switch (state.kind) {
    case "open": {
      const alerts = state.alerts.map(
        ({ ruleName, device, text }) =>
          `<li><strong>${escapeHtml(ruleName)}${device === undefined ? "" : `, ${escapeHtml(device)}`}</strong><br>${escapeHtml(text)}</li>`,
      );
      const what = alerts.length === 1 ? "this alert" : `these ${alerts.length} alerts`;
      return page(
        200,
        `Acknowledge ${what}?`,
        `<ul>${alerts.join("")}</ul>
<p>It is then not repeated, and not sent to further people. You get a message when it is over.</p>
<form method="post"><button type="submit">Acknowledge</button></form>
<h2>Or silence it</h2>
<p>Nobody is sent anything about ${alerts.length === 1 ? "this rule on this device" : "these rules on these devices"} for so long. The dashboard still shows it. This link works once: acknowledge or silence.</p>
<form method="post">${SILENCE_BUTTONS}</form>`,
      );
    }
    case "done":
      return state.count === 0
        ? page(
            410,
            "Nothing fires any more",
            "<p>What this link was sent for is over. There is nothing to acknowledge.</p>",
          )
        : page(200, "Acknowledged", "<p>It is not repeated. You get a message when it is over.</p>");
    case "silenced":
      return page(
        200,
        "Silenced",
        `<p>Nothing is sent of it until ${utc(state.untilMs)}. What still fires then is sent again. The dashboard shows it, and ends the silence earlier.</p>`,
      );
    case "full":
      return page(
        409,
        "It was not silenced",
        "<p>This hub has as many silences as it keeps. End some in the dashboard, under Alerts.</p>",
      );
    case "used":
      return page(410, "This link was used already", `<p>It was used on ${utc(state.atMs)}. Each link works once.</p>`);
    case "acknowledged":
      return page(410, "Acknowledged already", "<p>Somebody acknowledged it before you, in another way.</p>");
    case "over":
      return page(
        410,
        "Nothing fires any more",
        "<p>What this link was sent for is over. There is nothing to acknowledge.</p>",
      );
    case "unknown":
      return page(
        404,
        "This link does not work",
        "<p>It is older than 24 hours, is not complete, or its channel was deleted. The dashboard shows what fires now.</p>",
      );
  }
}

const SILENCE_BUTTONS = LINK_SILENCE_HOURS.map(
  (hours) =>
    `<button type="submit" class="second" formaction="?silenceHours=${hours}">${hours} hour${hours === "1" ? "" : "s"}</button>`,
).join(" ");

const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " at ")} UTC`;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Names and texts may come from a device. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");

const page = (status: Page["status"], title: string, body: string): Page => ({
  status,
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin-top: 2.5rem; }
li { margin-bottom: 0.6rem; overflow-wrap: anywhere; }
button { font: inherit; font-weight: 600; padding: 0.8rem 1.6rem; border: 0; border-radius: 0.5rem; background: #1456c8; color: #fff; cursor: pointer; }
form { display: flex; flex-wrap: wrap; gap: 0.6rem; }
button.second { flex: 1; padding: 0.8rem 0.3rem; border: 1px solid; background: transparent; color: inherit; white-space: nowrap; }
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`,
});
