/** `/api/alerts` and `/api/silences`: what fires now, who knows of it, and for what nothing is sent. */
import { alert, silenceFields } from "../../../contract/alerts.ts";
import { alertsAnswer, madeSilence, silencesAnswer } from "../../../contract/answers/alert-answers.ts";
import { acknowledgeRequest, alertsQuery } from "../../../contract/answers/alert-queries.ts";
import { nameOfCaller } from "../../../core/access/accounts.ts";
import type { AlertEngine, SilenceBook } from "../../../core/alerts/alert-types.ts";
import type { AlertSummary } from "../../../core/alerts/shown/alert-summary.ts";
import type { UnknownDevices } from "../../../core/alerts/unknown-devices.ts";
import { doneIn } from "../../answers/book-outcome.ts";
import { HttpError } from "../../answers/problem.ts";
import { EMPTY, json, type Route, route } from "../../declaration/route.ts";
import { callerIn } from "../../requests/access-guard.ts";

export interface AlertsParts {
  readonly alerts: Pick<AlertEngine, "list" | "get" | "acknowledge">;
  readonly alertSummary: Pick<AlertSummary, "firing">;
  readonly silences: SilenceBook;
  readonly unknownDevices: UnknownDevices;
}

export const ALERTS_ROUTES: readonly Route<AlertsParts>[] = [
  route({
    method: "get",
    path: "/api/alerts",
    level: "viewer",
    summary: "alerts that are not normal, and how many fire",
    query: alertsQuery,
    answer: json(alertsAnswer),
    handle: ({ alerts, alertSummary }: AlertsParts, { query: { device, rule, severity, limit } }) => {
      const matching = alerts
        .list()
        .filter(
          (each) =>
            (device === undefined || each.deviceId === device) &&
            (rule === undefined || each.ruleId === rule) &&
            (severity === undefined || each.severity === severity),
        );
      return { alerts: matching.slice(0, limit), total: matching.length, firing: alertSummary.firing() };
    },
  }),
  route({
    method: "post",
    path: "/api/alerts/:id/acknowledge",
    level: "operator",
    summary: "says that somebody knows: it is repeated and escalated no more",
    body: acknowledgeRequest,
    answer: json(alert),
    handle: async ({ alerts }: AlertsParts, { params, body, response }) => {
      const by = nameOfCaller(callerIn(response));
      const outcome = await alerts.acknowledge(params.id, by, body.note === "" ? undefined : body.note);
      const acknowledged = outcome === "done" ? alerts.get(params.id) : undefined;
      if (acknowledged === undefined) throw new HttpError("ALERT_UNKNOWN");
      return acknowledged;
    },
  }),
  route({
    method: "get",
    path: "/api/silences",
    level: "viewer",
    summary: "silences that have not ended",
    answer: json(silencesAnswer),
    handle: ({ silences }: AlertsParts) => ({ silences: [...silences.list()] }),
  }),
  route({
    method: "post",
    path: "/api/silences",
    level: "operator",
    summary: "until then, nothing is sent of what it matches; with neither rule nor device, of nothing",
    body: silenceFields,
    answer: json(madeSilence, 201),
    handle: async ({ silences, unknownDevices }: AlertsParts, { body, response }) => {
      const made = doneIn(await silences.add(body, nameOfCaller(callerIn(response))), {
        full: "TOO_MANY_SILENCES",
        unknown: "SILENCE_UNKNOWN",
      });
      const unknown = made.deviceId === undefined ? undefined : unknownDevices([made.deviceId]);
      return { ...made, ...(unknown !== undefined && { unknownDevices: unknown }) };
    },
  }),
  route({
    method: "delete",
    path: "/api/silences/:id",
    level: "operator",
    summary: "204; ends it now",
    answer: EMPTY,
    handle: async ({ silences }: AlertsParts, { params, response }) => {
      if (!(await silences.remove(params.id, nameOfCaller(callerIn(response))))) throw new HttpError("SILENCE_UNKNOWN");
    },
  }),
];
