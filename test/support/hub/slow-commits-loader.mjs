/** Loaded first (`node --import`): whoever imports the SQLite library gets slow-commits.mjs, which alone gets the library. */
import { register } from "node:module";

const slow = new URL("slow-commits.mjs", import.meta.url).href;
const hook = `
  export async function resolve(specifier, context, next) {
    const isLibrary = specifier === "@photostructure/sqlite" && context.parentURL !== ${JSON.stringify(slow)};
    return isLibrary ? { url: ${JSON.stringify(slow)}, shortCircuit: true } : next(specifier, context);
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
