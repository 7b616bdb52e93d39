/** A hall without power: 10,000 alerts fire within a second, while other boards send. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DriveResult } from "../../generator/drive-spec.ts";
import { askHub } from "../../helpers/hub-api.ts";
import { type Bench, driveAt, type LoadSpec, runHub } from "../../run/bench-run.ts";
import type { BenchOptions } from "../../run/options.ts";
import type { Peer } from "../../run/peer-process.ts";
import { openReadingsLink, type ReadingsLink } from "./readings-link.ts";
import { addRules, deleteAllRules, ruleOf, UNLIMITED } from "./rules.ts";
import { openWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

export interface HallResult {
  readonly devices: number;
  /** Of the boards beside it: while the hall sends what changes nothing, and while all of it fires. */
  readonly calm: DriveResult;
  readonly firing: DriveResult;
  readonly messages: number;
}

const DEVICES = 10_000;
const BESIDE_PER_SECOND = 200;
const MEASURED_MS = 3_000;
/** The hall sends within a second. */
const STEPS = 100;
const STEP_MS = 10;
/** What comes after the first message of a rule is gathered for half a minute. */
const NOTIFIED_WITHIN_MS = 60_000;

export const hallSeconds = ({ warmUpSeconds }: BenchOptions): number => 2 * (warmUpSeconds + MEASURED_MS / 1000) + 45;

export async function hall(bench: Bench): Promise<HallResult> {
  const { boards, warmUpSeconds } = bench.options;
  const spec: LoadSpec = {
    load: { boards, qos: 1, timestamps: "half" },
    warmUp: { durationMs: warmUpSeconds * 1000, ratePerSecond: BESIDE_PER_SECOND },
    measured: { durationMs: MEASURED_MS, ratePerSecond: BESIDE_PER_SECOND },
  };
  const receiver = await openWebhookReceiver();
  let calm: DriveResult | undefined;
  bench.progress.begin("a hall without power", hallSeconds(bench.options));
  try {
    const { result: firing } = await runHub(
      bench,
      "a hall without power",
      async (hub) => {
        await prepare(hub, receiver);
        const link = await openReadingsLink(hub, "hall");
        const beside = async (power: number): Promise<DriveResult> => {
          let sent: Promise<void> | undefined;
          const result = await driveAt(bench, hub, spec, () => {
            sent = sendAll(link, power);
          });
          await sent;
          return result;
        };
        await sendAll(link, 1); // they are known
        calm = await beside(1);
        const result = await beside(0);
        await notified(bench, receiver);
        link.close();
        return result;
      },
      { settings: UNLIMITED },
      ({ totalAcknowledged }) => totalAcknowledged + (calm?.totalAcknowledged ?? 0) + 3 * DEVICES,
    );
    if (calm === undefined) throw new Error("nothing was measured");
    return { devices: DEVICES, calm, firing, messages: receiver.messages() };
  } finally {
    await receiver.close();
  }
}

async function prepare({ httpUrl }: Peer, receiver: WebhookReceiver): Promise<void> {
  await deleteAllRules(httpUrl);
  const settings = { kind: "webhook", preset: "json", url: receiver.url };
  await askHub(httpUrl, "POST /api/channels", { name: "guard", enabled: true, atLeast: "info", settings });
  await addRules(httpUrl, [
    ruleOf({ name: "No power", condition: { kind: "below", metric: "power", threshold: 0.5 } }),
  ]);
}

async function sendAll(link: ReadingsLink, power: number): Promise<void> {
  const acknowledged: Promise<number>[] = [];
  const sinceMs = performance.now();
  for (let step = 0; step < STEPS; step += 1) {
    for (let at = step; at < DEVICES; at += STEPS) acknowledged.push(link.send(`hall-${at}`, { power }));
    await sleep(Math.max(0, sinceMs + (step + 1) * STEP_MS - performance.now()));
  }
  await Promise.all(acknowledged);
}

async function notified(bench: Bench, receiver: WebhookReceiver): Promise<void> {
  const giveUpMs = performance.now() + NOTIFIED_WITHIN_MS;
  while (receiver.fired() < DEVICES && performance.now() < giveUpMs) await sleep(100);
  if (receiver.fired() !== DEVICES)
    bench.fail(`a hall without power: ${receiver.fired()} of ${DEVICES} alerts were notified`);
}
