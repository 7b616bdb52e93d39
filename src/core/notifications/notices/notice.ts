/** What is sent of an alert: which entries wait for which channel, and what a transition adds to them. Pure. */
import type { AlertEvent, Severity } from "../../../contract/alerts.ts";
import type { Transition } from "../../alerts/alert-types.ts";
import type { MessageEntry } from "../../ports/alert-channel.ts";

export type EntryKind = MessageEntry["kind"];

export interface WaitingEntry {
  readonly kind: EntryKind;
  readonly atMs: number;
  readonly text: string;
  /** Of `passed`: for so many episodes. */
  readonly count?: number;
}

export interface NoticeOfChannel {
  /** It was sent that the present episode began, or is on its way. */
  readonly isNotified: boolean;
  /** The delivery that says so. */
  readonly notifiedIn?: string;
  /** In order, and at most a handful: what is over before it was sent is one entry. */
  readonly waiting: readonly WaitingEntry[];
}

/** Kept while the alert fires, and until everything of it was sent. */
export interface Notice {
  readonly alertId: string;
  readonly ruleId: string;
  readonly ruleName: string;
  readonly severity: Severity;
  readonly deviceId?: string;
  readonly deviceName?: string;
  readonly runbook?: string;
  readonly episode: number;
  readonly phase: "firing" | "over";
  readonly firedAtMs: number;
  /** When it was last sent that it fires: then, or as a repetition. */
  readonly remindedAtMs: number;
  readonly text: string;
  readonly isAcknowledged: boolean;
  readonly isEscalated: boolean;
  readonly hadNoData: boolean;
  /** Silenced, or another alert explains it, when that was last looked at. */
  readonly isBlocked: boolean;
  readonly channels: Readonly<Record<string, NoticeOfChannel>>;
}

const NOTHING: NoticeOfChannel = { isNotified: false, waiting: [] };

/** They say that it fires. */
const ACTIVE: ReadonlySet<EntryKind> = new Set(["firing", "repeated", "escalated"]);
/** They say something of the present episode only. */
const OF_EPISODE: ReadonlySet<EntryKind> = new Set(["firing", "repeated", "escalated", "noData"]);

export const isActive = ({ kind }: Pick<WaitingEntry, "kind">): boolean => ACTIVE.has(kind);

/**
 * `targets`: channels to which its rule sends now. The same transition again changes nothing. Undefined: nothing is left to be
 * sent or remembered.
 */
export function afterTransition(
  before: Notice | undefined,
  transition: Transition,
  targets: readonly string[],
): Notice | undefined {
  const { event, alert, explainedBy } = transition;
  const isExplained = explainedBy !== undefined || alert.supersededBy !== undefined;
  const isBlocked = isExplained || alert.silencedUntil !== undefined;
  switch (event.kind) {
    case "firing":
      return afterFiring(before, transition, targets, isBlocked);
    case "passed":
      return afterPassed(before, transition, isBlocked ? [] : targets);
    case "resolved":
    case "ended":
      return before === undefined || !isOf(before, event) ? before : afterEnd({ ...before }, event, event.kind);
    case "noData":
      return before === undefined || !isOf(before, event) || isExplained ? before : afterNoData(before, event);
    case "dataAgain":
      return before && withoutKinds(before, ["noData"]);
    case "acknowledged":
      return before === undefined || !isOf(before, event)
        ? before
        : { ...withoutKinds(before, ["repeated", "escalated"]), isAcknowledged: true };
    case "silenced":
    case "unsilenced":
      return before && { ...before, isBlocked };
    case "undelivered":
      return before;
  }
}

/** Of the episode that fires. */
const isOf = ({ episode, phase }: Notice, event: AlertEvent): boolean =>
  phase === "firing" && episode === event.episode;

function afterFiring(
  before: Notice | undefined,
  { event, rule }: Transition,
  targets: readonly string[],
  isBlocked: boolean,
): Notice {
  if (before?.episode === event.episode) return before;
  const atMs = Date.parse(event.at);
  const entry: WaitingEntry = { kind: "firing", atMs, text: event.text };
  const channels: Record<string, NoticeOfChannel> = {};
  for (const [id, { waiting }] of Object.entries(before?.channels ?? {})) {
    const rest = waiting.filter(({ kind }) => !OF_EPISODE.has(kind));
    if (rest.length > 0) channels[id] = { isNotified: false, waiting: rest };
  }
  for (const id of targets) channels[id] = { isNotified: false, waiting: [...(channels[id]?.waiting ?? []), entry] };
  return {
    ...aboutOf(event, rule.runbook),
    episode: event.episode,
    phase: "firing",
    firedAtMs: atMs,
    remindedAtMs: atMs,
    isAcknowledged: false,
    isEscalated: false,
    hadNoData: false,
    isBlocked,
    channels,
  };
}

const aboutOf = (event: AlertEvent, runbook: string | undefined) => ({
  alertId: event.alertId,
  ruleId: event.ruleId,
  ruleName: event.ruleName,
  severity: event.severity,
  ...(event.deviceId !== undefined && { deviceId: event.deviceId }),
  ...(event.deviceName !== undefined && { deviceName: event.deviceName }),
  ...(runbook !== undefined && { runbook }),
  text: event.text,
});

function afterPassed(
  before: Notice | undefined,
  { event, rule }: Transition,
  targets: readonly string[],
): Notice | undefined {
  const atMs = Date.parse(event.from ?? event.at);
  const entry: WaitingEntry = { kind: "passed", atMs, text: event.text, count: 1 };
  const notice: Notice = before ?? {
    ...aboutOf(event, rule.runbook),
    episode: event.episode,
    phase: "over",
    firedAtMs: atMs,
    remindedAtMs: atMs,
    isAcknowledged: false,
    isEscalated: false,
    hadNoData: false,
    isBlocked: false,
    channels: {},
  };
  const channels = { ...notice.channels };
  for (const id of targets) {
    const now = channels[id] ?? NOTHING;
    // Before a firing that waits: that is later.
    const at = now.waiting.findIndex(isActive);
    const [earlier, later] = at < 0 ? [now.waiting, []] : [now.waiting.slice(0, at), now.waiting.slice(at)];
    channels[id] = { ...now, waiting: [...withPassed(earlier, entry), ...later] };
  }
  return rested({ ...notice, channels });
}

/** It is over: what nobody heard of is one "was, and is over"; who was silenced throughout hears nothing. */
function afterEnd(notice: Notice, event: AlertEvent, kind: "resolved" | "ended"): Notice | undefined {
  const atMs = Date.parse(event.at);
  const channels: Record<string, NoticeOfChannel> = {};
  for (const [id, { isNotified, notifiedIn, waiting }] of Object.entries(notice.channels)) {
    const rest = waiting.filter((entry) => !OF_EPISODE.has(entry.kind));
    const firing = waiting.find((entry) => entry.kind === "firing");
    const notified = { isNotified, ...(notifiedIn !== undefined && { notifiedIn }) };
    if (isNotified) channels[id] = { ...notified, waiting: [...rest, { kind, atMs, text: event.text }] };
    else if (firing === undefined || notice.isBlocked) channels[id] = { ...notified, waiting: rest };
    else channels[id] = { ...notified, waiting: withPassed(rest, passedOf(firing)) };
  }
  return rested({ ...notice, phase: "over", channels });
}

/** What fired, as it is said when it is over. */
export const passedOf = ({ atMs, text }: Pick<WaitingEntry, "atMs" | "text">): WaitingEntry => ({
  kind: "passed",
  atMs,
  text: `${text} It is over.`,
  count: 1,
});

function withPassed(waiting: readonly WaitingEntry[], passed: WaitingEntry): WaitingEntry[] {
  const last = waiting.at(-1);
  if (last?.kind !== "passed") return [...waiting, passed];
  return [...waiting.slice(0, -1), { ...passed, atMs: last.atMs, count: (last.count ?? 1) + (passed.count ?? 1) }];
}

function afterNoData(notice: Notice, event: AlertEvent): Notice {
  if (notice.hadNoData) return notice;
  const entry: WaitingEntry = { kind: "noData", atMs: Date.parse(event.at), text: event.text };
  const channels = mapChannels(notice, (each) =>
    each.isNotified || each.waiting.some(isActive) ? { ...each, waiting: [...each.waiting, entry] } : each,
  );
  return { ...notice, hadNoData: true, channels };
}

function withoutKinds(notice: Notice, kinds: readonly EntryKind[]): Notice {
  const channels = mapChannels(notice, (each) => ({
    ...each,
    waiting: each.waiting.filter(({ kind }) => !kinds.includes(kind)),
  }));
  return { ...notice, channels };
}

/** It still fires, and nobody has acknowledged it: said to those of `targets` that do not hear of it anyway. */
export function afterReminder(
  notice: Notice,
  kind: "repeated" | "escalated",
  targets: readonly string[],
  atMs: number,
): Notice {
  const channels = { ...notice.channels };
  for (const id of targets) {
    const now = channels[id] ?? NOTHING;
    if (now.waiting.some(isActive) || (kind === "escalated" && now.isNotified)) continue;
    channels[id] = { ...now, waiting: [...now.waiting, { kind, atMs, text: notice.text }] };
  }
  if (kind === "escalated") return { ...notice, channels, isEscalated: true };
  return { ...notice, channels, remindedAtMs: atMs };
}

/** What waited for the channel is in a delivery now. */
export function afterComposing(notice: Notice, channelId: string, deliveryId: string): Notice | undefined {
  const now = notice.channels[channelId];
  if (now === undefined) return notice;
  const isNew = now.waiting.some(isActive);
  const notified = isNew ? { isNotified: true, notifiedIn: deliveryId } : now;
  return rested({ ...notice, channels: { ...notice.channels, [channelId]: { ...notified, waiting: [] } } });
}

/** The delivery that says that it fires never arrived, and says now that it was. Undefined: it does not say so, or it is not over. */
export function afterAmending(
  notice: Notice,
  channelId: string,
  deliveryId: string,
): { readonly notice: Notice | undefined } | undefined {
  const now = notice.channels[channelId];
  const at = now?.waiting.findIndex(({ kind }) => kind === "resolved" || kind === "ended") ?? -1;
  if (now === undefined || now.notifiedIn !== deliveryId || at < 0) return undefined;
  const { notifiedIn: _, ...rest } = now;
  const channel = { ...rest, waiting: now.waiting.filter((_entry, index) => index !== at) };
  return { notice: rested({ ...notice, channels: { ...notice.channels, [channelId]: channel } }) };
}

/** The delivery that says that it fires was given up: it is said once more, as it is now. */
export function afterGivingUp(notice: Notice, channelId: string): Notice | undefined {
  const now = notice.channels[channelId];
  if (now === undefined) return notice;
  const waiting = now.waiting.filter(({ kind }) => kind !== "resolved" && kind !== "ended" && !isActive({ kind }));
  const firing: WaitingEntry = { kind: "firing", atMs: notice.firedAtMs, text: notice.text };
  const said = notice.phase === "firing" ? [firing, ...waiting] : withPassed(waiting, passedOf(firing));
  return { ...notice, channels: { ...notice.channels, [channelId]: { isNotified: false, waiting: said } } };
}

/** The channel is gone, or switched off. */
export function withoutChannel(notice: Notice, channelId: string): Notice | undefined {
  const { [channelId]: _, ...channels } = notice.channels;
  return rested({ ...notice, channels });
}

/** Undefined: it is over, and everything of it was sent. */
function rested(notice: Notice): Notice | undefined {
  if (notice.phase === "firing") return notice;
  const channels = Object.fromEntries(Object.entries(notice.channels).filter(([, { waiting }]) => waiting.length > 0));
  return Object.keys(channels).length === 0 ? undefined : { ...notice, channels };
}

const mapChannels = (
  { channels }: Notice,
  change: (each: NoticeOfChannel) => NoticeOfChannel,
): Record<string, NoticeOfChannel> =>
  Object.fromEntries(Object.entries(channels).map(([id, each]) => [id, change(each)]));
