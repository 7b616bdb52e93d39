import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { pageChunks } from "./scripts/page-chunks.ts";
import { thirdPartyLicenses } from "./scripts/third-party-licenses.ts";
import { uplotParts } from "./scripts/uplot-parts.ts";

const page = (name: string) => fileURLToPath(new URL(`public/${name}`, import.meta.url));

export default defineConfig({
  root: "public",
  base: "./",
  plugins: [thirdPartyLicenses("dashboard"), uplotParts],
  build: {
    outDir: "../dist/public",
    emptyOutDir: true,
    sourcemap: true,
    // Browsers that the dashboard runs in know it.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: page("index.html"), test: page("websocket-test.html"), "push-worker": page("push-worker.ts") },
      // Browsers know a service worker by its address, which also says for which pages it is.
      output: {
        codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: pageChunks() }] },
        entryFileNames: ({ name }) => (name === "push-worker" ? "push-worker.js" : "assets/[name]-[hash].js"),
      },
      // On a slow machine `npm start` would begin with a page about the bundler's plugins.
      checks: { pluginTimings: false },
    },
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
});
