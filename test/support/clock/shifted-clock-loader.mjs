/** Loaded first (`node --import`): the hub's clock is the one of shifted-clock-of-hub.mjs. */
import { register } from "node:module";

const shifted = new URL("shifted-clock-of-hub.mjs", import.meta.url).href;
const hook = `
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    return found.url.endsWith("/dist/src/platform/clock.js") ? { url: ${JSON.stringify(shifted)}, shortCircuit: true } : found;
  }
`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
