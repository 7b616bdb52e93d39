/** MQTT credentials of boards and applications: who a client is, and which applications there are. */

import type { ApplicationAnswer, WithSecret } from "../../contract/access.ts";
import { DAY_MS } from "../model/utc-day.ts";
import type { Clock } from "../ports/clock.ts";
import type { TrustedTime } from "../time/trusted-time.ts";
import type { AccessBook } from "./access-book.ts";
import type { ApplicationRecord, Passwords, Secrets } from "./access-records.ts";
import { isoOrNull, type Outcome } from "./accounts.ts";
import { identityOfBoard } from "./board-spec.ts";
import { createDeviceCredentials, type DeviceCredentials } from "./device-credentials.ts";
import { datesOf, isExpired, mayBeExpired } from "./expiry.ts";
import type { LoginDelay } from "./login-delay.ts";
import { ANYBODY, type MqttIdentity } from "./mqtt-access.ts";
import { type Identified, type IdentifyClient, type MqttLogin, nameIn } from "./mqtt-login.ts";
import { createSuggest, type Suggest } from "./recognized-board.ts";
import type { TopicHolder } from "./topic-claims.ts";
import { UNCLAIMED, type UnclaimedHub } from "./unclaimed/unclaimed-hub.ts";

export interface Credentials extends DeviceCredentials {
  readonly identify: IdentifyClient;
  /**
   * The identity of a session with that client id: `<device>`, `<device>/<client id>`, `@<application>/<client id>`, or `@/<client id>`
   * of a client that was let in because there was no account yet.
   * Undefined: its credential is gone.
   */
  identityOf(clientId: string): MqttIdentity | undefined;
  /** What a person calls the credential of a session's id, its part before the slash: the device id, or the application's name. */
  nameOf(owner: string): string | undefined;
  /** From now on no board is given these topics, such as the base topics that dialects have learned. */
  reserve(topics: () => Iterable<TopicHolder>): void;
  readonly suggest: Suggest;
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
  readonly unclaimed: Pick<UnclaimedHub, "isOpen">;
  /** Disconnects the clients of this credential. */
  readonly onEnded: (owner: string) => void;
}

const APPLICATION_BITS = 192;
const UNKNOWN: Outcome<undefined> = { ok: false, code: "ACCOUNT_UNKNOWN" };

const EXPIRY_EVERY_MS = 1_000;

export function createCredentials(options: CredentialsOptions): Credentials {
  const { book, secrets, clock, time, unclaimed, onEnded } = options;
  const reserved: (() => Iterable<TopicHolder>)[] = [];
  const { bySecret, byToken, byName, ...devices } = createDeviceCredentials({
    ...options,
    reserved: () => reserved.flatMap((topics) => [...topics()]),
  });
  const expired = new Set<string>();
  const stop = clock.every(EXPIRY_EVERY_MS, () => {
    for (const application of book.applications()) {
      if (expired.has(application.id) || !isExpired(application, time)) continue;
      expired.add(application.id);
      onEnded(ownerOf(application.id)); // its sessions with it
    }
  });

  function identify(login: MqttLogin): Identified | Promise<Identified> {
    const { password } = login;
    if (password === undefined || password === "") return identifyToken(login);
    const hash = secrets.hash(password);
    const board = bySecret(hash, login);
    if (board !== undefined) return board;
    const application = book.applicationByHash(hash);
    if (application !== undefined) return identifyApplication(application);
    const named = nameIn(login);
    const unknown = { ok: false, code: "CREDENTIAL_UNKNOWN", detail: `user ${named || "without a name"}` } as const;
    return byName(hash, login) ?? unknown;
  }

  /** The user name is the secret, if anything is. */
  function identifyToken(login: MqttLogin): Identified {
    const { clientId, userName } = login;
    const isNamed = userName !== undefined && userName !== "";
    const board = isNamed ? byToken(secrets.hash(userName), login) : undefined;
    if (board !== undefined) return board;
    if (login.isOfOwnComputer && unclaimed.isOpen()) return { ok: true, who: ANYBODY, owner: UNCLAIMED };
    const client = `client ${clientId || "without an id"}`;
    const detail = isNamed ? `${client}, whose user name is not the access token of a ThingsBoard board` : client;
    return { ok: false, code: "CREDENTIAL_MISSING", detail };
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
    if (owner === UNCLAIMED) return unclaimed.isOpen() ? ANYBODY : undefined;
    const board = book.board(owner);
    if (board !== undefined) return identityOfBoard(board);
    const application = book.applications().find(({ id }) => ownerOf(id) === owner);
    return application === undefined || isExpired(application, time) ? undefined : identityOfApplication(application);
  }

  return {
    ...devices,
    identify,
    identityOf,
    nameOf: (owner) => book.board(owner)?.deviceId ?? book.applications().find(({ id }) => ownerOf(id) === owner)?.name,
    reserve: (topics) => void reserved.push(topics),
    suggest: createSuggest((deviceId) => book.board(deviceId) !== undefined),
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
