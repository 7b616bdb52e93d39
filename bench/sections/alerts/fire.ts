/** How long a fire takes from its reading's PUBACK to the receipt of the webhook, beside other boards. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Latency, latencyOf } from "../../generator/drive-spec.ts";
import { askHub } from "../../helpers/hub-api.ts";
import { type Bench, driveAt, type RunRecord, runHub } from "../../run/bench-run.ts";
import type { Peer } from "../../run/peer-process.ts";
import { openReadingsLink } from "./readings-link.ts";
import { addRules, deleteAllRules, ruleOf, UNLIMITED } from "./rules.ts";
import { openWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

export interface FireResult {
  readonly besidePerSecond: number;
  readonly run: RunRecord;
  /** From PUBACK to receipt. */
  readonly latency: Latency;
}

const BESIDE_PER_SECOND = 1_000;
const FIRES = 200;
/** A channel sends one message a second at most. */
const CHANNELS = 40;
const EACH_MS = 30;
const WITHIN_MS = 20_000;

export const fireSeconds = (warmUpSeconds: number): number => warmUpSeconds + (FIRES * EACH_MS) / 1000 + 5;

const deviceOf = (fire: number): string => `fire-${fire}`;

export async function fire(bench: Bench): Promise<FireResult> {
  const { boards, warmUpSeconds } = bench.options;
  const spec = {
    load: { boards, qos: 1, timestamps: "half" },
    warmUp: { durationMs: warmUpSeconds * 1000, ratePerSecond: BESIDE_PER_SECOND },
    measured: { durationMs: FIRES * EACH_MS + 1_000, ratePerSecond: BESIDE_PER_SECOND },
  } as const;
  const receiver = await openWebhookReceiver();
  let latencies: readonly number[] = [];
  try {
    const run = await runHub(
      bench,
      "fire to webhook",
      async (hub) => {
        await prepare(hub, receiver);
        let fires: Promise<readonly number[]> | undefined;
        const result = await driveAt(bench, hub, spec, () => {
          fires = lightFires(hub, receiver);
        });
        latencies = (await fires) ?? [];
        return result;
      },
      { settings: UNLIMITED },
      ({ totalAcknowledged }) => totalAcknowledged + FIRES,
    );
    if (latencies.length < FIRES) bench.fail(`fire to webhook: ${FIRES - latencies.length} of ${FIRES} never arrived`);
    return { besidePerSecond: BESIDE_PER_SECOND, run, latency: latencyOf(latencies) };
  } finally {
    await receiver.close();
  }
}

/** A rule for each fire: what is sent once more of one rule within half a minute waits for company. */
async function prepare({ httpUrl }: Peer, receiver: WebhookReceiver): Promise<void> {
  await deleteAllRules(httpUrl);
  const ids: string[] = [];
  for (let channel = 0; channel < CHANNELS; channel += 1) {
    const settings = { kind: "webhook", preset: "json", url: `${receiver.url}/${channel}` };
    const fields = { name: `channel ${channel}`, enabled: true, atLeast: "info", settings };
    ids.push((await askHub<{ id: string }>(httpUrl, "POST /api/channels", fields)).id);
  }
  const rules = Array.from({ length: FIRES }, (_, at) =>
    ruleOf({
      name: `fire ${at}`,
      scope: { devices: [deviceOf(at)] },
      condition: { kind: "equals", metric: "flameDetected", value: true },
      channels: [ids[at % CHANNELS] ?? ""],
    }),
  );
  await addRules(httpUrl, rules);
}

/** ms from PUBACK to receipt, of those that were received. */
async function lightFires(hub: Peer, receiver: WebhookReceiver): Promise<readonly number[]> {
  const link = await openReadingsLink(hub, "fires");
  const acknowledged: Promise<number>[] = [];
  for (let at = 0; at < FIRES; at += 1) {
    acknowledged.push(link.send(deviceOf(at), { flameDetected: true }));
    await sleep(EACH_MS);
  }
  const acknowledgedAtMs = await Promise.all(acknowledged);
  const giveUpMs = performance.now() + WITHIN_MS;
  while (receiver.fired() < FIRES && performance.now() < giveUpMs) await sleep(20);
  link.close();
  return acknowledgedAtMs.flatMap((atMs, at) => {
    const firedAtMs = receiver.firedAtMs(deviceOf(at));
    return firedAtMs === undefined ? [] : [firedAtMs - atMs];
  });
}
