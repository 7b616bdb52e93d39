/** Trials over several devices: what is counted, excluded and given up. */
import { describe, expect, test } from "vitest";
import type { Condition, RuleFields } from "../../../../src/contract/alerts.ts";
import { tryRuleAnswer } from "../../../../src/contract/answers/alert-answers.ts";
import type { MetricInfo } from "../../../../src/contract/metrics.ts";
import type { DeviceId, MetricValue, PresenceState } from "../../../../src/contract/readings.ts";
import { classOf } from "../../../../src/core/alerts/engine/alert-devices.ts";
import { tryByPages } from "../../../../src/core/alerts/trial/trial-pages.ts";
import { createWouldHaveFired } from "../../../../src/core/alerts/trial/would-have-fired.ts";
import type { StoredReading } from "../../../../src/core/ports/history.ts";
import type { Store } from "../../../../src/core/ports/readings-store.ts";
import { toPresence } from "../../../../src/core/presence/presence-rules.ts";

const START = Date.UTC(2026, 10, 22);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RANGE = { fromMs: START, toMs: START + DAY };

const ruleOf = (condition: Condition, fields: Partial<RuleFields> = {}): RuleFields => ({
  name: "tried",
  enabled: true,
  severity: "warning",
  scope: { all: true },
  condition,
  forS: 0,
  keepFiringS: 0,
  channels: "all",
  ...fields,
});

interface House {
  /** Of each device: [ms from the start, metrics]. */
  readonly readings: Readonly<Record<string, readonly (readonly [number, Record<string, MetricValue>])[]>>;
  readonly presence?: readonly (readonly [number, PresenceState])[];
  readonly runs?: readonly (readonly [number, number])[];
  readonly infos?: Readonly<Record<string, MetricInfo>>;
  readonly mostReadings?: number;
}

function trialIn({ readings, presence = [], runs = [], infos = {}, mostReadings }: House) {
  const stored = new Map(
    Object.entries(readings).map(([deviceId, some]) => [
      deviceId,
      some.map(
        ([agoMs, metrics]): StoredReading => ({
          deviceId: deviceId as DeviceId,
          atMs: START + agoMs,
          n: 0,
          receivedAtMs: START + agoMs,
          body: JSON.stringify(metrics),
        }),
      ),
    ]),
  );
  const readingsOf: Store["readings"] = async ({ deviceId, fromMs, toMs, limit, order, behind }) => {
    const some = (stored.get(deviceId) ?? []).filter(
      ({ atMs }) => atMs >= fromMs && atMs < toMs && atMs > (behind?.atMs ?? 0),
    );
    return (order === "asc" ? some : some.reverse()).slice(0, limit);
  };
  return createWouldHaveFired({
    store: { readings: readingsOf, tryRule: (spec, goOn) => tryByPages(readingsOf, spec, goOn) },
    presenceBook: {
      history: async ({ deviceId }) => ({
        changes: presence.map(([atMs, detail]) => ({
          deviceId,
          atMs: START + atMs,
          sinceMs: START + atMs,
          detail,
          state: toPresence(detail),
        })),
        nextMs: undefined,
      }),
      runs: async () => runs.map(([from, to]) => ({ fromMs: START + from, toMs: START + to })),
    },
    devices: {
      ids: () => [...stored.keys()] as DeviceId[],
      metricsOf: (id) => new Set((readings[id] ?? []).flatMap(([, metrics]) => Object.keys(metrics))),
      metricInfo: (_id, metric) => infos[metric],
      latestOf: (id, metric) => {
        const last = (readings[id] ?? []).findLast(([, metrics]) => Object.hasOwn(metrics, metric));
        return last && { atMs: START + last[0] };
      },
      radioOf: () => undefined,
    },
    classOf,
    ...(mostReadings !== undefined && { mostReadings }),
  });
}

/** A reading every minute. */
const everyMinute = (valueAt: (minute: number) => number, minutes = 1_440, metric = "t") =>
  Array.from({ length: minutes }, (_, minute) => [minute * MINUTE, { [metric]: valueAt(minute) }] as const);
const never = (): boolean => false;
const minutesOf = (spans: readonly { deviceId: string; from: string; to?: string }[]): string[] =>
  spans.map(({ deviceId, from, to }) => {
    const minute = (at: string): number => (Date.parse(at) - START) / MINUTE;
    return `${deviceId} ${minute(from)}–${to === undefined ? "" : minute(to)}`;
  });

const ABOVE: Condition = { kind: "above", metric: "t", threshold: 50, clear: 40 };
/** Once each six hours. */
const peaks = (minute: number): number => (minute % 360 >= 300 && minute % 360 < 310 ? 60 : 20);

describe("a trial", () => {
  test("says when it would have fired, and how many messages that would have been", async () => {
    const answer = await trialIn({ readings: { boiler: everyMinute(peaks) } }).run(ruleOf(ABOVE), RANGE, never);
    expect(tryRuleAnswer.parse(answer)).toEqual(answer);
    expect(minutesOf(answer.spans)).toEqual([
      "boiler 300–310",
      "boiler 660–670",
      "boiler 1020–1030",
      "boiler 1380–1390",
    ]);
    expect(answer).toMatchObject({ total: 4, messages: 8, repeats: 0, devices: 1, readings: 1_440, complete: true });
  });

  test("says that it would fire still", async () => {
    const { spans } = await trialIn({ readings: { boiler: everyMinute((minute) => minute) } }).run(
      ruleOf(ABOVE),
      RANGE,
      never,
    );
    expect(minutesOf(spans)).toEqual(["boiler 51–"]);
  });

  test("groups what many devices say at once, and counts repetitions apart", async () => {
    const readings = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `hall-${index}`,
        everyMinute((minute) => (minute < 60 || minute >= 121 ? 20 : 60), 200),
      ]),
    );
    const answer = await trialIn({ readings }).run(ruleOf(ABOVE, { severity: "critical" }), RANGE, never);
    // The first of the rule at once, the others together; when they are over, the same.
    expect(answer).toMatchObject({ total: 10, messages: 4, devices: 10 });
    expect(answer.repeats).toBe(4); // an hour, every 15 minutes
  });

  test("looks at the devices of its scope that send what it is about", async () => {
    const readings = {
      boiler: everyMinute(peaks),
      attic: everyMinute(peaks),
      clock: everyMinute(peaks, 10, "seconds"),
    };
    const trial = trialIn({ readings });
    expect(await trial.run(ruleOf(ABOVE), RANGE, never)).toMatchObject({ devices: 2, readings: 2_880 });
    expect(await trial.run(ruleOf(ABOVE, { scope: { devices: ["attic"] } }), RANGE, never)).toMatchObject({
      devices: 1,
    });
    expect(await trial.run(ruleOf({ ...ABOVE, metric: "unknown" }), RANGE, never)).toMatchObject({
      devices: 0,
      spans: [],
    });
  });

  test("of a class says which metric it was", async () => {
    const readings = { remote: everyMinute((minute) => (minute < 700 ? 50 : 10), 1_440, "battery") };
    const { spans } = await trialIn({ readings }).run(
      ruleOf({ kind: "class", deviceClass: "battery", below: 15 }),
      RANGE,
      never,
    );
    expect(spans).toMatchObject([{ deviceId: "remote", metric: "battery" }]);
  });

  test("of a silence leaves out the time in which the hub was down, and one interval after it", async () => {
    const readings = { boiler: everyMinute(() => 20).filter(([at]) => at < 2 * HOUR || at >= 6 * HOUR) };
    const rule = ruleOf({ kind: "noData", afterS: 1_800 });
    const heard = trialIn({ readings });
    expect(minutesOf((await heard.run(rule, RANGE, never)).spans)).toEqual([expect.stringMatching(/^boiler 149–360/)]);
    const down = trialIn({
      readings,
      runs: [
        [0, 2 * HOUR],
        [6 * HOUR, DAY],
      ],
    });
    expect((await down.run(rule, RANGE, never)).spans).toEqual([]);
  });

  test("of a silence is over with a reading of the very moment in which it fires", async () => {
    const readings = {
      boiler: everyMinute(() => 20).filter(([at]) => at <= HOUR || at === 100 * MINUTE || at >= 2 * HOUR),
    };
    const { spans } = await trialIn({ readings }).run(
      ruleOf({ kind: "noData", afterS: 1_800 }, { forS: 600 }),
      RANGE,
      never,
    );
    expect(minutesOf(spans)).toEqual([expect.stringMatching(/^boiler 100–100\.0/)]);
  });

  test("misses no board and no metric before it first came", async () => {
    const noon = 720;
    const from = (first: number, metric?: string) =>
      everyMinute(() => 20, 1_440, metric).filter(([at]) => at >= first * MINUTE);
    const dayBefore = (metric: string) => [[-DAY, { [metric]: 20 }]] as const;
    const readings = {
      fresh: from(noon),
      back: [...dayBefore("t"), ...from(noon)],
      gone: [...dayBefore("t")],
      grown: everyMinute(() => 20).map(
        ([at, metrics]) => [at, { ...metrics, ...(at >= noon * MINUTE && { h: 1 }) }] as const,
      ),
      healed: [...dayBefore("h"), ...from(noon, "h")],
    };
    const spansOf = async (condition: Condition): Promise<string[]> =>
      minutesOf((await trialIn({ readings }).run(ruleOf(condition), RANGE, never)).spans)
        .map((span) => span.replace(/\.\d+/, "")) // a second behind the reading
        .sort();
    expect(await spansOf({ kind: "noData", afterS: 1_800 })).toEqual(["back 30–720", "gone 30–", "healed 30–720"]);
    expect(await spansOf({ kind: "noData", metric: "h", afterS: 1_800 })).toEqual(["healed 30–720"]);
  });

  test("of presence goes by what was stored of it", async () => {
    const trial = trialIn({
      readings: { boiler: everyMinute(() => 20) },
      presence: [
        [0, "online"],
        [HOUR, "offline"],
        [2 * HOUR, "online"],
      ],
    });
    const { spans } = await trial.run(ruleOf({ kind: "presence", state: "offline" }), RANGE, never);
    expect(minutesOf(spans)).toEqual([expect.stringMatching(/^boiler 60–120\b/)]); // right behind the reading
  });

  test("ends where its caller goes away, and where it has looked at enough; it says so", async () => {
    const readings = { boiler: everyMinute(peaks), attic: everyMinute(peaks) };
    let asked = 0;
    const gone = await trialIn({ readings }).run(ruleOf(ABOVE), RANGE, () => asked++ > 0);
    expect(gone).toMatchObject({ complete: false });
    const enough = await trialIn({ readings, mostReadings: 1_000 }).run(ruleOf(ABOVE), RANGE, never);
    expect(enough).toMatchObject({ complete: false, devices: 1, readings: 1_440 });
  });

  test("of a rule that flaps shows the newest thousand spans, and counts all", async () => {
    const flaps = Array.from(
      { length: 6_000 },
      (_, index) => [index * 10_000, { t: index % 2 === 0 ? 60 : 20 }] as const,
    );
    const answer = await trialIn({ readings: { boiler: flaps } }).run(ruleOf(ABOVE), RANGE, never);
    expect(answer.total).toBe(3_000);
    expect(answer.spans).toHaveLength(1_000);
    expect(answer.messages).toBeLessThanOrEqual(4_000); // one in 30 s for each kind
  });

  test("is refused for a rule about the hub, and for one that contradicts itself", () => {
    const { faultsOf } = trialIn({ readings: {} });
    expect(faultsOf(ruleOf({ kind: "hub", what: ["disk"] })).map(({ field }) => field)).toEqual(["condition"]);
    expect(faultsOf(ruleOf({ ...ABOVE, clear: 60 })).map(({ field }) => field)).toEqual(["condition.clear"]);
    expect(faultsOf(ruleOf(ABOVE))).toEqual([]);
  });
});
