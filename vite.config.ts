import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { thirdPartyLicenses } from "./scripts/third-party-licenses.ts";

const page = (name: string) => fileURLToPath(new URL(`public/${name}`, import.meta.url));

export default defineConfig({
  root: "public",
  base: "./",
  plugins: [thirdPartyLicenses()],
  build: {
    outDir: "../dist/public",
    emptyOutDir: true,
    sourcemap: true,
    rollupOptions: {
      input: { index: page("index.html"), test: page("websocket-test.html") },
      // On a slow machine `npm start` would begin with a page about the bundler's plugins.
      checks: { pluginTimings: false },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
