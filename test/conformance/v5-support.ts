/** What the tests of MQTT 5 say often. Starts nothing and holds no test. */
import assert from "node:assert/strict";
import { test } from "vitest";
import type { Config } from "../../src/config/settings.ts";
import { type ConnectWish, PROPERTY, type Properties } from "../support/packets/bytes.ts";
import { type Connack, type Packets, type Publish, propertyOf, type Received } from "../support/packets/received.ts";
import { isOurHub, overTransports, type Wire } from "./broker.ts";
import { type ConnectedClient, fence, type WireClient } from "./wire.ts";

/** Bits of the subscription options. */
export const NO_LOCAL = 0x04;
export const RETAIN_AS_PUBLISHED = 0x08;
export const RETAINED_IF_NEW = 0x10;
export const RETAINED_NEVER = 0x20;

export interface Wire5 extends Omit<Wire, "open" | "connect"> {
  open(): WireClient;
  connect(wish?: ConnectWish): Promise<ConnectedClient>;
  /** `test` for what takes seconds of another broker: time is the same on every transport, so it is asked over one of them. */
  timed: ReturnType<typeof test.skipIf>;
}

/** `overTransports`, and whoever connects speaks MQTT 5. */
export function overTransports5(body: (wire: Wire5) => void, settings: Partial<Config> = {}): void {
  overTransports(
    (wire) =>
      body({
        ...wire,
        open: () => wire.open(5),
        connect: (wish) => wire.connect({ version: 5, ...wish }),
        timed: test.skipIf(!isOurHub && wire.transport === "websocket"),
      }),
    settings,
  );
}

/** For a CONNECT: the session outlives its connection by so many seconds. */
export const sessionOf = (clientId: string, seconds = 60): ConnectWish => ({
  clientId,
  properties: [[PROPERTY.sessionExpiry, seconds]],
});

/** The same session again. */
export const resumed = (clientId: string, seconds = 60): ConnectWish => ({
  ...sessionOf(clientId, seconds),
  clean: false,
});

/**
 * The server says DISCONNECT with one of these codes, nothing behind it, and closes. [MQTT-4.13.2-1] The standard allows a
 * close without a word, our hub says why.
 */
export async function expectDisconnect(
  client: WireClient,
  ...codes: number[]
): Promise<Packets["disconnect"] | undefined> {
  const left = await client.expectClosed();
  const last = left.at(-1);
  if (last?.type !== "disconnect" && !isOurHub) return undefined;
  assert.ok(last?.type === "disconnect", `a DISCONNECT was to come last, and there came ${typesOf(left)}`);
  assert.ok(codes.includes(last.code), `DISCONNECT has 0x${last.code.toString(16)}`);
  return last;
}

/** A CONNECT is refused with one of these codes, and closed. The standard allows a close without CONNACK, our hub says why. */
export async function expectRefusal(client: WireClient, ...codes: number[]): Promise<Connack | undefined> {
  const left = await client.expectClosed();
  if (left.length === 0 && !isOurHub) return undefined;
  const [connack] = left;
  assert.ok(connack?.type === "connack" && left.length === 1, `a CONNACK was to come, and there came ${typesOf(left)}`);
  assert.ok(codes.includes(connack.code), `CONNACK has 0x${connack.code.toString(16)}`);
  return connack;
}

const typesOf = (packets: readonly Received[]): string => packets.map(({ type }) => type).join(", ") || "nothing";

/** Nothing of what `from` has published so far is on its way to `to`. */
export async function expectNothingFrom(from: WireClient, to: WireClient): Promise<void> {
  await fence(from, to);
  await to.expectNothing();
}

/** What `topic` retains, as a new subscriber gets it. */
export async function retainedOn(wire: Wire5, topic: string): Promise<Publish[]> {
  const reader = await wire.connect();
  await reader.subscribe([[topic, 2]]);
  await fence(reader, reader);
  const found = reader.inbox.filter((packet) => packet.type === "publish");
  await reader.vanish();
  return found;
}

/** A subscriber to one filter. */
export async function subscriberOf(
  wire: Wire5,
  filter: string,
  options = 2,
  { wish = {}, properties = [] }: { wish?: ConnectWish; properties?: Properties } = {},
): Promise<ConnectedClient> {
  const client = await wire.connect(wish);
  await client.subscribe([[filter, options]], properties);
  return client;
}

/** A number that CONNACK says, or what counts where it says nothing. */
export function saidBy(client: ConnectedClient, property: number, otherwise: number): number {
  const said = propertyOf(client.connack, property);
  return typeof said === "number" ? said : otherwise;
}

/** Later than an interval of one second. Mosquitto looks at the time once a second or so. */
export const PAST_A_SECOND_MS = isOurHub ? 1_300 : 2_500;

/** Text that is not UTF-8: a surrogate, an overlong form, a sequence cut short, a code point that there is not. */
export const ILL_FORMED: readonly Buffer[] = ["eda080", "c080", "61c3", "f4908080"].map((hex) =>
  Buffer.from(hex, "hex"),
);
