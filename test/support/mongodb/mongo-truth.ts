/** What is in MongoDB after all that was promised, asked past the hub. Changes nothing. */
import { type Document, MongoClient } from "mongodb";
import { onTestFinished } from "vitest";
import { until } from "../until.ts";

export interface MongoTruth {
  /** `seq` → how often it is there. */
  counts(): Promise<Map<number, number>>;
  /** Promised and not there; there more than once. */
  differences(promised: ReadonlySet<number>): Promise<{ missing: number[]; twice: number[] }>;
  /** Once no past hour is to be counted any more, for which `pass` lets time pass: hours and days of which count or sum of `seq` is not that of their readings. */
  wrongRollups(pastMs: number, pass: () => Promise<void>): Promise<Document[]>;
}

const DAY_MS = 24 * 3_600_000;

export function mongoTruth(url: string): MongoTruth {
  const client = new MongoClient(url);
  onTestFinished(() => client.close());
  const readings = () => client.db().collection<Document>("readings");
  const rollups = () => client.db().collection<Document>("rollups");

  async function counts(): Promise<Map<number, number>> {
    const found = await readings()
      .aggregate<{ _id: number; many: number }>([{ $group: { _id: "$metrics.seq", many: { $sum: 1 } } }])
      .toArray();
    return new Map(found.map(({ _id, many }) => [_id, many]));
  }

  return {
    counts,
    differences: async (promised) => {
      const there = await counts();
      return {
        missing: [...promised].filter((seq) => !there.has(seq)),
        twice: [...there].flatMap(([seq, many]) => (many > 1 ? [seq] : [])),
      };
    },
    wrongRollups: async (pastMs, pass) => {
      const before = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS);
      const due = client.db().collection("due");
      const isCounted = async (): Promise<boolean> => {
        if ((await due.countDocuments({ hour: { $lt: before } })) === 0) return true;
        await pass();
        return false;
      };
      await until("past hours are counted", isCounted, { withinMs: 60_000, everyMs: 500 });
      const wrong: Document[] = [];
      for (const unit of ["hour", "day"] as const) {
        const expected = await readings()
          .aggregate([
            { $match: { at: { $gte: new Date(pastMs - DAY_MS), $lt: before } } },
            {
              $group: {
                _id: { device: "$device", at: { $dateTrunc: { date: "$at", unit } } },
                count: { $sum: 1 },
                sum: { $sum: "$metrics.seq" },
              },
            },
          ])
          .toArray();
        const found = await rollups().find({ level: unit }).toArray();
        const keyOf = (device: string, at: Date): string => `${device} ${at.toISOString()}`;
        const byKey = new Map(found.map((each) => [keyOf(each["device"], each["at"]), each["metrics"].seq]));
        for (const { _id, count, sum } of expected) {
          const rollup = byKey.get(keyOf(_id.device, _id.at));
          if (rollup?.count !== count || rollup?.sum !== sum) wrong.push({ unit, ..._id, count, sum, rollup });
        }
        if (expected.length === 0) wrong.push({ unit, nothing: "to compare" });
      }
      return wrong;
    },
  };
}
