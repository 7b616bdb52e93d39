/** Readings a second with accounts and without: boards that come with secrets beside boards that come as they are, in turn. */
import { createHmac, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { table } from "../helpers/table.ts";
import { type Bench, driveAt, type Pair, type RunRecord, runHub } from "../run/bench-run.ts";
import { ranged } from "../run/compared.ts";
import type { BenchOptions } from "../run/options.ts";
import { ingestRunSeconds, ingestSpec } from "./ingest.ts";

/** `bare`: without accounts. */
export interface AccountsResult {
  readonly pairs: readonly Pair<RunRecord>[];
}

const SECRET_PREFIX = "aerie_b_of-the-bench-";

/** Counted as the default ones are, and not reached by a fast machine. */
const FAR_LIMITS = { "max-messages-per-second": 1_000_000, "max-bytes-per-second": 10_000_000_000 };

export const accountsSeconds = (options: BenchOptions): number => 2 * options.pairs * ingestRunSeconds(options);

export async function accounts(bench: Bench): Promise<AccountsResult> {
  const { options, progress } = bench;
  const spec = ingestSpec(options, 1);
  const pairs: Pair<RunRecord>[] = [];
  for (let pair = 1; pair <= options.pairs; pair += 1) {
    const title = `ingest, pair ${pair} of ${options.pairs}`;
    const begin = (what: string): string => {
      progress.begin(what, ingestRunSeconds(options));
      return what;
    };
    const bare = await runHub(bench, begin(`${title}, without accounts`), (hub) => driveAt(bench, hub, spec));
    const secured = { ...spec, load: { ...spec.load, secretPrefix: SECRET_PREFIX } };
    const aerie = await runHub(bench, begin(`${title}, with accounts`), (hub) => driveAt(bench, hub, secured), {
      settings: { auth: "on", ...FAR_LIMITS },
      prepare: (dataDir) => writeSecrets(dataDir, options.boards),
    });
    pairs.push({ bare, aerie });
  }
  return { pairs };
}

/** As the hub keeps them: a secret's HMAC, and the key of it. */
function writeSecrets(dataDir: string, count: number): void {
  const key = randomBytes(32);
  const boards = Array.from({ length: count }, (_, number) => {
    const deviceId = `bench-${number}`;
    const hash = createHmac("sha256", key).update(`${SECRET_PREFIX}${deviceId}`).digest("base64url");
    return { deviceId, hash, createdAtMs: 0 };
  });
  // With an owner, so that the hub asks for none.
  const users = [{ id: "owner", name: "owner", role: "owner", password: "", createdAtMs: 0 }];
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(path.join(dataDir, "access.key"), key, { mode: 0o600 });
  const records = { version: 1, users, signIns: [], tokens: [], boards, applications: [] };
  writeFileSync(path.join(dataDir, "access.json"), JSON.stringify(records), { mode: 0o600 });
}

export function accountsTable({ pairs }: AccountsResult): string {
  const row = (title: string, digits: number, read: (run: RunRecord) => number): string[] => [
    title,
    ranged(
      pairs.map(({ bare }) => read(bare)),
      digits,
    ),
    ranged(
      pairs.map(({ aerie }) => read(aerie)),
      digits,
    ),
    `× ${ranged(
      pairs.map(({ bare, aerie }) => read(aerie) / read(bare)),
      3,
    )}`,
  ];
  return table([
    ["durable ingest, QoS 1", "without accounts", "with accounts", "with to without, by pair"],
    row("readings a second", 0, ({ result }) => result.perSecond),
    row("CPU µs a reading, the hub", 2, ({ result }) => result.targetCpuUsAMessage),
  ]);
}
