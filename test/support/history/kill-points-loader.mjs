/** Loaded first (`node --import`): whoever imports the SQLite library gets kill-points.mjs, which alone gets the library. */
import { register } from "node:module";

const points = new URL("kill-points.mjs", import.meta.url).href;
const hook = `
  export async function resolve(specifier, context, next) {
    const isLibrary = specifier === "@photostructure/sqlite" && context.parentURL !== ${JSON.stringify(points)};
    return isLibrary ? { url: ${JSON.stringify(points)}, shortCircuit: true } : next(specifier, context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
