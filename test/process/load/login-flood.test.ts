/** A thousand guesses a second, at people and at boards: the hub stays quick for everybody else, and its memory flat. */
import { Agent, request } from "node:http";
import { expect, test } from "vitest";
import { connectJs } from "../../support/clients/mqtt-clients.ts";
import { makeOwner, OWNER } from "../../support/hub/first-account.ts";
import { type SpawnedHub, spawnHub } from "../../support/hub/hub.ts";
import { startStallMeter } from "../../support/load/stall-meter.ts";
import { pause } from "../../support/until.ts";

const A_SECOND = 1_000;
const SECONDS = 2;
/** Of some eighty answers: the slowest alone may have waited for the machine. */
const MOST_P95_MS = 100;
const MOST_GROWTH_MB = 80;
const MB = 1024 * 1024;

interface Answered {
  readonly status: number;
  readonly code: string;
}

function post(hub: SpawnedHub, path: string, body: object, agent: Agent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const asked = request({ host: hub.host, port: hub.httpPort, path, method: "POST", agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, code: text === "" ? "" : String(JSON.parse(text).code ?? "") });
      });
    });
    asked.on("error", reject).end(JSON.stringify(body));
  });
}

/** As its scraper is told. */
async function residentOf(hub: SpawnedHub): Promise<() => Promise<number>> {
  const tokenOf = await makeOwner(hub);
  const headers = await tokenOf("metrics");
  return async () => {
    const text = await (await fetch(`${hub.url}/metrics`, { headers })).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1]) / MB;
  };
}

test(`${A_SECOND} wrong logins a second for ${SECONDS} s: others are answered at once, and the owner gets in`, {
  timeout: 60_000,
}, async () => {
  const hub = await spawnHub({ args: ["--auth", "on", "--max-requests-per-minute", "0"] });
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const residentMb = await residentOf(hub);
  const stalls = startStallMeter();
  const answers: Promise<Answered>[] = [];
  const waits: number[] = [];
  // Heap and hashes have their working size before they are measured.
  const guess = (at: number) =>
    post(hub, "/api/session", { name: `guess ${at % 500}`, password: "wrong password" }, agent);
  await Promise.all(Array.from({ length: A_SECOND }, (_, at) => guess(at)));
  const startMb = await residentMb();
  let mostMb = startMb;
  const endMs = performance.now() + SECONDS * 1_000;
  let sent = 0;
  const begunMs = performance.now();
  while (performance.now() < endMs) {
    for (const due = ((performance.now() - begunMs) / 1_000) * A_SECOND; sent < due; sent++) {
      answers.push(guess(sent));
    }
    const fromMs = performance.now();
    expect((await fetch(`${hub.url}/healthz`)).status).toBe(200);
    const toMs = performance.now();
    await stalls.looked();
    waits.push(toMs - fromMs - stalls.stalledMs(fromMs, toMs));
    mostMb = Math.max(mostMb, await residentMb());
    await pause(10);
  }
  const codes = (await Promise.all(answers)).map((answer) => answer.code);
  const p95 = waits.sort((a, b) => a - b)[Math.floor(waits.length * 0.95)] ?? 0;

  expect(sent).toBeGreaterThan(0.8 * A_SECOND * SECONDS);
  expect(codes.every((code) => ["LOGIN_FAILED", "LOGIN_DELAYED", "LOGIN_BUSY"].includes(code))).toBe(true);
  expect(codes).toContain("LOGIN_DELAYED");
  expect(p95).toBeLessThan(MOST_P95_MS);
  expect(mostMb - startMb).toBeLessThan(MOST_GROWTH_MB);
  // From where nobody guesses.
  const elsewhere = new Agent({ localAddress: "127.0.0.7" } as object);
  expect((await post(hub, "/api/session", OWNER, elsewhere)).status).toBe(200);
  agent.destroy();
  await expect(connectJs(hub.mqttUrl, { username: "cellar", password: "guess" })).rejects.toThrow();
});
