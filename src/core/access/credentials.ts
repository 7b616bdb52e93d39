/** MQTT credentials of boards and applications: created, removed, and identified at CONNECT. */

import type { ApplicationAnswer, BoardAnswer, WithSecret } from "../../contract/access.ts";
import type { RefusalCode } from "../../contract/refusals.ts";
import { DAY_MS } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { TrustedTime } from "../time/trusted-time.ts";
import type { AccessBook } from "./access-book.ts";
import type { ApplicationRecord, BoardRecord, Passwords, Secrets } from "./access-records.ts";
import { isoOrNull, type Outcome } from "./accounts.ts";
import { datesOf, isExpired, mayBeExpired } from "./expiry.ts";
import type { LoginDelay } from "./login-delay.ts";
import { ANYBODY, type MqttIdentity } from "./mqtt-access.ts";

export interface MqttLogin {
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: string | undefined;
  readonly address: string | undefined;
}

export type Identified =
  | {
      readonly ok: true;
      readonly who: MqttIdentity;
      /** The credential, which may be used with several client ids; undefined: there are no accounts. */
      readonly owner: string | undefined;
    }
  | { readonly ok: false; readonly code: RefusalCode; readonly detail: string };

/** Identifies a client. Asynchronous only for a password that was chosen by a person, which is verified slowly. */
export type IdentifyClient = (login: MqttLogin) => Identified | Promise<Identified>;

export interface Credentials {
  readonly identify: IdentifyClient;
  /**
   * The identity of a session with that client id: `<device>`, `<device>/<client id>` or `@<application>/<client id>`.
   * Undefined: its credential is gone.
   */
  identityOf(clientId: string): MqttIdentity | undefined;
  /** Whether this name is a device with a secret. */
  hasBoard(name: string): boolean;
  boards(): BoardAnswer[];
  /** A new secret; one that the device had before is revoked once this settles. */
  makeBoard(deviceId: string): Promise<WithSecret<BoardAnswer>>;
  /** The same, for a device that has none. */
  makeFirst(deviceId: string): Promise<Outcome<WithSecret<BoardAnswer>>>;
  /** Makes the password that a waiting board presented its secret. */
  adoptBoard(deviceId: string, password: string): Promise<Outcome<BoardAnswer>>;
  removeBoard(deviceId: string): Promise<Outcome<undefined>>;
  applications(): ApplicationAnswer[];
  makeApplication(request: {
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
  /** Of boards alone, so that guessing a board's secret delays no person's sign-in. */
  readonly passwords: Passwords;
  readonly delay: LoginDelay;
  readonly clock: Clock;
  readonly time: TrustedTime;
  /** Disconnects the clients of this credential. */
  readonly onEnded: (owner: string) => void;
}

/** Short: boards have little memory. */
const BOARD_BITS = 128;
const APPLICATION_BITS = 192;
const UNKNOWN: Outcome<undefined> = { ok: false, code: "ACCOUNT_UNKNOWN" };
const HAS_SECRET = { ok: false, code: "DEVICE_HAS_SECRET" } as const;

/** There are no accounts. */
export const identifyAnybody: IdentifyClient = () => ({ ok: true, who: ANYBODY, owner: undefined });

const EXPIRY_EVERY_MS = 1_000;

export function createCredentials(options: CredentialsOptions): Credentials {
  const { book, secrets, passwords, delay, clock, time, onEnded } = options;
  /** Device → its adopted password as it is kept, and the keyed hash of what was found right for it in this run. */
  const seen = new Map<string, { readonly adopted: string; readonly hash: string }>();
  const expired = new Set<string>();
  const stop = clock.every(EXPIRY_EVERY_MS, () => {
    for (const application of book.applications()) {
      if (expired.has(application.id) || !isExpired(application, time)) continue;
      expired.add(application.id);
      onEnded(ownerOf(application.id)); // its sessions with it
    }
  });

  function identify(login: MqttLogin): Identified | Promise<Identified> {
    const { clientId, userName, password } = login;
    if (password === undefined || password === "") {
      return { ok: false, code: "CREDENTIAL_MISSING", detail: `client ${clientId || "without an id"}` };
    }
    const hash = secrets.hash(password);
    const board = book.boardByHash(hash);
    if (board !== undefined) return identifyBoard(board, userName);
    const application = book.applicationByHash(hash);
    if (application !== undefined) return identifyApplication(application);
    const named = nameIn(login);
    const record = book.board(named);
    if (record === undefined) {
      return { ok: false, code: "CREDENTIAL_UNKNOWN", detail: `user ${named || "without a name"}` };
    }
    if (record.adopted === undefined) return wrong(named);
    const known = seen.get(named);
    if (known?.hash === hash && known.adopted === record.adopted) return identifyBoard(record, named);
    return identifyAdopted(record, record.adopted, hash, login);
  }

  const wrong = (named: string): Identified => ({ ok: false, code: "CREDENTIAL_WRONG", detail: `device ${named}` });

  async function identifyAdopted(
    { deviceId }: BoardRecord,
    adopted: string,
    hash: string,
    { password = "", address = "" }: MqttLogin,
  ): Promise<Identified> {
    if (delay.waitMs(deviceId, address) > 0) return wrong(deviceId);
    const isRight = await passwords.verify(adopted, password);
    if (isRight === undefined) return { ok: false, code: "CREDENTIAL_BUSY", detail: `device ${deviceId}` };
    // It may have been removed or replaced while this one was tried.
    const now = book.board(deviceId);
    if (!isRight || now?.adopted !== adopted) {
      delay.failed(deviceId, address);
      return wrong(deviceId);
    }
    delay.succeeded(deviceId, address);
    seen.set(deviceId, { adopted, hash });
    return identifyBoard(now, deviceId);
  }

  function identifyBoard({ deviceId }: BoardRecord, userName: string | undefined): Identified {
    if (userName !== undefined && userName !== "" && userName !== deviceId) {
      return { ok: false, code: "CREDENTIAL_WRONG", detail: `the secret of ${deviceId} with the user ${userName}` };
    }
    book.used(deviceId, clock.nowMs());
    return { ok: true, who: { kind: "board", deviceId }, owner: deviceId };
  }

  const identityOfApplication = ({ id, publish, subscribe }: ApplicationRecord): MqttIdentity => ({
    kind: "application",
    id,
    publish,
    subscribe,
  });

  function identifyApplication(application: ApplicationRecord): Identified {
    const { id, name } = application;
    if (mayBeExpired(application, time)) {
      return { ok: false, code: "CREDENTIAL_EXPIRED", detail: `application ${name}` };
    }
    book.used(id, clock.nowMs());
    return { ok: true, who: identityOfApplication(application), owner: ownerOf(id) };
  }

  function newBoard(deviceId: string): { board: BoardRecord; secret: string } {
    const secret = `aerie_b_${secrets.make(BOARD_BITS)}`;
    return { secret, board: { deviceId, hash: secrets.hash(secret), createdAtMs: clock.nowMs() } };
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
    ...datesOf(application, time),
    lastUsedAt: isoOrNull(book.lastUsedMs(application.id)),
  });

  function identityOf(clientId: string): MqttIdentity | undefined {
    const [owner = ""] = clientId.split("/", 1);
    if (book.board(owner) !== undefined) return { kind: "board", deviceId: owner };
    const application = book.applications().find(({ id }) => ownerOf(id) === owner);
    return application === undefined || isExpired(application, time) ? undefined : identityOfApplication(application);
  }

  return {
    identify,
    identityOf,
    hasBoard: (name) => book.board(name) !== undefined,
    boards: () => book.boards().map(boardAnswer),
    makeBoard: async (deviceId) => {
      const { board, secret } = newBoard(deviceId);
      await book.putBoard(board, true);
      onEnded(deviceId);
      return { ...boardAnswer(board), secret };
    },
    makeFirst: async (deviceId) => {
      const { board, secret } = newBoard(deviceId);
      if (!(await book.putBoard(board, false))) return HAS_SECRET;
      return { ok: true, value: { ...boardAnswer(board), secret } };
    },
    adoptBoard: async (deviceId, password) => {
      const adopted = await passwords.hash(password);
      if (adopted === undefined) return { ok: false, code: "LOGIN_BUSY", waitMs: 1_000 };
      const board = { deviceId, hash: `adopted ${secrets.id()}`, adopted, createdAtMs: clock.nowMs() };
      if (!(await book.putBoard(board, false))) return HAS_SECRET;
      return { ok: true, value: boardAnswer(board) };
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
      const createdAtMs = time.nowMs();
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
      await book.addApplication(application);
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

/** The device that a client claims to be. */
export const nameIn = ({
  userName,
  clientId,
}: {
  readonly userName?: string | undefined;
  readonly clientId: string;
}): string => userName || clientId;
