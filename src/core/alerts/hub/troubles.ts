/** Says what is wrong with the hub itself, for rules about it. Pure. */
import type { HubTrouble } from "../../../contract/alerts.ts";
import { DAY_MS } from "../../model/utc-day.ts";
import { durationWords } from "../../time/duration-words.ts";

/** Each `…Problem` is a text for the owner; undefined: there is none. Times are ms. */
export interface HubFacts {
  readonly diskProblem: string | undefined;
  /** Readings cannot be stored. */
  readonly storeProblem: string | undefined;
  /** What the hub keeps beside the readings cannot be written. */
  readonly hubFileProblem: string | undefined;
  readonly clockProblem: string | undefined;
  /** Since when it has had one. */
  readonly clockWrongMs: number;
  readonly mongodbProblem: string | undefined;
  /** Since when it is away. */
  readonly mongodbAwayMs: number;
  readonly certificateProblem: string | undefined;
  /** Since the last backup; undefined: none was made yet. */
  readonly backupAgeMs: number | undefined;
  /** 0: the owner wants to hear nothing of it. */
  readonly backupDays: number;
  readonly failingChannels: readonly FailingChannel[];
  readonly population: PopulationFall | undefined;
}

export interface FailingChannel {
  readonly name: string;
  readonly forMs: number;
  readonly reason: string;
}

/** Of boards that keep their interval. */
export interface PopulationFall {
  readonly before: number;
  readonly now: number;
}

/** Many machines have no clock that runs while they are off: it is set soon after each start, and then doubted for ten minutes. */
const WRONG_MS = 15 * 60_000;
/** MongoDB is away for a moment at each of its restarts. */
const AWAY_MS = 2 * 60_000;
/** A channel is tried again several times within this time. */
const FAILING_MS = 10 * 60_000;

export type Troubles = ReadonlyMap<HubTrouble, { readonly text: string }>;

export function troublesOf(facts: HubFacts): Troubles {
  const found: readonly (readonly [HubTrouble, string | undefined])[] = [
    ["disk", facts.diskProblem],
    ["store", facts.storeProblem ?? facts.hubFileProblem],
    ["clock", facts.clockWrongMs >= WRONG_MS ? facts.clockProblem : undefined],
    ["mongodb", facts.mongodbAwayMs >= AWAY_MS ? facts.mongodbProblem : undefined],
    ["certificate", facts.certificateProblem],
    ["backup", backupWords(facts)],
    ["channel", channelWords(facts.failingChannels)],
    ["population", facts.population && populationWords(facts.population)],
  ];
  return new Map(found.flatMap(([what, text]) => (text === undefined ? [] : [[what, { text }] as const])));
}

function backupWords({ backupAgeMs, backupDays }: HubFacts): string | undefined {
  if (backupAgeMs === undefined || backupDays === 0 || backupAgeMs < backupDays * DAY_MS) return undefined;
  return `The last backup is ${durationWords(backupAgeMs)} old: make one (aerie backup), or change AERIE_BACKUP_DAYS`;
}

function channelWords(channels: readonly FailingChannel[]): string | undefined {
  const failing = channels.filter(({ forMs }) => forMs >= FAILING_MS);
  const [first] = failing;
  if (first === undefined) return undefined;
  const others = failing.length === 1 ? "" : `, and ${failing.length - 1} more`;
  return `Notifications have not got through to ${first.name} for ${durationWords(first.forMs)}: ${first.reason}${others}`;
}

const populationWords = ({ before, now }: PopulationFall): string =>
  `Of ${before} boards that send regularly only ${now} are there: check the access point, the network and the power`;
