/**
 * A process that fills, seals, rolls up, forgets and erases on one data directory until it is killed. Each thing that is
 * acknowledged is said on stdout, synchronously and only then: what was said is the least that must be there.
 */
import { writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { openSqliteStore } from "../../../dist/src/store/sqlite/sqlite-store.js";
import { DEVICES, groupOf, nowOf, randomOf } from "./history-data.mjs";

const HOUR_MS = 3_600_000;
const { dataDir, seed, first, resend, late, saveEvery, rawDays, sizeSteps, erases, unfinished } = JSON.parse(
  process.argv[2] ?? "",
);
const random = randomOf(seed + first);
const say = (line) => writeSync(1, `${line}\n`);
const log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (event, fields) => say(`l ${event} ${JSON.stringify(fields)}`),
};
const fail = (error) => {
  say(`x ${String(error?.stack ?? error).replaceAll("\n", " | ")}`);
  process.exit(1);
};

/** Deletions that are written down and not done. */
function begunErasures() {
  const db = new DatabaseSync(path.join(dataDir, "aerie.db"));
  const { count } = db.prepare("SELECT count(*) AS count FROM erasing").get();
  db.close();
  return Number(count);
}

// What the last process had begun goes on by itself; what it had not is asked for again.
const goesOn = unfinished.length > 0 && begunErasures() > 0;
const store = await openSqliteStore({ dataDir, log, onDead: fail });
await store.load();
say("open");
/** The newest group that is acknowledged: upkeep is never ahead of what may still be under way. */
let through = Math.max(0, first - 1);
let sizeLeft = sizeSteps;

async function append() {
  // The group that was under way at the kill comes again as it was.
  if (resend !== undefined) await appendOne(first, { late: resend.late, dup: true }, true);
  for (let index = resend === undefined ? first : first + 1; ; index++) {
    await appendOne(index, { late, dup: false }, false);
    if (index % saveEvery === 0) await save();
  }
}

async function appendOne(index, kind, isAgain) {
  say(`b ${index} ${Number(kind.late)}`);
  const outcomes = await store.append(groupOf(seed, index, kind));
  const said = outcomes.flat().map((one) => (one.kind === "stored" ? one.n : one.kind === "duplicate" ? "d" : "r"));
  say(`a ${index} ${Number(kind.late)} ${Number(isAgain)} ${said.join(",")}`);
  through = index;
}

async function save() {
  const latest = new Map([["temperature", { value: 1, atMs: nowOf(through) }]]);
  await store.saveState(
    DEVICES.map((deviceId) => ({ deviceId, lastHeardAtMs: nowOf(through), intervalMs: undefined, latest })),
  );
}

async function upkeep() {
  for (;;) {
    const retention = { rawDays, hourDays: 0, dayDays: 0, maxBytes: sizeLeft > 0 ? 1 : 0 };
    const step = await store.upkeep({ nowMs: nowOf(through), retention });
    if (step.shortenedToMs !== undefined) sizeLeft--;
    if (step.did === "nothing") await pause(2);
    else say(`u ${step.did} ${step.readings} ${step.shortenedToMs ?? ""}`);
  }
}

async function erase() {
  for (const request of unfinished) {
    if (!goesOn) await eraseOne(request);
    else {
      while (begunErasures() > 0) await pause(10);
      say("E");
    }
  }
  for (let left = erases; left > 0; left--) {
    await pause(20 + 150 * random());
    const fromMs = nowOf(0) + Math.floor((nowOf(through) - nowOf(0) - 60 * HOUR_MS) / HOUR_MS) * HOUR_MS;
    if (fromMs < nowOf(0)) continue;
    const deviceId = DEVICES[Math.floor(random() * DEVICES.length)];
    const toMs = fromMs + Math.ceil(12 * random()) * HOUR_MS;
    await eraseOne({ deviceId, fromMs, toMs, ...(random() < 0.5 && { metrics: ["temperature", "mode", "a"] }) });
  }
}

async function eraseOne(request) {
  say(`e ${JSON.stringify(request)}`);
  await store.erase({ metrics: undefined, ...request });
  say("E");
}

await Promise.all([append(), upkeep(), erase()]).catch(fail);
