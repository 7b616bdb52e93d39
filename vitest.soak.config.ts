import { defineConfig } from "vitest/config";

/** The long tests: two hundred kills (readings, and what the broker remembers), three hundred in the midst of upkeep, twenty thousand odd sequences, half a minute of storm, ten outages of MongoDB. */
export default defineConfig({
  test: {
    include: [
      "test/process/kill.test.ts",
      "test/process/history-kill.test.ts",
      "test/process/broker-memory.test.ts",
      "test/process/fuzz.test.ts",
      "test/process/storm.test.ts",
      "test/process/mongodb-outage.test.ts",
      "test/process/mongodb-sessions.test.ts",
    ],
    env: {
      AERIE_TEST_KILLS: process.env["AERIE_TEST_KILLS"] ?? "200",
      AERIE_TEST_HISTORY_KILLS: process.env["AERIE_TEST_HISTORY_KILLS"] ?? "300",
      AERIE_TEST_SEQUENCES: process.env["AERIE_TEST_SEQUENCES"] ?? "20000",
      AERIE_TEST_STORM_S: process.env["AERIE_TEST_STORM_S"] ?? "30",
      AERIE_TEST_OUTAGES: process.env["AERIE_TEST_OUTAGES"] ?? "10",
    },
    // One file at a time: each measures waiting, or loads the machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
