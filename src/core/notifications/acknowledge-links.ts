/** Links in notifications by which whoever got one acknowledges or silences what it says. Each works once, for a day. */
import type { SilenceFields } from "../../contract/alerts.ts";
import type { Secrets } from "../access/access-records.ts";
import type { Clock } from "../ports/clock.ts";
import type { StoredRecord } from "../ports/hub-file.ts";
import type { Log } from "../ports/log.ts";
import type { Notice } from "./notices/notice.ts";
import { type EpisodeOfAlert, type KeptLink, readLink } from "./notification-records.ts";
import type { RecordSaver } from "./record-saver.ts";

/** What a link would acknowledge, for the page that asks. */
export interface LinkedAlert {
  readonly alertId: string;
  readonly ruleName: string;
  readonly device: string | undefined;
  readonly text: string;
}

/**
 * `unknown`: there is no such link, or its day is over. `over`: nothing of it fires any more. `acknowledged`: somebody did it
 * already, in another way.
 */
export type LinkState =
  | { readonly kind: "open"; readonly alerts: readonly LinkedAlert[]; readonly channel: string }
  | { readonly kind: "used"; readonly atMs: number }
  | { readonly kind: "unknown" | "over" | "acknowledged" };

/** What somebody wants of a link. `silenceForMs`: nothing is sent of its rules on its devices for so long. */
export type LinkUse = "acknowledge" | { readonly silenceForMs: number };

/** `done`: so many alerts were acknowledged by it. `full`: there are as many silences as a hub keeps; it still works. */
export type UsedLink =
  | LinkState
  | { readonly kind: "done"; readonly count: number }
  | { readonly kind: "silenced"; readonly untilMs: number }
  | { readonly kind: "full" };

export interface AcknowledgeLinks {
  /** The token of a new link; its record is written with the next `save`. */
  make(channelId: string, firing: readonly EpisodeOfAlert[]): string;
  /** Changes nothing. */
  stateOf(token: string): LinkState;
  /** Rejects with a StoreError where it could not be written; then it still works. */
  use(token: string, use: LinkUse): Promise<UsedLink>;
  /** For the record. */
  dataOf(id: string): string | undefined;
  close(): void;
}

export interface AcknowledgeLinksOptions {
  readonly stored: readonly StoredRecord[];
  readonly saver: Pick<RecordSaver, "mark" | "save">;
  readonly secrets: Pick<Secrets, "make" | "hash">;
  readonly noticeOf: (alertId: string) => Notice | undefined;
  /** Undefined: it is gone. */
  readonly channelName: (channelId: string) => string | undefined;
  readonly acknowledge: (alertId: string, by: string) => Promise<"done" | "unknown">;
  readonly silence: (fields: SilenceFields, by: string) => Promise<"done" | "full">;
  readonly clock: Clock;
  readonly log: Log;
}

const TOKEN_BITS = 256;
const LASTS_MS = 24 * 3_600_000;
const SWEEP_MS = 10 * 60_000;
/** The oldest give way. */
const MOST_LINKS = 10_000;

export function createAcknowledgeLinks(options: AcknowledgeLinksOptions): AcknowledgeLinks {
  const { stored, saver, secrets, noticeOf, channelName, acknowledge, silence, clock, log } = options;
  /** By the hash of the token, the oldest first. */
  const links = new Map<string, KeptLink>();
  const inUse = new Set<string>();
  for (const { kind, id, data } of stored) {
    if (kind !== "acknowledge-link") continue;
    const link = readLink(data);
    if (link === undefined) log.warn("a link to acknowledge cannot be read, and no longer works", { id });
    else links.set(id, link);
  }
  const stop = clock.every(SWEEP_MS, sweep);
  sweep();

  function put(id: string, link: KeptLink | undefined): void {
    if (link === undefined) links.delete(id);
    else links.set(id, link);
    saver.mark("acknowledge-link", id);
  }

  function sweep(): void {
    const before = links.size;
    for (const [id, { endsAtMs }] of links) if (endsAtMs <= clock.nowMs()) put(id, undefined);
    for (const [id] of links) {
      if (links.size <= MOST_LINKS) break;
      put(id, undefined);
    }
    if (links.size < before) void saver.save();
  }

  function linkOf(token: string): readonly [string, KeptLink] | undefined {
    const id = secrets.hash(token);
    const link = links.get(id);
    return link === undefined || link.endsAtMs <= clock.nowMs() ? undefined : [id, link];
  }

  function openNotices({ firing }: KeptLink): readonly Notice[] {
    return firing.flatMap(({ alertId, episode }) => {
      const notice = noticeOf(alertId);
      return notice?.phase === "firing" && notice.episode === episode ? [notice] : [];
    });
  }

  function stateOfLink(link: KeptLink): LinkState {
    const channel = channelName(link.channelId);
    if (link.usedAtMs !== undefined) return { kind: "used", atMs: link.usedAtMs };
    if (channel === undefined) return { kind: "unknown" };
    const notices = openNotices(link);
    if (notices.length === 0) return { kind: "over" };
    const open = notices.filter(({ isAcknowledged }) => !isAcknowledged);
    if (open.length === 0) return { kind: "acknowledged" };
    const alerts = open.map(({ alertId, ruleName, deviceName, deviceId, text }) => ({
      alertId,
      ruleName,
      device: deviceName ?? deviceId,
      text,
    }));
    return { kind: "open", alerts, channel };
  }

  async function use(token: string, how: LinkUse): Promise<UsedLink> {
    const found = linkOf(token);
    if (found === undefined) return { kind: "unknown" };
    const [id, link] = found;
    const state = stateOfLink(link);
    if (state.kind !== "open") return state;
    // Twice at the same time is twice.
    if (inUse.has(id)) return { kind: "used", atMs: clock.nowMs() };
    inUse.add(id);
    try {
      const by = `link (${state.channel})`;
      const alertIds = state.alerts.map(({ alertId }) => alertId);
      const done = await (how === "acknowledge"
        ? acknowledgeAll(alertIds, by)
        : silenceAll(alertIds, clock.nowMs() + how.silenceForMs, by));
      if (done.kind === "full") return done;
      put(id, { ...link, usedAtMs: clock.nowMs() });
      await saver.save();
      return done;
    } finally {
      inUse.delete(id);
    }
  }

  async function acknowledgeAll(alertIds: readonly string[], by: string): Promise<UsedLink> {
    let count = 0;
    for (const alertId of alertIds) if ((await acknowledge(alertId, by)) === "done") count++;
    return { kind: "done", count };
  }

  /** An alert about one of several metrics silences its rule on its device. */
  async function silenceAll(alertIds: readonly string[], untilMs: number, by: string): Promise<UsedLink> {
    const until = new Date(untilMs).toISOString();
    const silenced = new Set<string>();
    for (const alertId of alertIds) {
      const { ruleId, deviceId } = noticeOf(alertId) ?? {};
      const key = JSON.stringify([ruleId, deviceId]);
      if (ruleId === undefined || silenced.has(key)) continue;
      silenced.add(key);
      const about = { ruleId, ...(deviceId !== undefined && { deviceId }) };
      if ((await silence({ ...about, until }, by)) === "full") return { kind: "full" };
    }
    return { kind: "silenced", untilMs };
  }

  return {
    make: (channelId, firing) => {
      const token = secrets.make(TOKEN_BITS);
      put(secrets.hash(token), { channelId, firing, endsAtMs: clock.nowMs() + LASTS_MS });
      return token;
    },
    stateOf: (token) => {
      const found = linkOf(token);
      return found === undefined ? { kind: "unknown" } : stateOfLink(found[1]);
    },
    use,
    dataOf: (id) => {
      const link = links.get(id);
      return link && JSON.stringify(link);
    },
    close: stop,
  };
}
