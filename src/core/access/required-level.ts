/** Finds the level that a request requires in the table of routes. */
import { LEVELS, type Level, ROUTE_LEVELS } from "../../contract/levels.ts";

const ROWS = Object.entries(ROUTE_LEVELS).map(([route, level]) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, level, pattern: new RegExp(`^${path.replace(/:[a-z]+/g, "[^/]+").replaceAll(".", "\\.")}/?$`) };
});

/** Undefined: no such route. HEAD is asked as GET. */
export function levelOfRequest(method: string, path: string): Level | undefined {
  const asked = method === "HEAD" ? "GET" : method;
  return ROWS.find((row) => row.method === asked && row.pattern.test(path))?.level;
}

export const reaches = (has: Level, needs: Level): boolean => LEVELS.indexOf(has) >= LEVELS.indexOf(needs);
