/** Decides how far a board has come on its way into the hub, from what the hub has seen since it is looked for. */
import type { CheckedStep, Fix, Step } from "../../../contract/answers/board-check.ts";
import type { ListenAddress } from "../../../contract/answers/settings-answer.ts";
import type { Refusal } from "../../../contract/refusal.ts";
import type { RefusalCode } from "../../../contract/refusals.ts";
import { laterOf } from "../../devices/device-record.ts";

export interface BoardFacts {
  readonly sinceMs: number;
  /** Undefined: whichever board tries. */
  readonly deviceId: string | undefined;
  readonly addresses: readonly Pick<ListenAddress, "wire" | "reach">[];
  /** The newest first. */
  readonly refusals: readonly Refusal[];
  /** When a client of it was let in last. */
  readonly loggedInMs: number | undefined;
  /** When a message of it was read last. */
  readonly heardMs: number | undefined;
  /** When a reading of it was stored last. */
  readonly readingMs: number | undefined;
  /** Nobody needs a credential, and this was published where nobody reads it. */
  readonly unread: { readonly topic: string; readonly atMs: number } | undefined;
}

/** What is known of the board itself; the times are not before `sinceMs`. */
interface Seen {
  readonly loggedInMs: number | undefined;
  readonly heardMs: number | undefined;
  readonly readingMs: number | undefined;
  readonly login: Refusal | undefined;
  readonly message: Refusal | undefined;
  readonly unread: BoardFacts["unread"];
}

/** Metrics of a reading that are left out are refused right after the reading was received. */
const PARTLY_MS = 1_000;

export function boardSteps(facts: BoardFacts): readonly CheckedStep[] {
  const seen = seenOf(facts);
  return [reachable(facts), ...ofBoard(seen, otherOf(facts, seen))];
}

function reachable({ addresses }: BoardFacts): CheckedStep {
  const isOpen = addresses.some(({ wire, reach }) => reach === "network" && (wire === "mqtt" || wire === "mqtts"));
  return isOpen ? { step: "reachable", state: "done" } : { step: "reachable", state: "failed", fix: "listen" };
}

function seenOf({ sinceMs, deviceId, refusals, unread, ...times }: BoardFacts): Seen {
  const after = (ms: number | undefined): number | undefined => (ms !== undefined && ms >= sinceMs ? ms : undefined);
  const own = refusals.filter((refusal) => isOf(refusal, deviceId) && atMsOf(refusal) >= sinceMs);
  const open = own.filter(({ acceptedAt }) => acceptedAt === undefined);
  return {
    loggedInMs: after(times.loggedInMs),
    heardMs: after(laterOf(times.heardMs, times.readingMs)),
    readingMs: after(times.readingMs),
    login: open.find(({ kind, code }) => kind === "connection" && AT_THE_DOOR.has(code)),
    message: open.find(({ kind }) => kind === "message"),
    unread: after(unread?.atMs) === undefined ? undefined : unread,
  };
}

/** A refusal of a client that is not known to be another board, while nothing is known of this one. */
function otherOf({ sinceMs, refusals }: BoardFacts, seen: Seen): Refusal | undefined {
  if (Object.values(seen).some((each) => each !== undefined)) return undefined;
  return refusals.find(
    (refusal) =>
      refusal.kind === "connection" &&
      refusal.acceptedAt === undefined &&
      AT_THE_DOOR.has(refusal.code) &&
      atMsOf(refusal) >= sinceMs,
  );
}

function ofBoard(seen: Seen, other: Refusal | undefined): CheckedStep[] {
  const { loggedInMs, heardMs, readingMs, message, unread } = seen;
  const messageMs = message && atMsOf(message);
  const login = seen.login ?? other;
  const loginMs = login && atMsOf(login);
  const inMs = [loggedInMs, heardMs, messageMs, unread?.atMs].reduce(laterOf, undefined);
  const isKept = login === undefined || (inMs ?? 0) >= (loginMs ?? 0);
  return [
    done("connected", isKept ? (loggedInMs ?? inMs) : loginMs),
    isKept
      ? done("loggedIn", loggedInMs ?? inMs)
      : {
          ...failed("loggedIn", login, FIXES[login.code]),
          ...(other !== undefined && { isOther: true as const }),
        },
    readStep(seen, messageMs),
    done("stored", readingMs),
  ];
}

function readStep({ heardMs = 0, message, unread }: Seen, messageMs = 0): CheckedStep {
  const partlyMs = message?.metric === undefined || heardMs === 0 ? 0 : PARTLY_MS;
  if (message !== undefined && messageMs > heardMs + partlyMs) {
    return failed("read", message, FIXES[message.code] ?? "payload");
  }
  if (unread !== undefined && unread.atMs > heardMs) {
    return { step: "read", state: "failed", at: iso(unread.atMs), topic: unread.topic, fix: "mapping" };
  }
  return done("read", heardMs === 0 ? undefined : heardMs);
}

const done = (step: Step, atMs: number | undefined): CheckedStep =>
  atMs === undefined ? { step, state: "waiting" } : { step, state: "done", at: iso(atMs) };

const failed = (step: Step, refusal: Refusal, fix: Fix | "none" | undefined): CheckedStep => ({
  step,
  state: "failed",
  at: refusal.lastAt,
  refusal,
  ...(fix !== undefined && fix !== "none" && { fix }),
});

const iso = (ms: number): string => new Date(ms).toISOString();
const atMsOf = ({ lastAt }: Refusal): number => Date.parse(lastAt);

/** By the credential, by the client id, or by the topic of the message. */
function isOf({ clientId = "", via, deviceId }: Refusal, id: string | undefined): boolean {
  return id !== undefined && (deviceId === id || via === id || clientId === id || clientId.startsWith(`${id}/`));
}

/** Refusals of a client that wants to come in. Requests of browsers are refused with other codes. */
const AT_THE_DOOR: ReadonlySet<RefusalCode> = new Set([
  "AUTH_METHOD_UNSUPPORTED",
  "CLIENT_ID_INVALID",
  "CLIENT_ID_SHARED",
  "CONNECT_TIMEOUT",
  "CONNECT_TOO_LARGE",
  "CREDENTIAL_BUSY",
  "CREDENTIAL_ENDED",
  "CREDENTIAL_EXPIRED",
  "CREDENTIAL_MISSING",
  "CREDENTIAL_UNKNOWN",
  "CREDENTIAL_WRONG",
  "PROTOCOL_VIOLATION",
  "TLS_FAILED",
  "TOO_MANY_CONNECTIONS",
  "TOO_MANY_CONNECTIONS_OF_ADDRESS",
  "TOO_MANY_CONNECTS_OF_ADDRESS",
  "TOO_MANY_CONNECTS_OF_CREDENTIAL",
  "VERSION_UNSUPPORTED",
]);

/** `none`: the refusal's own words are all. Of the other messages it is the payload. */
const FIXES: Partial<Record<RefusalCode, Fix | "none">> = {
  CREDENTIAL_ENDED: "secret",
  CREDENTIAL_WRONG: "secret",
  CREDENTIAL_MISSING: "login",
  CREDENTIAL_UNKNOWN: "login",
  DEVICE_ID_INVALID: "topic",
  DEVICE_NOT_NAMED: "topic",
  TOPIC_NOT_OWN: "topic",
  TOPIC_OF_HUB: "topic",
  TOPIC_RESERVED: "topic",
  TOPIC_TOO_LONG: "topic",
  TOPIC_UNKNOWN: "topic",
  ANNOUNCED_BY_ANOTHER: "none",
  HUB_CLOSING: "none",
  STORE_REFUSED: "none",
  STORE_STALLED: "none",
  TOO_MANY_DEVICES: "none",
  TOO_MANY_DEVICES_OF_CLIENT: "none",
  TOO_MANY_METRICS_OF_DEVICE: "none",
  TOO_MANY_IN_FLIGHT: "none",
  TOO_MANY_RETAINED: "none",
  QUEUE_FULL: "none",
  SUBSCRIPTION_DENIED: "none",
  FILTER_INVALID: "none",
};
