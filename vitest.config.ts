import { defineConfig } from "vitest/config";

/** Unit tests run from source; everything else runs on what `npm run build` made, since that is what ships. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts", "test/*.test.ts"] } },
      {
        test: {
          name: "hub",
          include: [
            "test/contract/**/*.test.ts",
            "test/wire/**/*.test.ts",
            "test/process/**/*.test.ts",
            "test/browser/**/*.test.ts",
          ],
          // Two cores, and tests that measure waiting: one file at a time.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          server: { deps: { external: [/\/dist\//] } },
        },
      },
      {
        test: {
          name: "conformance",
          include: ["test/conformance/**/*.test.ts"],
          // A hub for each file, but one process that has loaded it already: thirty starts from nothing take a minute.
          isolate: false,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
          server: { deps: { external: [/\/dist\//] } },
        },
      },
    ],
  },
});
