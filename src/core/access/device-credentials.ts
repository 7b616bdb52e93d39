/** Credentials of boards: made, changed, removed, and recognized at CONNECT. */
import type { BoardAnswer, BoardPatch, BoardRequest, WithSecret } from "../../contract/access.ts";
import type { Clock } from "../ports/clock.ts";
import type { AccessBook } from "./access-book.ts";
import type { BoardRecord, Passwords, Secrets } from "./access-records.ts";
import { isoOrNull, type Outcome } from "./accounts.ts";
import { fieldsOf, identityOfBoard, loginsOf, specOf, topicsOfBoard } from "./board-spec.ts";
import type { LoginDelay } from "./login-delay.ts";
import { type Identified, type MqttLogin, nameIn } from "./mqtt-login.ts";
import { conflictOf, faultOf, type TopicHolder } from "./topic-claims.ts";
import { type CredentialSpec, type CredentialTopics, deviceIdOf } from "./topics-of.ts";

export interface DeviceCredentials {
  /** Whether a board with a secret logs in by this name. */
  hasBoard(name: string): boolean;
  boards(): BoardAnswer[];
  /** Since the start of the hub or before, epoch ms; undefined: never. */
  lastLoginMs(deviceId: string): number | undefined;
  /** Undefined: this device has no credential. */
  topicsOfDevice(deviceId: string): CredentialTopics | undefined;
  /** A new secret; one that the device had before is revoked once this settles. */
  makeBoard(request: BoardRequest): Promise<Outcome<WithSecret<BoardAnswer>>>;
  /** The same, for a device that has none. */
  makeFirst(spec: CredentialSpec): Promise<Outcome<WithSecret<BoardAnswer>>>;
  /** Makes the password that a waiting board presented its secret. `userName`: by which it logs in. */
  adoptBoard(spec: CredentialSpec, password: string, userName: string): Promise<Outcome<BoardAnswer>>;
  /** The secret stays, and so does the name by which the board logs in. Its clients are disconnected. */
  changeBoard(deviceId: string, patch: BoardPatch): Promise<Outcome<BoardAnswer>>;
  removeBoard(deviceId: string): Promise<Outcome<undefined>>;
  /** Whether a credential that was revoked may be valid again: nothing of it is another one's by now. */
  mayReturn(board: BoardRecord): boolean;
}

/** The part of the login that is about boards. */
export interface BoardLogin {
  /** By the secret that the hub made; undefined: it is none of a board's. */
  bySecret(hash: string, login: MqttLogin): Identified | Promise<Identified> | undefined;
  /** By the user name of a client that has no password: a token; undefined: it is none. */
  byToken(hash: string, login: MqttLogin): Identified | undefined;
  /** By the name of the board, whose password was chosen by a person; undefined: there is no such board. */
  byName(hash: string, login: MqttLogin): Identified | Promise<Identified> | undefined;
}

export interface DeviceCredentialsOptions {
  readonly book: AccessBook;
  readonly secrets: Secrets;
  readonly passwords: Passwords;
  readonly delay: LoginDelay;
  readonly clock: Clock;
  /** Topics that no board may be given, such as a base topic that a dialect has learned. */
  readonly reserved: () => Iterable<TopicHolder>;
  /** Disconnects the clients of this credential. */
  readonly onEnded: (owner: string) => void;
}

type Refusal = Extract<Outcome<never>, { ok: false }>;

/** Short: boards have little memory. */
const BOARD_BITS = 128;
const UNKNOWN = { ok: false, code: "ACCOUNT_UNKNOWN" } as const;
const HAS_SECRET = { ok: false, code: "DEVICE_HAS_SECRET" } as const;
/** What a client id must be to stand in a topic. */
const PLAIN_CLIENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

export function createDeviceCredentials(options: DeviceCredentialsOptions): DeviceCredentials & BoardLogin {
  const { book, secrets, passwords, delay, clock, reserved, onEnded } = options;
  /** Device → its adopted password as it is kept, and the keyed hash of what was found right for it in this run. */
  const seen = new Map<string, { readonly adopted: string; readonly hash: string }>();

  const wrong = (deviceId: string, named = deviceId): Identified => ({
    ok: false,
    code: "CREDENTIAL_WRONG",
    detail: `device ${named}`,
    deviceId,
  });

  function bySecret(hash: string, login: MqttLogin): Identified | Promise<Identified> | undefined {
    const board = book.boardByHash(hash);
    if (board === undefined) return undefined;
    const { userName } = login;
    if (userName !== undefined && userName !== "" && !loginsOf(board).includes(userName)) {
      const { deviceId } = board;
      const detail = `the secret of ${deviceId} with the user ${userName}`;
      return { ok: false, code: "CREDENTIAL_WRONG", detail, deviceId };
    }
    return board.family === "tasmota" ? withClientId(board, login.clientId) : letIn(board);
  }

  function byToken(hash: string, { clientId, userName }: MqttLogin): Identified | undefined {
    const board = book.boardByHash(hash);
    if (board?.family !== "thingsboard") return undefined;
    return clientId === userName ? { ...letIn(board), isClientIdSecret: true } : letIn(board);
  }

  function byName(hash: string, login: MqttLogin): Identified | Promise<Identified> | undefined {
    const named = nameIn(login);
    const board = book.boardByLogin(named);
    if (board === undefined) return undefined;
    const { adopted, deviceId } = board;
    if (adopted === undefined) return wrong(deviceId, named);
    const known = seen.get(deviceId);
    if (known?.hash === hash && known.adopted === adopted) return withClientId(board, login.clientId);
    return byAdopted(board, adopted, hash, login);
  }

  async function byAdopted(
    { deviceId }: BoardRecord,
    adopted: string,
    hash: string,
    { password = "", address = "", clientId }: MqttLogin,
  ): Promise<Identified> {
    if (delay.waitMs(deviceId, address) > 0) return wrong(deviceId);
    const isRight = await passwords.verify(adopted, password);
    if (isRight === undefined) return { ok: false, code: "CREDENTIAL_BUSY", detail: `device ${deviceId}`, deviceId };
    // It may have been removed or replaced while this one was tried.
    const now = book.board(deviceId);
    if (!isRight || now?.adopted !== adopted) {
      delay.failed(deviceId, address);
      return wrong(deviceId);
    }
    delay.succeeded(deviceId, address);
    seen.set(deviceId, { adopted, hash });
    return withClientId(now, clientId);
  }

  /** Tasmota reads a topic that has its client id: the first that a board comes with is its own, if no other has it. */
  function withClientId(board: BoardRecord, clientId: string): Identified | Promise<Identified> {
    const { deviceId, family, options = {} } = board;
    if (family !== "tasmota" || options.clientId !== undefined || !PLAIN_CLIENT_ID.test(clientId)) return letIn(board);
    const next = { ...board, options: { ...options, clientId } };
    if (refusalOf(next, deviceId) !== undefined) return letIn(board);
    const login = (): Identified => {
      const now = book.board(deviceId);
      return now?.hash === board.hash ? letIn(now) : wrong(deviceId);
    };
    // Where it cannot be written, the board works all the same, but for that topic.
    return book.replaceBoard(deviceId, next, mayBe(next)).then(login, login);
  }

  function letIn(board: BoardRecord): Identified & { ok: true } {
    book.used(board.deviceId, clock.nowMs());
    return { ok: true, who: identityOfBoard(board), owner: board.deviceId };
  }

  /** `replaced`: the device whose credential this one was. */
  function refusalOf(board: BoardRecord, replaced: string): Refusal | undefined {
    const former = book.board(board.deviceId);
    // Ids of native boards were free once.
    const isKept = board.family === undefined && former !== undefined && former.family === undefined;
    const fault = isKept ? undefined : faultOf(specOf(board));
    if (fault !== undefined) return { ok: false, code: "REQUEST_INVALID", fault };
    const others = book.boards().filter(({ deviceId }) => deviceId !== replaced && deviceId !== board.deviceId);
    return refusalAmong(board, others);
  }

  function refusalAmong(
    board: BoardRecord,
    others: readonly BoardRecord[],
    held: Iterable<TopicHolder> = reserved(),
  ): Refusal | undefined {
    if (others.some((other) => isLoginShared(board, other))) return { ok: false, code: "NAME_TAKEN" };
    if (board.family === undefined) return undefined; // its topics are those of its id
    const fault = conflictOf(specOf(board), [...others.map(holderOf), ...held]);
    return fault && { ok: false, code: "TOPICS_TAKEN", fault };
  }

  /** Asked once more when it is written: another one may have come in between. */
  const mayBe =
    (board: BoardRecord) =>
    (others: readonly BoardRecord[]): boolean =>
      refusalAmong(board, others) === undefined;

  function newBoard(spec: CredentialSpec): { board: BoardRecord; secret: string } {
    const secret = `aerie_b_${secrets.make(BOARD_BITS)}`;
    const deviceId = deviceIdOf(spec);
    return { secret, board: { deviceId, hash: secrets.hash(secret), createdAtMs: clock.nowMs(), ...fieldsOf(spec) } };
  }

  function boardAnswer(board: BoardRecord): BoardAnswer {
    const { publish, subscribe } = topicsOfBoard(board);
    const { deviceId, createdAtMs } = board;
    return {
      deviceId,
      ...specOf(board),
      publish: [...publish],
      subscribe: [...subscribe],
      createdAt: new Date(createdAtMs).toISOString(),
      lastUsedAt: isoOrNull(book.lastUsedMs(deviceId)),
    };
  }

  async function put(board: BoardRecord, mayReplace: boolean): Promise<Outcome<BoardAnswer>> {
    const refused = refusalOf(board, board.deviceId);
    if (refused !== undefined) return refused;
    const isPut = await book.putBoard(board, mayReplace, mayBe(board));
    return isPut ? { ok: true, value: boardAnswer(board) } : HAS_SECRET;
  }

  async function putNew(spec: CredentialSpec, mayReplace: boolean): Promise<Outcome<WithSecret<BoardAnswer>>> {
    const { board, secret } = newBoard(spec);
    const made = await put(board, mayReplace);
    return made.ok ? { ok: true, value: { ...made.value, secret } } : made;
  }

  /** A credential that is there keeps what the request does not name. */
  function specIn({ deviceId, family, name, options }: BoardRequest): CredentialSpec {
    const renewed = family === undefined && name === undefined ? book.board(deviceId ?? "") : undefined;
    if (renewed !== undefined) return { ...specOf(renewed), ...(options !== undefined && { options }) };
    const asked = { family: family ?? "native", name: name ?? deviceId ?? "" };
    return { ...asked, options: options ?? book.board(deviceIdOf(asked))?.options ?? {} };
  }

  return {
    mayReturn: (board) => {
      const others = book.boards().filter(({ deviceId }) => deviceId !== board.deviceId);
      return refusalAmong(board, others, []) === undefined; // the topics that a dialect has learned may be its own
    },
    bySecret,
    byToken,
    byName,
    hasBoard: (name) => book.boardByLogin(name) !== undefined,
    boards: () => book.boards().map(boardAnswer),
    lastLoginMs: (deviceId) => book.lastUsedMs(deviceId),
    topicsOfDevice: (deviceId) => {
      const board = book.board(deviceId);
      return board && topicsOfBoard(board);
    },
    makeBoard: async (request) => {
      const spec = specIn(request);
      const made = await putNew(spec, true);
      if (made.ok) onEnded(deviceIdOf(spec));
      return made;
    },
    makeFirst: (spec) => putNew(spec, false),
    adoptBoard: async (spec, password, userName) => {
      const deviceId = deviceIdOf(spec);
      const login = userName === spec.name ? {} : { userName };
      const plain = {
        deviceId,
        hash: `adopted ${secrets.id()}`,
        createdAtMs: clock.nowMs(),
        ...login,
        ...fieldsOf(spec),
      };
      const refused = refusalOf({ ...plain, adopted: "" }, deviceId);
      if (refused !== undefined) return refused;
      const adopted = await passwords.hash(password);
      if (adopted === undefined) return { ok: false, code: "LOGIN_BUSY", waitMs: 1_000 };
      return put({ ...plain, adopted }, false);
    },
    changeBoard: async (deviceId, patch) => {
      const former = book.board(deviceId);
      if (former === undefined) return UNKNOWN;
      const next = changed(former, patch);
      if (next.deviceId !== deviceId && book.board(next.deviceId) !== undefined) return HAS_SECRET;
      const refused = refusalOf(next, deviceId);
      if (refused !== undefined) return refused;
      const isDone = await book.replaceBoard(deviceId, next, mayBe(next));
      if (!isDone) return HAS_SECRET;
      onEnded(deviceId);
      return { ok: true, value: boardAnswer(next) };
    },
    removeBoard: async (deviceId) => {
      if (book.board(deviceId) === undefined) return UNKNOWN;
      const removed = book.removeBoard(deviceId);
      onEnded(deviceId);
      await removed;
      return { ok: true, value: undefined };
    },
  };
}

const holderOf = (board: BoardRecord): TopicHolder => ({ label: board.deviceId, topics: topicsOfBoard(board) });

/** A password that a person chose is found by the name of its board: no other may log in by it. */
function isLoginShared(board: BoardRecord, other: BoardRecord): boolean {
  if (board.adopted === undefined && other.adopted === undefined) return false;
  const logins = loginsOf(other);
  return loginsOf(board).some((name) => logins.includes(name));
}

function changed(former: BoardRecord, patch: BoardPatch): BoardRecord {
  const was = specOf(former);
  const family = patch.family ?? was.family;
  const name = patch.name ?? was.name;
  const spec = { family, name, options: patch.options ?? (family === was.family ? was.options : {}) };
  const { family: _, name: __, options: ___, ...rest } = former;
  const userName = former.userName ?? (was.name === name ? undefined : was.name);
  return { ...rest, deviceId: deviceIdOf(spec), ...fieldsOf(spec), ...(userName !== undefined && { userName }) };
}
