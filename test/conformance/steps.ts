/** What many conformance tests do and expect, in a line each. Opens no connection. */
import { expect } from "vitest";
import type { Connack, Publish } from "../support/packets/received.ts";
import { fence, type WireClient } from "./wire.ts";

/** Those bytes close the connection, and nothing is answered. */
export async function expectCut(client: WireClient, ...bytes: Uint8Array[]): Promise<void> {
  const before = client.received.length;
  client.send(...bytes);
  await client.expectClosed();
  expect(client.received.slice(before).map(({ type }) => type)).toEqual([]);
}

/** A CONNECT that is answered with that return code, and by closing the connection. */
export async function expectRefusal(client: WireClient, bytes: Uint8Array, code: number): Promise<Connack> {
  client.send(bytes);
  const connack = await client.expectPacket("connack");
  expect(connack.code).toBe(code);
  expect(await client.expectClosed()).toEqual([]);
  return connack;
}

/**
 * All messages that came, acknowledged; those that `from` sent before are among them. No more of them than the window
 * that the server keeps for the client, or the fence waits behind it.
 */
export async function messagesAt(client: WireClient, from: WireClient): Promise<Publish[]> {
  const messages: Publish[] = [];
  for (;;) {
    await fence(from, client);
    const count = client.inbox.filter(({ type }) => type === "publish").length;
    if (count === 0) return messages;
    for (let taken = 0; taken < count; taken += 1) messages.push(await client.expectMessage());
  }
}

/** What a new subscription of this client brings by itself. */
export async function retainedFor(client: WireClient, filter: string, qos = 2): Promise<Publish[]> {
  await client.subscribe([[filter, qos]]);
  return messagesAt(client, client);
}

/** Payloads in their order. */
export const payloadsOf = (messages: readonly Publish[]): string[] => messages.map(({ payload }) => payload);
