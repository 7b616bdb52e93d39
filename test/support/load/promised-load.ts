/** Boards, an application, an absent session and an owner that load a hub with accounts, and note when they were promised what. */
import type { BoardAnswer, TokenAnswer, UserAnswer, WithSecret } from "../../../src/contract/access.ts";
import type { Role } from "../../../src/contract/levels.ts";
import { type Asker, PASSWORD } from "../hub/access-world.ts";
import type { HubAddress } from "../hub/hub.ts";
import type { Login } from "../steady/packet-link.ts";
import { createPublisher, type SentMessage, type SteadyPublisher } from "../steady/steady-publisher.ts";
import { createSubscriber } from "../steady/steady-subscriber.ts";
import { until } from "../until.ts";

/** What an account, a credential, a device's name or the label of its metric is; undefined: it was taken away. */
export interface OwnerChange {
  readonly kind: "user" | "token" | "board" | "name" | "label";
  /** Of a token: its secret. */
  readonly id: string;
  /** A role, a token's or a board's secret, a name, a label. */
  readonly value: string | undefined;
  readonly askedAtMs: number;
  /** Undefined: there was no answer yet. */
  readonly promisedAtMs: number | undefined;
}

export interface Acknowledged {
  readonly message: SentMessage;
  readonly atMs: number;
}

export interface PromisedLoad {
  readonly devices: readonly string[];
  readonly sink: { readonly clientId: string; readonly login: () => Login };
  /** All that publishers may have sent. */
  sent(): readonly SentMessage[];
  readonly acknowledged: readonly Acknowledged[];
  readonly changes: readonly OwnerChange[];
  /** When it was promised that the absent session gets what comes. */
  subscribedAtMs(): number | undefined;
  /** Credentials are made, and the session of who is absent. */
  begin(hub: HubAddress, owner: Asker): Promise<void>;
  /** Publishes so many messages each, beside changes of accounts; settles when all is acknowledged and it is enough. */
  run(hub: HubAddress, owner: Asker, messages: number, isEnough: () => Promise<boolean>): Promise<void>;
}

export const DEVICES = ["boiler", "cellar"] as const;
const SINK = "sink";
const SOURCE = "source";
const WINDOW = 6;
const RETAINED_EVERY = 8;

/** The hub cannot have answered later than this; its clock is the machine's. */
const nowMs = (): number => Date.now() + 1;

function messageOf(name: string, count: number, timedFromMs: number | undefined): SentMessage {
  const qos = count % 3 === 0 ? 2 : 1;
  if (name === SOURCE) {
    const retain = count % RETAINED_EVERY === 0;
    return { topic: retain ? "state/source" : `load/${count % 2}`, payload: String(count), qos, retain };
  }
  const ts = timedFromMs === undefined ? {} : { ts: timedFromMs + count };
  // What is half stored would show: both metrics say the same.
  const payload = JSON.stringify({ ...ts, seq: count, twice: count * 2 });
  return { topic: `devices/${name}/telemetry`, payload, qos, retain: false };
}

export function createPromisedLoad(): PromisedLoad {
  const acknowledged: Acknowledged[] = [];
  const changes: OwnerChange[] = [];
  const logins = new Map<string, Login>();
  const publishers = new Map<string, { publisher: SteadyPublisher; allow(more: number): void }>();
  let sinkAtMs: number | undefined;

  function addPublisher(name: string, version: 4 | 5, login: Login, timedFromMs?: number): void {
    let count = 0;
    let allowed = 0;
    const publisher = createPublisher({
      clientId: name,
      version,
      window: WINDOW,
      login,
      next: () => (count < allowed ? messageOf(name, count++, timedFromMs) : undefined),
      onAcknowledged: (message) => acknowledged.push({ message, atMs: nowMs() }),
    });
    publishers.set(name, {
      publisher,
      allow: (more) => {
        allowed = count + more;
      },
    });
  }

  /** One at a time: what is asked and not answered is one thing at most. */
  async function change<T>(
    wish: Pick<OwnerChange, "kind" | "id" | "value">,
    ask: () => Promise<{ status: number; body: T; text: string }>,
    secretOf?: (body: T) => { id: string; value: string },
  ): Promise<T> {
    const askedAtMs = Date.now();
    changes.push({ ...wish, askedAtMs, promisedAtMs: undefined });
    const { status, body, text } = await ask();
    if (status >= 300) throw new Error(`${wish.kind} ${wish.id}: ${status} ${text}`);
    changes[changes.length - 1] = { ...wish, ...secretOf?.(body), askedAtMs, promisedAtMs: nowMs() };
    return body;
  }

  const makeBoard = async (owner: Asker, id: string): Promise<string> => {
    const body = { deviceId: id };
    const made = await change(
      { kind: "board", id, value: "unknown" },
      () => owner.ask<WithSecret<BoardAnswer>>("/api/boards", { method: "POST", body }),
      ({ secret }) => ({ id, value: secret }),
    );
    return made.secret;
  };

  const makeUser = (owner: Asker, name: string, role: Role): Promise<UserAnswer> =>
    change({ kind: "user", id: name, value: role }, () =>
      owner.ask<UserAnswer>("/api/users", { method: "POST", body: { name, password: PASSWORD, role } }),
    );

  /** One round of all that an owner may change. */
  async function changeAccounts(owner: Asker, round: number): Promise<void> {
    const extra = `extra-${round}`;
    await makeBoard(owner, extra);
    const token = await change(
      { kind: "token", id: "unknown", value: "unknown" },
      () =>
        owner.ask<WithSecret<TokenAnswer>>("/api/tokens", { method: "POST", body: { name: extra, scope: "viewer" } }),
      ({ secret }) => ({ id: secret, value: secret }),
    );
    await makeBoard(owner, extra); // a new secret in place of the old one
    const user = await makeUser(owner, extra, "viewer");
    const device = `/api/devices/${DEVICES[round % 2]}`;
    await change({ kind: "name", id: DEVICES[round % 2] ?? "", value: extra }, () =>
      owner.ask(device, { method: "PATCH", body: { name: extra } }),
    );
    await change({ kind: "label", id: DEVICES[round % 2] ?? "", value: extra }, () =>
      owner.ask(device, { method: "PATCH", body: { metrics: { seq: { label: extra } } } }),
    );
    await change({ kind: "user", id: extra, value: "operator" }, () =>
      owner.ask(`/api/users/${user.id}`, { method: "PATCH", body: { role: "operator" } }),
    );
    if (round % 2 === 0) return;
    await change({ kind: "board", id: extra, value: undefined }, () =>
      owner.ask(`/api/boards/${extra}`, { method: "DELETE" }),
    );
    await change({ kind: "token", id: token.secret, value: undefined }, () =>
      owner.ask(`/api/tokens/${token.id}`, { method: "DELETE" }),
    );
    await change({ kind: "user", id: extra, value: undefined }, () =>
      owner.ask(`/api/users/${user.id}`, { method: "DELETE" }),
    );
  }

  const application = async (owner: Asker, name: string, publish: string[], subscribe: string[]): Promise<Login> => {
    const body = { name, publish, subscribe };
    const answer = await owner.ask<{ secret: string }>("/api/applications", { method: "POST", body });
    return { userName: name, password: answer.body.secret };
  };

  let round = 0;
  return {
    devices: DEVICES,
    sink: { clientId: SINK, login: () => logins.get(SINK) ?? { userName: "", password: "" } },
    sent: () => [...publishers.values()].flatMap(({ publisher }) => publisher.sent),
    acknowledged,
    changes,
    subscribedAtMs: () => sinkAtMs,
    begin: async (hub, owner) => {
      logins.set(SINK, await application(owner, SINK, [], ["load/#"]));
      const sink = createSubscriber(SINK, 5, logins.get(SINK));
      await sink.connect(hub);
      await sink.subscribe("load/#");
      sinkAtMs = nowMs();
      await sink.leave();
      addPublisher(SOURCE, 5, await application(owner, SOURCE, ["load/#", "state/#"], []));
      for (const [index, device] of DEVICES.entries()) {
        const login = { userName: device, password: await makeBoard(owner, device) };
        addPublisher(device, index === 0 ? 4 : 5, login, index === 0 ? Date.now() - 3_600_000 : undefined);
      }
    },
    run: async (hub, owner, messages, isEnough) => {
      for (const { publisher, allow } of publishers.values()) {
        allow(messages);
        await publisher.connect(hub);
      }
      const isSettled = (): boolean => [...publishers.values()].every(({ publisher }) => publisher.isSettled());
      await until("each device is known", () => DEVICES.every((device) => hasReading(acknowledged, device)));
      do await changeAccounts(owner, ++round);
      while (!isSettled() || !(await isEnough()));
      await Promise.all([...publishers.values()].map(({ publisher }) => publisher.leave()));
    },
  };
}

const hasReading = (acknowledged: readonly Acknowledged[], device: string): boolean =>
  acknowledged.some(({ message }) => message.topic === `devices/${device}/telemetry`);
