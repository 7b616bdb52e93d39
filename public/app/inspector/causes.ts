/** Groups refusals by cause: what is refused now and what is solved, of whom, how often, and in which words. */
import type { Refusal } from "../../../src/contract/refusal.ts";
import type { RefusalCode } from "../../../src/contract/refusals.ts";
import { isOpen, type Refused, type SolvedMark, type SolvedMarks } from "../hub/refused.ts";

export interface Cause {
  readonly code: RefusalCode;
  readonly kind: Refusal["kind"];
  /** What the hub says of the code. */
  readonly text: string;
  /** Of an open cause those that are refused now, of a solved one all. By name. */
  readonly refusals: readonly Refusal[];
  /** `49 boards`, or the name of the only one. */
  readonly who: string;
  /** Since it was solved last. */
  readonly times: number;
  readonly firstAt: string;
  readonly lastAt: string;
  /** A person holds it for solved. */
  readonly isMarked: boolean;
}

export interface Causes {
  /** The one that began last comes first: the order stays while they are counted up. */
  readonly open: readonly Cause[];
  /** The one that was refused last comes first. */
  readonly solved: readonly Cause[];
}

export function causesOf(refused: Refused, marks: SolvedMarks): Causes {
  const open: Cause[] = [];
  const solved: Cause[] = [];
  for (const [code, all] of byCode(refused.rejections)) {
    const mark = marks[code];
    const refusedNow = all.filter((refusal) => isOpen(refusal, mark));
    if (refusedNow.length > 0) open.push(causeOf(code, refusedNow, refused, mark));
    else solved.push(causeOf(code, all, refused, mark));
  }
  return {
    open: open.sort((a, b) => b.firstAt.localeCompare(a.firstAt)),
    solved: solved.sort((a, b) => b.lastAt.localeCompare(a.lastAt)),
  };
}

function byCode(refusals: readonly Refusal[]): Map<RefusalCode, Refusal[]> {
  const groups = new Map<RefusalCode, Refusal[]>();
  for (const refusal of refusals) {
    const group = groups.get(refusal.code);
    if (group === undefined) groups.set(refusal.code, [refusal]);
    else group.push(refusal);
  }
  return groups;
}

function causeOf(code: RefusalCode, refusals: readonly Refusal[], refused: Refused, mark?: SolvedMark): Cause {
  const sum = refusals.reduce((total, { count }) => total + count, 0);
  const sinceMark = mark?.since === refused.since ? (refused.counts[code] ?? 0) - mark.count : sum;
  const sorted = refusals.toSorted((a, b) => names.compare(nameOf(a), nameOf(b)));
  return {
    code,
    kind: sorted[0]?.kind ?? "message",
    text: sorted[0] === undefined ? code : textOf(sorted[0]),
    refusals: sorted,
    who: whoOf(sorted),
    times: sinceMark > 0 ? Math.min(sum, sinceMark) : sum,
    firstAt: sorted.reduce((first, { firstAt }) => (firstAt < first ? firstAt : first), sorted[0]?.firstAt ?? ""),
    lastAt: sorted.reduce((last, { lastAt }) => (lastAt > last ? lastAt : last), ""),
    isMarked: mark !== undefined && refusals.some(({ acceptedAt }) => acceptedAt === undefined),
  };
}

/** With this mark all that is refused of the cause until now is solved. */
export const markOf = ({ code, lastAt }: Cause, { counts, since }: Refused): SolvedMark => ({
  at: lastAt,
  count: counts[code] ?? 0,
  since,
});

const names = new Intl.Collator("en", { numeric: true });

/** `esp32-06`, without the credential that is before it in the id of a session. */
export const clientNameOf = ({ clientId = "", via }: Refusal): string =>
  via === undefined ? clientId : clientId.slice(clientId.indexOf("/") + 1);

/** `esp32-06 via simulator` */
export function nameOf(refusal: Refusal): string {
  const { deviceId, via, address = "An unknown client" } = refusal;
  const client = clientNameOf(refusal);
  const name = deviceId ?? (client === "" ? address : client);
  return via === undefined || via === name ? name : `${name} via ${via}`;
}

const namesIn = (refusals: readonly Refusal[]): number => new Set(refusals.map(nameOf)).size;

function whoOf(refusals: readonly Refusal[]): string {
  const [first] = refusals;
  if (namesIn(refusals) === 1 && first !== undefined) return nameOf(first);
  return subjectsWords(refusals);
}

/** `49 boards` */
function subjectsWords(refusals: readonly Refusal[]): string {
  const count = namesIn(refusals);
  if (refusals.some(({ deviceId }) => deviceId !== undefined)) return `${count} boards`;
  return refusals.some(({ clientId }) => clientId !== undefined) ? `${count} clients` : `${count} addresses`;
}

/** What a click unfolds: `Show all 49 boards`, or `Show 18 metrics of 6 boards` where some have several. */
export function membersWords(refusals: readonly Refusal[]): string {
  const count = namesIn(refusals);
  if (count === refusals.length) return `Show all ${subjectsWords(refusals)}`;
  return `Show ${refusals.length} ${partsWord(refusals)}${count === 1 ? "" : ` of ${subjectsWords(refusals)}`}`;
}

function partsWord(refusals: readonly Refusal[]): string {
  if (refusals.every(({ metric }) => metric !== undefined)) return "metrics";
  return refusals.every(({ topic }) => topic !== undefined) ? "topics" : "refusals";
}

export interface CauseWords {
  /** `The hub has reached its limit of devices (10,000)` */
  readonly sentence: string;
  /** What to do; empty: the sentence is all. */
  readonly advice: string;
}

const SETTING = /AERIE_MAX_[A-Z_]+/;

/** A limit that stands alone in brackets is said as the number that it is; where there are more, the names are left to the advice. */
export function causeWords(text: string, limits: Refused["limits"]): CauseWords {
  const [, sentence = text, advice = ""] = /^(.*?)[:;.] (.*)$/s.exec(text) ?? [];
  const said = sentence.replace(/ \(([^)]*AERIE_[^)]*)\)/, (_, inside: string) => {
    const value = SETTING.exec(inside)?.[0] === inside ? limits[inside] : undefined;
    if (value === undefined) return "";
    return ` (${value.toLocaleString("en")}${inside.endsWith("_BYTES") ? " bytes" : ""})`;
  });
  return { sentence: said, advice: advice.slice(0, 1).toUpperCase() + advice.slice(1) };
}

/** What the hub says of the code: the reason without what exactly was wrong with this one. */
const textOf = ({ reason, detail }: Refusal): string =>
  detail === undefined ? reason : reason.slice(0, reason.length - detail.length - ": ".length);
