import { defineConfig } from "vitest/config";

/** The long tests: two hundred kills of one hub, for what it stores and for what its broker remembers. */
export default defineConfig({
  test: {
    include: ["test/process/kill.test.ts", "test/process/broker-memory.test.ts"],
    env: { AERIE_TEST_KILLS: process.env["AERIE_TEST_KILLS"] ?? "200" },
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
