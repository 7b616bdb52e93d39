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
    const headers = { "Cache-Control": cacheControl(file) };
    // Nobody needs a part of a page.
    response.sendFile(file, { root, headers, acceptRanges: false }, (error) => {
      const { status, code } = (error ?? {}) as { status?: number; code?: string };
      // Browsers that leave a page before it has come are no fault.
      if (error === undefined || response.headersSent || code === "ECONNABORTED") return;
      for (const name of ["Cache-Control", "ETag", "Last-Modified"]) response.removeHeader(name); // of the file
      if (status === 412) response.status(412).end();
      else next(status === 404 ? undefined : error);
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
