import { defineConfig } from "vitest/config";

/** The long tests: two hundred kills of one hub. */
export default defineConfig({
  test: {
    include: ["test/process/kill.test.ts"],
    env: { AERIE_TEST_KILLS: process.env["AERIE_TEST_KILLS"] ?? "200" },
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
