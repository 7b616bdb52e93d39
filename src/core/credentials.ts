/** MQTT credentials of boards and applications: made, taken away, and whose one is that comes with CONNECT. Speaks no MQTT. */
import type { ApplicationAnswer, BoardAnswer, WithSecret } from "../contract/access.ts";
import type { RefusalCode } from "../contract/refusals.ts";
import type { AccessBook } from "./access-book.ts";
import type { ApplicationRecord, BoardRecord, Secrets } from "./access-records.ts";
import { isoOrNull, type Outcome } from "./accounts.ts";
import { ANYBODY, type MqttIdentity } from "./mqtt-access.ts";
import type { Clock } from "./ports.ts";

export interface MqttLogin {
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: string | undefined;
}

export type Identified =
  | {
      readonly ok: true;
      readonly who: MqttIdentity;
      /** Of all client ids that come with this credential; undefined: there are no credentials. */
      readonly owner: string | undefined;
    }
  | { readonly ok: false; readonly code: RefusalCode; readonly detail: string };

/** Whose a client is. */
export type IdentifyClient = (login: MqttLogin) => Identified;

export interface Credentials {
  readonly identify: IdentifyClient;
  boards(): BoardAnswer[];
  /** A new secret; one that the device had before is worth nothing from then on. */
  makeBoard(deviceId: string): Promise<WithSecret<BoardAnswer>>;
  removeBoard(deviceId: string): Promise<Outcome<undefined>>;
  applications(): ApplicationAnswer[];
  makeApplication(wish: {
    name: string;
    publish: readonly string[];
    subscribe: readonly string[];
    days?: number | undefined;
  }): Promise<WithSecret<ApplicationAnswer>>;
  removeApplication(id: string): Promise<Outcome<undefined>>;
  close(): void;
}

export interface CredentialsOptions {
  readonly book: AccessBook;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** Whoever is connected by a credential of this owner is to go. */
  readonly onEnded: (owner: string) => void;
}

const DAY_MS = 86_400_000;
/** Short: boards have little room for it. */
const BOARD_BITS = 128;
const APPLICATION_BITS = 192;
const UNKNOWN: Outcome<undefined> = { ok: false, code: "ACCOUNT_UNKNOWN" };

/** There are no accounts. */
export const identifyAnybody: IdentifyClient = () => ({ ok: true, who: ANYBODY, owner: undefined });

const EXPIRY_EVERY_MS = 1_000;

export function createCredentials({ book, secrets, clock, onEnded }: CredentialsOptions): Credentials {
  const expired = new Set<string>();
  const stop = clock.every(EXPIRY_EVERY_MS, () => {
    for (const { id, expiresAtMs } of book.applications()) {
      if (expiresAtMs === undefined || expiresAtMs > clock.nowMs() || expired.has(id)) continue;
      expired.add(id);
      onEnded(ownerOf(id));
    }
  });

  function identify({ clientId, userName, password }: MqttLogin): Identified {
    if (password === undefined || password === "") {
      return { ok: false, code: "CREDENTIAL_MISSING", detail: `client ${clientId || "without an id"}` };
    }
    const hash = secrets.hash(password);
    const board = book.boardByHash(hash);
    if (board !== undefined) return identifyBoard(board, userName);
    const application = book.applicationByHash(hash);
    if (application !== undefined) return identifyApplication(application);
    const named = userName ?? clientId;
    return book.board(named) === undefined
      ? { ok: false, code: "CREDENTIAL_UNKNOWN", detail: `user ${named || "without a name"}` }
      : { ok: false, code: "CREDENTIAL_WRONG", detail: `device ${named}` };
  }

  function identifyBoard({ deviceId }: BoardRecord, userName: string | undefined): Identified {
    if (userName !== undefined && userName !== "" && userName !== deviceId) {
      return { ok: false, code: "CREDENTIAL_WRONG", detail: `the secret of ${deviceId} with the user ${userName}` };
    }
    book.used(deviceId, clock.nowMs());
    return { ok: true, who: { kind: "board", deviceId }, owner: deviceId };
  }

  function identifyApplication({ id, name, publish, subscribe, expiresAtMs }: ApplicationRecord): Identified {
    if ((expiresAtMs ?? Number.POSITIVE_INFINITY) <= clock.nowMs()) {
      return { ok: false, code: "CREDENTIAL_EXPIRED", detail: `application ${name}` };
    }
    book.used(id, clock.nowMs());
    return { ok: true, who: { kind: "application", id, publish, subscribe }, owner: ownerOf(id) };
  }

  const boardAnswer = ({ deviceId, createdAtMs }: BoardRecord): BoardAnswer => ({
    deviceId,
    createdAt: new Date(createdAtMs).toISOString(),
    lastUsedAt: isoOrNull(book.lastUsedMs(deviceId)),
  });

  const applicationAnswer = (application: ApplicationRecord): ApplicationAnswer => ({
    id: application.id,
    name: application.name,
    publish: [...application.publish],
    subscribe: [...application.subscribe],
    createdAt: new Date(application.createdAtMs).toISOString(),
    expiresAt: isoOrNull(application.expiresAtMs),
    lastUsedAt: isoOrNull(book.lastUsedMs(application.id)),
  });

  return {
    identify,
    boards: () => book.boards().map(boardAnswer),
    makeBoard: async (deviceId) => {
      const secret = `aerie_b_${secrets.make(BOARD_BITS)}`;
      const board = { deviceId, hash: secrets.hash(secret), createdAtMs: clock.nowMs() };
      const made = book.putBoard(board);
      onEnded(deviceId);
      await made;
      return { ...boardAnswer(board), secret };
    },
    removeBoard: async (deviceId) => {
      if (book.board(deviceId) === undefined) return UNKNOWN;
      const removed = book.removeBoard(deviceId);
      onEnded(deviceId);
      await removed;
      return { ok: true, value: undefined };
    },
    applications: () => book.applications().map(applicationAnswer),
    makeApplication: async ({ name, publish, subscribe, days }) => {
      const secret = `aerie_a_${secrets.make(APPLICATION_BITS)}`;
      const createdAtMs = clock.nowMs();
      const expires = days === undefined ? {} : { expiresAtMs: createdAtMs + days * DAY_MS };
      const application = {
        id: secrets.id(),
        name,
        publish,
        subscribe,
        hash: secrets.hash(secret),
        createdAtMs,
        ...expires,
      };
      await book.putApplication(application);
      return { ...applicationAnswer(application), secret };
    },
    removeApplication: async (id) => {
      if (!book.applications().some((each) => each.id === id)) return UNKNOWN;
      const removed = book.removeApplication(id);
      onEnded(ownerOf(id));
      await removed;
      return { ok: true, value: undefined };
    },
    close: stop,
  };
}

/** No device id has an `@` in it. */
const ownerOf = (applicationId: string): string => `@${applicationId}`;
