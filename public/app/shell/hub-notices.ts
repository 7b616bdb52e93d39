/** What is wrong with the hub, or between page and hub: the worst first. Only the first is shown at once. */
import type { Readiness } from "../../../src/contract/rest.ts";
import { type Freshness, isStale } from "../hub/freshness.ts";
import { durationWords, timeOfDay } from "../ui/time-words.ts";
import { bytesWords, countWords } from "../ui/value-words.ts";

export interface HubNotice {
  readonly id: string;
  readonly tone: "bad" | "warn" | "plain";
  readonly icon: "warning" | "clock" | "info";
  /** Read aloud when it comes. */
  readonly lead: string;
  readonly more: string;
  readonly action?: "connect" | "reload" | "account";
}

export interface HubFacts {
  readonly freshness: Freshness;
  readonly readiness: Readiness | undefined;
  /** Code of the hub's refusal to send live values. */
  readonly subscribeFault: string | undefined;
  /** Everybody may see and change everything. */
  readonly isOpenToAll: boolean;
  /** There is no account yet, and this computer is let in. */
  readonly isUnclaimed: boolean;
  readonly hasNewBuild: boolean;
  /** The hub's clock minus this device's; 0 where that makes no difference (`apartMs`). */
  readonly clockOffsetMs: number;
  /** Live updates that were left out for this page. */
  readonly skipped: number;
}

/** Has a notice of its own. */
const DEGRADED_PART = "mongodb";
const CLOCKS_APART_MS = 60_000;

/** Whole seconds, and 0 where the clocks differ by less than a minute. */
export const apartMs = (offsetMs: number): number =>
  Math.abs(offsetMs) > CLOCKS_APART_MS ? Math.round(offsetMs / 1_000) * 1_000 : 0;

/** While the hub does not answer, the rest is not known: that alone is said. */
export function hubNotices(facts: HubFacts): HubNotice[] {
  const lost = lostNotice(facts.freshness);
  if (lost !== undefined) return [lost];
  const { problems = [], warnings = [], degraded } = facts.readiness ?? {};
  const isOther = ({ part }: { part: string }) => part !== DEGRADED_PART;
  return [
    ...(degraded === undefined ? [] : [degradedNotice(degraded)]),
    ...problems.filter(isOther).map(partNotice),
    ...(facts.subscribeFault === undefined ? [] : [subscribeNotice(facts.subscribeFault)]),
    ...(facts.isOpenToAll ? [OPEN_TO_ALL] : []),
    ...warnings.filter(isOther).map(partNotice),
    ...(facts.isUnclaimed ? [UNCLAIMED] : []),
    ...(facts.hasNewBuild ? [NEW_BUILD] : []),
    ...(facts.clockOffsetMs !== 0 ? [clockNotice(facts.clockOffsetMs)] : []),
    ...(facts.skipped > 0 ? [skippedNotice(facts.skipped)] : []),
  ];
}

function lostNotice(freshness: Freshness): HubNotice | undefined {
  if (!isStale(freshness)) return undefined;
  const time = timeOfDay(freshness.sinceMs);
  return {
    id: freshness.kind,
    tone: "warn",
    icon: "warning",
    lead: freshness.kind === "lost" ? `Can't reach the hub since ${time}.` : `The hub has sent nothing since ${time}.`,
    more: "What you see is from before. Retrying…",
    action: "connect",
  };
}

const degradedNotice = ({ since, waiting, bytes }: NonNullable<Readiness["degraded"]>): HubNotice => ({
  id: "degraded",
  tone: "warn",
  icon: "warning",
  lead: `MongoDB has not answered since ${timeOfDay(Date.parse(since))}.`,
  more: `No reading is lost: ${countWords(waiting)} readings and other changes wait on the hub's disk (${bytesWords(bytes)}) until MongoDB answers again.`,
});

const partNotice = ({ part, problem }: { part: string; problem: string }): HubNotice => ({
  id: `part-${part}`,
  tone: "warn",
  icon: "warning",
  lead: problem,
  more: "",
});

const subscribeNotice = (code: string): HubNotice => ({
  id: "subscribe",
  tone: "warn",
  icon: "warning",
  lead: "The hub does not send live values to this page.",
  more: `It answered ${code}. Retrying…`,
});

const OPEN_TO_ALL: HubNotice = {
  id: "open",
  tone: "bad",
  icon: "warning",
  lead: "This hub runs without accounts.",
  more: "Everybody who can reach it can see and change everything (AERIE_AUTH=off-and-public). To change that, restart it with AERIE_AUTH=on.",
};

const UNCLAIMED: HubNotice = {
  id: "unclaimed",
  tone: "plain",
  icon: "info",
  lead: "This hub is open to this computer only.",
  more: "Make your account to let boards and people in.",
  action: "account",
};

const NEW_BUILD: HubNotice = {
  id: "build",
  tone: "plain",
  icon: "info",
  lead: "There is a new version of this page.",
  more: "",
  action: "reload",
};

function clockNotice(offsetMs: number): HubNotice {
  const apart = durationWords(Math.abs(offsetMs));
  return {
    id: "clock",
    tone: "plain",
    icon: "clock",
    lead: `The clock of your computer or phone is ${apart} ${offsetMs > 0 ? "behind" : "ahead of"} the hub's clock.`,
    more: "The times on this page are the hub's. Set the clock that is wrong.",
  };
}

const skippedNotice = (skipped: number): HubNotice => ({
  id: "dropped",
  tone: "plain",
  icon: "info",
  lead: `This page could not keep up and skipped ${countWords(skipped)} live updates.`,
  more: "Nothing is lost: the charts load them from the hub.",
});
