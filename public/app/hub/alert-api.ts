/** Requests about alerts, rules, silences and channels. */
import type { Alert, Rule, RuleFields, Severity, Silence, SilenceFields } from "../../../src/contract/alerts.ts";
import type {
  AlertLogAnswer,
  AlertsAnswer,
  ChannelAnswer,
  ChannelsAnswer,
  ChannelTestAnswer,
  PushKeyAnswer,
  RulePresetsAnswer,
  RulesAnswer,
  SilencesAnswer,
  TryRequest,
  TryRuleAnswer,
} from "../../../src/contract/answers/alert-answers.ts";
import type { ChannelChange } from "../../../src/contract/channels.ts";
import { ask } from "./api.ts";

const of = (path: string, id: string): string => `${path}/${encodeURIComponent(id)}`;
const send = <Answer>(method: "POST" | "PUT", path: string, body: object, abort?: AbortSignal): Promise<Answer> =>
  ask<Answer>(path, { method, body: JSON.stringify(body), abort });

export const getAlerts = (query: { device?: string }, abort?: AbortSignal) =>
  ask<AlertsAnswer>("/api/alerts", { query, abort });

export const acknowledge = (alertId: string, note: string) =>
  send<Alert>("POST", `${of("/api/alerts", alertId)}/acknowledge`, note === "" ? {} : { note });

export interface LogQuery {
  readonly device?: string;
  readonly rule?: string;
  readonly severity?: Severity;
  readonly from?: number;
  readonly to?: number;
}

export const getAlertLog = (query: LogQuery & { limit: number; cursor?: string }, abort?: AbortSignal) =>
  ask<AlertLogAnswer>("/api/alerts/log", { query: { ...query }, abort });

export const getSilences = (abort?: AbortSignal) => ask<SilencesAnswer>("/api/silences", { abort });
export const postSilence = (fields: SilenceFields) => send<Silence>("POST", "/api/silences", fields);
export const deleteSilence = (id: string) => ask<unknown>(of("/api/silences", id), { method: "DELETE" });

export const getRules = (abort?: AbortSignal) => ask<RulesAnswer>("/api/rules", { abort });
export const postRule = (fields: RuleFields) => send<Rule>("POST", "/api/rules", fields);
export const putRule = (id: string, fields: RuleFields) => send<Rule>("PUT", of("/api/rules", id), fields);
export const deleteRule = (id: string) => ask<unknown>(of("/api/rules", id), { method: "DELETE" });
export const tryRule = (body: TryRequest, abort: AbortSignal) =>
  send<TryRuleAnswer>("POST", "/api/rules/try", body, abort);
export const getRulePresets = (abort?: AbortSignal) => ask<RulePresetsAnswer>("/api/rules/presets", { abort });

export const getChannels = (abort?: AbortSignal) => ask<ChannelsAnswer>("/api/channels", { abort });
/** Where a page is about something else: without them it still says what it is about. */
export async function channelsOrNone(abort?: AbortSignal): Promise<readonly ChannelAnswer[]> {
  try {
    return (await getChannels(abort)).channels;
  } catch {
    abort?.throwIfAborted();
    return [];
  }
}
export const postChannel = (fields: ChannelChange) => send<ChannelAnswer>("POST", "/api/channels", fields);
export const putChannel = (id: string, fields: ChannelChange) =>
  send<ChannelAnswer>("PUT", of("/api/channels", id), fields);
export const deleteChannel = (id: string) => ask<unknown>(of("/api/channels", id), { method: "DELETE" });
export const testChannel = (id: string) =>
  ask<ChannelTestAnswer>(`${of("/api/channels", id)}/test`, { method: "POST" });

export const getPushKey = () => ask<PushKeyAnswer>("/api/push", {});
/** What `PushSubscription.toJSON()` of a browser answers; the hub looks at it. */
export const postPushSubscription = (subscription: object) =>
  send<unknown>("POST", "/api/push/subscriptions", subscription);
export const deletePushSubscription = (endpoint: string) =>
  ask<unknown>("/api/push/subscriptions", { method: "DELETE", query: { endpoint } });
