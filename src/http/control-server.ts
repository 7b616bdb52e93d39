/** The server of the command line, on a local socket: export, import, backup, counts, accounts. It never listens on a port. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import path from "node:path";
import type { Duplex } from "node:stream";
import express, { type ErrorRequestHandler, type RequestHandler, type Response, Router } from "express";
import {
  type DeviceIdsAnswer,
  type ImportAnswer,
  MAX_IMPORT_BYTES,
  MAX_IMPORT_LINES,
  type RebuildAnswer,
  type SpaceAnswer,
  type StatsAnswer,
} from "../contract/control/control.ts";
import { backupRequest, rebuildRequest } from "../contract/control/control-requests.ts";
import { COMMAND_LINE } from "../core/access/accounts.ts";
import type { Log } from "../core/ports/log.ts";
import { type FileBeside, type Store, StoreError } from "../core/ports/readings-store.ts";
import type { Importer } from "../core/transfer/importer.ts";
import type { Rebuilder } from "../core/transfer/rebuilder.ts";
import { invalidField, parseRequest, problemHandler, sendProblem } from "./answers/problem.ts";
import { addRoutes } from "./declaration/route-chain.ts";
import { openUpgradeSocket } from "./requests/upgrade-sockets.ts";
import { ACCESS_ROUTES, type AccessParts } from "./routes/access-routes.ts";
import { ALERT_LOG_ROUTES, type AlertLogParts } from "./routes/alerts/alert-log-routes.ts";
import { ALERTS_ROUTES, type AlertsParts } from "./routes/alerts/alerts-routes.ts";
import { CHANNELS_ROUTES, type ChannelsParts } from "./routes/alerts/channels-routes.ts";
import { RULES_ROUTES, type RulesParts } from "./routes/alerts/rules-routes.ts";
import { CREDENTIALS_ROUTES, type CredentialsParts } from "./routes/credentials-routes.ts";
import { DERIVED_ROUTES, type DerivedParts } from "./routes/derived-routes.ts";
import { EXPORT_ROUTES, type ExportParts } from "./routes/export-routes.ts";
import { MAPPINGS_ROUTES, type MappingsParts } from "./routes/mappings-routes.ts";
import { PAIRING_ROUTES, type PairingParts } from "./routes/pairing-routes.ts";
import { RULE_TOOLS_ROUTES, type RuleToolsParts } from "./routes/rule-tools-routes.ts";

export interface ControlOptions extends ExportParts, AccessParts, CredentialsParts, PairingParts {
  readonly store: Pick<Store, "exportChunk" | "backup" | "stats" | "space" | "damaged">;
  readonly importer: Importer;
  readonly rebuilder: Rebuilder;
  /** Of `hub.db` with its log. */
  readonly hubFileBytes: () => Promise<number>;
  /** `hub.db`, for a copy that is whole; empty: there is none. */
  readonly hubFileCopy: (options: { secrets: boolean }) => Promise<readonly FileBeside[]>;
  /** Accounts and secrets as they are kept, for the same. */
  readonly secretFiles: () => readonly FileBeside[];
  /** Bytes that the hub's process has written, and since when; undefined: no hub runs. */
  readonly written: (() => { bytes: number; overMs: number }) | undefined;
  /** A backup was made. */
  readonly onBackup: () => Promise<void>;
  /** Undefined: no hub runs that would read by mappings. */
  readonly mappingParts: MappingsParts | undefined;
  /** Undefined: no hub runs that would judge by rules. */
  readonly alertParts: (RulesParts & RuleToolsParts & AlertsParts & AlertLogParts & ChannelsParts) | undefined;
  /** The same of derived metrics. */
  readonly derivedParts: DerivedParts | undefined;
}

export interface Control {
  /** Not listening yet. */
  readonly server: Server;
  close(): Promise<void>;
}

export function openControl(options: ControlOptions): Control {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.use(countsRoutes(options), changesRoutes(options));
  const { mappingParts, alertParts, derivedParts, log } = options;
  const chain = {
    callerOf: () => COMMAND_LINE,
    turns: { page: atOnce, export: atOnce },
    log,
  };
  const routes = [...EXPORT_ROUTES, ...ACCESS_ROUTES, ...CREDENTIALS_ROUTES, ...PAIRING_ROUTES];
  addRoutes(app, routes, { parts: options, ...chain });
  if (mappingParts !== undefined) addRoutes(app, MAPPINGS_ROUTES, { parts: mappingParts, ...chain });
  const alertRoutes = [
    ...RULES_ROUTES,
    ...RULE_TOOLS_ROUTES,
    ...ALERTS_ROUTES,
    ...ALERT_LOG_ROUTES,
    ...CHANNELS_ROUTES,
  ];
  if (alertParts !== undefined) addRoutes(app, alertRoutes, { parts: alertParts, ...chain });
  if (derivedParts !== undefined) addRoutes(app, DERIVED_ROUTES, { parts: derivedParts, ...chain });
  app.use((_request, response) => sendProblem(response, "ROUTE_UNKNOWN"));
  app.use(storeWords(log), problemHandler(log));
  const server = createServer({ keepAliveTimeout: 120_000 }, app);
  for (const event of ["upgrade", "connect"] as const) server.on(event, refuseUpgrade);
  return { server, close };

  function refuseUpgrade(request: IncomingMessage, socket: Duplex): void {
    const upgrade = openUpgradeSocket(request, socket, options.clock);
    if (upgrade !== undefined) sendProblem(upgrade.response, "ROUTE_UNKNOWN");
  }

  /** What is still open, such as a slow export, is cut. */
  async function close(): Promise<void> {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

/** The owner of the machine need not wait. */
const atOnce: RequestHandler = (_request, _response, next) => next();

function countsRoutes({ registry, store, hubFileBytes, written }: ControlOptions): Router {
  const router = Router();

  router.get("/devices", (_request, response) => {
    const deviceIds = registry.list().map(({ deviceId }) => deviceId);
    const damaged = deviceIds.filter((deviceId) => store.damaged(deviceId).length > 0);
    response.json({ deviceIds, damaged } satisfies DeviceIdsAnswer);
  });

  router.get("/space", async (_request, response) => {
    const { usedBytes, reusableBytes, diskFreeBytes } = await store.space();
    response.json({
      usedBytes: usedBytes + (await hubFileBytes()),
      reusableBytes,
      diskFreeBytes,
    } satisfies SpaceAnswer);
  });

  router.get("/stats", async (_request, response) => {
    const { oldestMs = null, ...counts } = await store.stats();
    const { usedBytes, diskFreeBytes } = await store.space();
    const about = { usedBytes, hubFileBytes: await hubFileBytes(), diskFreeBytes, written: written?.() ?? null };
    const answer = { ...counts, oldestMs, ...about };
    response.json(answer satisfies StatsAnswer);
  });

  return router;
}

function changesRoutes({
  store,
  importer,
  rebuilder,
  hubFileCopy,
  secretFiles,
  onBackup,
  log,
}: ControlOptions): Router {
  const router = Router();
  const lines = express.text({ type: () => true, limit: MAX_IMPORT_BYTES });
  const json = express.json({ limit: MAX_IMPORT_BYTES });

  router.post("/import", lines, async (request, response) => {
    const body: unknown = request.body;
    const given = typeof body === "string" ? body.replace(/\n$/, "").split("\n") : [];
    if (given.length > MAX_IMPORT_LINES) throw invalidField("body", `expected at most ${MAX_IMPORT_LINES} lines`);
    response.json((await importer.take(given)) satisfies ImportAnswer);
  });

  router.post("/rebuild", json, async (request, response) => {
    const { hours } = parseRequest(rebuildRequest, request.body);
    response.json({ taken: await rebuilder.rebuild(hours) } satisfies RebuildAnswer);
  });

  router.post("/backup", json, async (request, response) => {
    const { file, withoutSecrets } = parseRequest(backupRequest, request.body);
    if (!path.isAbsolute(file)) throw invalidField("file", "expected an absolute path");
    log.info("backup begins", { file });
    const ofHub = await hubFileCopy({ secrets: !withoutSecrets });
    await store.backup(file, [...ofHub, ...(withoutSecrets ? [] : secretFiles())]);
    await onBackup();
    log.info("backup done", { file });
    response.status(204).end();
  });

  return router;
}

/** Here the store's own words go to the owner of the machine, and into the log: nobody may be looking when a nightly backup fails. */
const storeWords =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, request, response: Response, next) => {
    if (!(error instanceof StoreError) || response.headersSent) return next(error);
    log.warn("a command failed", { command: request.path, reason: error.message });
    sendProblem(response, "COMMAND_FAILED", { detail: error.message });
  };
