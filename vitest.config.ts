import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { createClosingReporter } from "./test/support/closing-reporter.ts";

/**
 * Files that measure latency, the event loop's delay, memory or frames: each runs alone, after the others. Whoever adds one writes a
 * line here; any other file runs beside others, in a process that ran others before it, and leaves nothing behind.
 */
const MEASURING = [
  "test/browser/families.test.ts",
  "test/process/load/frozen-reader.test.ts",
  "test/process/load/greedy-client.test.ts",
  "test/process/load/login-flood.test.ts",
  "test/process/load/paused-export.test.ts",
  "test/process/load/pressure.test.ts",
  "test/process/load/reconnect-storm.test.ts",
  "test/process/load/siege.test.ts",
  "test/process/load/storm.test.ts",
  "test/wire/http/large-answers.test.ts",
];

/** The longest, to begin with: a long file that begins last keeps one core waiting. */
const LONGEST = [
  "test/contract/sqlite-store.test.ts",
  "test/process/durability/mongodb-outage.test.ts",
  "test/process/load/broker-memory.test.ts",
  "test/browser/access.test.ts",
  "test/contract/mongo-store.test.ts",
  "test/process/run/migrate.test.ts",
  "test/contract/mongo-replica-set.test.ts",
  "test/browser/alerts.test.ts",
  "test/wire/http/access.test.ts",
  "test/process/run/cli.test.ts",
  "test/process/durability/mongodb-sessions.test.ts",
  "test/process/run/mongodb-start.test.ts",
  "test/process/load/slow-store.test.ts",
  "test/process/durability/fault-campaign.test.ts",
  "test/wire/http/live-sessions.test.ts",
  "test/contract/damage/damage.test.ts",
  "test/wire/mqtt/limits-of-memory.test.ts",
  "test/wire/mqtt/families.test.ts",
  "test/wire/mqtt/presence.test.ts",
  "test/browser/chart-range.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return rank < 0 ? LONGEST.length : rank;
    };
    return (await super.sort(files)).sort((a, b) => rankOf(a) - rankOf(b));
  }
}

/** Tests run on what `npm run build` made, since that is what ships; only unit tests run from source. */
const ON_DIST = { testTimeout: 120_000, hookTimeout: 120_000, server: { deps: { external: [/\/dist\//] } } };

/**
 * Beside each other, and in one process after another file: a start from nothing costs each file a second. One more than there are
 * cores, since most files wait for a disk, a process or a browser half of their time.
 */
const TOGETHER = { isolate: false, maxWorkers: availableParallelism() + 1 };

export default defineConfig({
  test: {
    // One mongod of each kind and one browser a run.
    globalSetup: ["test/support/mongodb/mongod-of-run.ts", "test/support/hub/browser-of-run.ts"],
    sequence: { sequencer: LongestFirst },
    reporters: ["default", createClosingReporter()],
    projects: [
      {
        test: { name: "unit", include: ["test/unit/**/*.test.ts", "test/*.test.ts"], testTimeout: 30_000, ...TOGETHER },
      },
      {
        test: {
          name: "hub",
          include: ["test/{contract,wire,process,browser}/**/*.test.ts"],
          exclude: MEASURING,
          ...TOGETHER,
          ...ON_DIST,
        },
      },
      { test: { name: "conformance", include: ["test/conformance/**/*.test.ts"], ...TOGETHER, ...ON_DIST } },
      {
        test: { name: "alone", include: MEASURING, maxWorkers: 1, sequence: { groupOrder: 1 }, ...ON_DIST },
      },
    ],
  },
});
