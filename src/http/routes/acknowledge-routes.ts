/** `/acknowledge/:token`: a link in a notification opens a page that asks; only its buttons acknowledge or silence. */
import type { Response } from "express";
import { acknowledgeQuery } from "../../contract/answers/alert-answers.ts";
import type { AcknowledgeLinks, LinkUse } from "../../core/notifications/acknowledge-links.ts";
import { acknowledgePage, type Page } from "../answers/acknowledge-page.ts";
import { type Route, route } from "../declaration/route.ts";

export interface AcknowledgeParts {
  readonly acknowledgeLinks: AcknowledgeLinks;
}

const HOUR_MS = 3_600_000;
const PAGE = { kind: "text", types: ["text/html"], statuses: [200, 404, 409, 410] } as const;

export const ACKNOWLEDGE_ROUTES: readonly Route<AcknowledgeParts>[] = [
  route({
    method: "get",
    path: "/acknowledge/:token",
    level: "nobody",
    summary: "page of a link in a notification; asks whether to acknowledge or to silence, and changes nothing",
    answer: PAGE,
    handle: ({ acknowledgeLinks }: AcknowledgeParts, { params, response }) =>
      sendPage(response, acknowledgePage(acknowledgeLinks.stateOf(params.token))),
  }),
  route({
    method: "post",
    path: "/acknowledge/:token",
    level: "nobody",
    provenBy: "path",
    summary: "acknowledges what the link was sent for, or silences it; once, for 24 hours",
    query: acknowledgeQuery,
    answer: PAGE,
    handle: async ({ acknowledgeLinks }: AcknowledgeParts, { params, query, response }) => {
      const hours = query.silenceHours;
      const use: LinkUse = hours === undefined ? "acknowledge" : { silenceForMs: Number(hours) * HOUR_MS };
      sendPage(response, acknowledgePage(await acknowledgeLinks.use(params.token, use)));
    },
  }),
];

function sendPage(response: Response, { status, html }: Page): void {
  response
    .status(status)
    .setHeader("Cache-Control", "no-store")
    // Without it browsers name no page in the Origin of the form, and the hub refuses it.
    .setHeader("Referrer-Policy", "same-origin")
    .type("text/html; charset=utf-8")
    .send(html);
}
