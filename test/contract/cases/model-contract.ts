/** Any messages in any order with restarts between, held against the rules written plainly. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { DeviceId } from "../../../src/contract/readings.ts";
import type { WritesOfMessage } from "../../../src/core/ports/writes.ts";
import { createIdentityModel } from "./identity-model.ts";
import type { Start } from "./opened-store.ts";
import { deviceId, type Metrics, MINUTE_MS, packet, readAll, T0, timed, untimed } from "./writes.ts";

type Step =
  | { readonly kind: "append"; readonly messages: readonly ModelMessage[] }
  | { readonly kind: "save" }
  | { readonly kind: "reopen" };

interface ModelMessage {
  readonly device: number;
  readonly packetId: number | undefined;
  readonly client: string;
  readonly dup: boolean;
  readonly waitMs: number;
  readonly elements: readonly { readonly instant: number | undefined; readonly metrics: Metrics }[];
}

const message = fc.record<ModelMessage>({
  device: fc.nat(1),
  packetId: fc.option(fc.integer({ min: 1, max: 2 }), { nil: undefined }),
  client: fc.constantFrom("one", "two"),
  dup: fc.boolean(),
  waitMs: fc.constantFrom(0, 0, 1, 5_000, 9 * MINUTE_MS, 11 * MINUTE_MS),
  elements: fc.array(
    fc.record({
      instant: fc.option(fc.constantFrom(0, 1, 60_000, 700_000), { nil: undefined }),
      metrics: fc.constantFrom<Metrics>({ a: 1 }, { a: 2 }, { a: 1, b: true }, { b: true, a: 1 }, { b: "text" }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .array(message, { minLength: 1, maxLength: 4 })
      .map((messages): Step => ({ kind: "append", messages })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: "save" }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: "reopen" }) },
);

export function describeModel(start: Start): void {
  test("whatever comes, in whatever order, with restarts between, is stored as the rules of identity say", {
    timeout: 300_000,
  }, async () => {
    const { store: first, reopen } = await start();
    let store = first;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const ids = [deviceId(`m${run}a`), deviceId(`m${run}b`)] as const;
        run++;
        const model = createIdentityModel();
        let nowMs = T0;
        for (const each of steps) {
          if (each.kind === "reopen") store = await reopen();
          else if (each.kind === "save") await store.saveState(model.states());
          else {
            const writes = each.messages.map((one) => {
              nowMs += one.waitMs;
              return writesOf(one, ids[one.device] ?? ids[0], nowMs);
            });
            expect(await store.append(writes)).toEqual(model.append(writes));
          }
        }
        for (const id of ids) {
          const rows = await readAll(store, id);
          expect(rows.map(({ atMs, n, receivedAtMs, body }) => ({ atMs, n, receivedAtMs, body }))).toEqual(
            model.readings(id),
          );
        }
        store = await reopen();
        const devices = (await store.load()).filter((device) => device.deviceId.startsWith(`m${run - 1}`));
        const loaded = devices.map(({ deviceId, latest }) => [deviceId, Object.fromEntries(latest)]);
        const expected = model.states().map(({ deviceId, latest }) => [deviceId, Object.fromEntries(latest)]);
        expect(Object.fromEntries(loaded)).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: Number(process.env["AERIE_TEST_HISTORY_RUNS"] ?? 5) },
    );
  });
}

function writesOf(one: ModelMessage, device: DeviceId, nowMs: number): WritesOfMessage {
  const from = one.packetId === undefined ? {} : { packet: packet(one.packetId, one.dup, one.client) };
  return one.elements.map(({ instant, metrics }, element) =>
    instant === undefined
      ? untimed(nowMs, metrics, { deviceId: device, element, ...from })
      : timed(T0 + instant, metrics, { deviceId: device, receivedAtMs: nowMs, element, ...from }),
  );
}
