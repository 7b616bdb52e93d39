/** Serves the files of the built dashboard: those that were there at the start, each under its own name and no other. */
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { RequestHandler } from "express";

const INDEX = "index.html";

export function staticFiles(root: string): RequestHandler {
  const files = filesByPath(root);
  return (request, response, next) => {
    const file = files.get(request.path);
    if (file === undefined || (request.method !== "GET" && request.method !== "HEAD")) return next();
    response.sendFile(file, { root, headers: { "Cache-Control": cacheControl(file) } }, (error) => {
      if (error === undefined || response.headersSent) return;
      const { status = 500 } = error as { status?: number };
      // Without the file, or without the range that was asked for, there is no such address.
      next(status < 500 ? undefined : error);
    });
  };
}

/** `/assets/x.js` → `assets/x.js` */
function filesByPath(root: string): ReadonlyMap<string, string> {
  // A hub without its dashboard still takes readings.
  const entries = existsSync(root) ? readdirSync(root, { recursive: true, withFileTypes: true }) : [];
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, "/"));
  const named = files.map((file) => [`/${file}`, file] as const);
  return new Map(files.includes(INDEX) ? [...named, ["/", INDEX]] : named);
}

/** Vite names the files of `assets/` by their content. */
const cacheControl = (file: string): string =>
  file.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache";
