/** Thousands that are silent, drip, rush and take each other over: boards that behave notice nothing. */
import { expect, test } from "vitest";
import { type LoyalBoard, startLoyalBoard } from "../../support/clients/loyal-board.ts";
import { compareAll, NO_DIFFERENCES } from "../../support/history/stored-sequences.ts";
import { spawnHub } from "../../support/hub/hub.ts";
import { metricsOf } from "../../support/hub/metrics.ts";
import { refusedCount } from "../../support/hub/rest.ts";
import { envOf } from "../../support/hub/settings-env.ts";
import { type StallMeter, startStallMeter } from "../../support/load/stall-meter.ts";
import { openDrippingConnects, openDrippingPublishes, openSilent, rush, takeOver } from "../../support/load/storm.ts";
import { VERSIONS } from "../../support/packets/packets-of-version.ts";
import { until } from "../../support/until.ts";

/** `npm run soak` sets 30. */
const STORM_S = Number(process.env["AERIE_TEST_STORM_S"] ?? 4);
const SILENT = 2_000;
const DRIPPING = 50;
const CONNECTS_A_SECOND = 500;
const TAKE_OVERS = 40;
const AT_ONCE = 6;
const CONNECT_TIMEOUT_MS = 4_000;
/**
 * From write to PUBACK. This process runs the storm, too, and shares two cores with the hub: what its own event loop stood
 * still meanwhile is not the hub's doing and is taken off.
 */
const LONGEST_WAIT_MS = 500;

test(`${SILENT} silent connections, ${2 * DRIPPING} that drip, ${CONNECTS_A_SECOND} connects a second for ${STORM_S} s and ${TAKE_OVERS} × ${AT_ONCE} take-overs: boards that behave notice nothing`, {
  timeout: 120_000 + STORM_S * 2_000,
}, async () => {
  const hub = await spawnHub({
    // All of this comes from one machine.
    env: envOf({ maxConnectionsPerAddress: 10_000, maxConnectsPerMinute: 0, connectTimeoutMs: CONNECT_TIMEOUT_MS }),
  });
  const stalls = startStallMeter();
  const boards = await startBoards(hub);
  const silent = openSilent(hub, SILENT);
  const dripping = openDrippingConnects(hub, DRIPPING);
  const slow = await openDrippingPublishes(hub, DRIPPING);

  const rushing = rush(hub, CONNECTS_A_SECOND, STORM_S * 1_000);
  const faults: string[] = [];
  for (let round = 0; round < TAKE_OVERS; round += 1) faults.push(...(await takeOver(hub, "wanted", AT_ONCE)));
  const { begun, served } = await rushing;
  const strangers = [...silent, ...dripping];
  await until("who never said CONNECT is let go", () => strangers.every((client) => !client.isOpen()), {
    // From when the hub has it: of thousands that come at once the system lets some in only when they ask again.
    withinMs: 4 * CONNECT_TIMEOUT_MS,
  });
  for (const board of boards) board.rest();
  await until("all is acknowledged", () => boards.every((board) => board.isSettled()));

  expect(faults).toEqual([]);
  expect({ begun, served }).toEqual({ begun: STORM_S * CONNECTS_A_SECOND, served: begun });
  expect(await refusedCount(hub, "CONNECT_TIMEOUT")).toBe(SILENT + DRIPPING);
  // Their bytes are their sign of life.
  expect(slow.filter((client) => !client.isOpen())).toEqual([]);
  expect(await refusedCount(hub, "KEEP_ALIVE_EXPIRED")).toBe(0);
  await expectUndisturbed(boards, stalls);
  for (const board of boards) {
    expect(board.acknowledged).toHaveLength(board.sent());
    expect(await compareAll(hub, board.deviceId, board.acknowledged)).toEqual(NO_DIFFERENCES);
  }
  await until("only boards and slow senders are connected", async () => {
    const [clients] = await metricsOf(hub, "aerie_mqtt_clients");
    return clients === boards.length + slow.length;
  });
});

/** Ten, of every version, each with a reading each tenth of a second. */
const startBoards = (hub: Parameters<typeof startLoyalBoard>[0]): Promise<LoyalBoard[]> =>
  Promise.all(
    Array.from({ length: 10 }, (_, index) =>
      startLoyalBoard(hub, {
        deviceId: `calm-${index}`,
        version: VERSIONS[index % VERSIONS.length] ?? 4,
        keepAliveS: 2,
        window: 50,
        everyMs: 100,
      }),
    ),
  );

async function expectUndisturbed(boards: readonly LoyalBoard[], stalls: StallMeter): Promise<void> {
  expect(boards.map((board) => board.losses())).toEqual(boards.map(() => 0));
  const waits = boards.flatMap(({ waits: each }) => each);
  const longestMs = Math.max(...waits.map(({ fromMs, toMs }) => toMs - fromMs - stalls.stalledMs(fromMs, toMs)));
  expect(waits.length).toBeGreaterThan(boards.length * STORM_S * 5);
  expect(longestMs).toBeLessThan(LONGEST_WAIT_MS);
}
