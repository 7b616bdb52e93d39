import { defineConfig } from "vitest/config";

/** What `npm run soak` runs a part with: see scripts/soak-parts.ts. One file at a time, since each measures waiting or loads the machine. */
export default defineConfig({
  test: {
    globalSetup: ["test/support/mongodb/mongod-of-run.ts", "test/support/hub/browser-of-run.ts"],
    include: ["test/**/*.test.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    server: { deps: { external: [/\/dist\//] } },
  },
});
