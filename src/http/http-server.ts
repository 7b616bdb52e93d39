/** The HTTP server: gate, headers, routes, the dashboard's files, and where upgrades go. Holds no data. */

import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import compression from "compression";
import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { type ConnectionLimits, createConnectionLimit } from "../core/connection-limit.ts";
import type { Gatekeeper, GateVerdict } from "../core/gatekeeper.ts";
import { plainAddress } from "../core/plain-address.ts";
import type { Log } from "../core/ports.ts";
import type { RateLimit } from "../core/rate-limit.ts";
import type { Refusals } from "../core/refusals.ts";
import { TLS_OPTIONS, type TlsSource } from "../core/tls.ts";
import { accessGuard } from "./access-guard.ts";
import { type AccessRoutesOptions, accessRoutes } from "./access-routes.ts";
import { bodyLimit } from "./body-limit.ts";
import { type DevicesRoutesOptions, devicesRoutes } from "./devices-routes.ts";
import { type ErasureRoutesOptions, erasureRoutes } from "./erasure-routes.ts";
import { type ExportRoutesOptions, exportRoutes } from "./export-routes.ts";
import { type HealthRoutesOptions, healthRoutes } from "./health-routes.ts";
import { type PairingRoutesOptions, pairingRoutes } from "./pairing-routes.ts";
import { problemHandler, sendProblem } from "./problem.ts";
import { type ReadingsRoutesOptions, readingsRoutes } from "./readings-routes.ts";
import { type SessionRoutesOptions, sessionRoutes } from "./session-routes.ts";

export interface HttpOptions
  extends DevicesRoutesOptions,
    ReadingsRoutesOptions,
    ErasureRoutesOptions,
    ExportRoutesOptions,
    HealthRoutesOptions,
    SessionRoutesOptions,
    PairingRoutesOptions,
    AccessRoutesOptions {
  readonly store: DevicesRoutesOptions["store"] & ReadingsRoutesOptions["store"] & ExportRoutesOptions["store"];
  readonly gatekeeper: Gatekeeper;
  readonly connectionLimits: ConnectionLimits;
  readonly log: Log;
  /** Undefined: there is no certificate, and this speaks plain HTTP. */
  readonly tls: TlsSource | undefined;
  /** Browsers are told to come by HTTPS only. */
  readonly hsts: boolean;
  readonly refusals: Refusals;
  /** By address. */
  readonly rateLimit: RateLimit;
  /** Directory of the built dashboard. */
  readonly publicDir: string;
  /** An upgrade to `/mqtt` that was let in. */
  readonly onMqttUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, address: string | undefined) => void;
}

export interface Http {
  /** Not listening yet. */
  readonly server: Server;
  /** For whoever takes requests beside the routes. */
  readonly gate: (request: IncomingMessage) => GateVerdict;
  close(): Promise<void>;
}

const SOCKET_IO_PATH = "/socket.io/";
/** Of what routes take; each has its own limit below it. */
const MAX_BODY_BYTES = 16 * 1024;
const MQTT_PATH = "/mqtt";

export function openHttp(options: HttpOptions): Http {
  const { forwarding } = options;
  const connections = createConnectionLimit(options.connectionLimits);
  const gate = createGate(options);
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.use(securityHeaders(options), limited(options), crossOrigin(gate), bodyLimit(MAX_BODY_BYTES, options.clock));
  app.use(accessGuard(options.callers.of));
  app.use(exportRoutes(options)); // before compression: it would hide from the export that its reader is slow
  app.use(compression());
  app.use(healthRoutes(options), sessionRoutes(options), accessRoutes(options), pairingRoutes(options));
  const ofDevices = [devicesRoutes(options), readingsRoutes(options), erasureRoutes(options)];
  app.use("/api/devices", express.json({ limit: "16kb" }), ...ofDevices);
  app.use(express.static(options.publicDir, { setHeaders: cacheHeaders }));
  app.use((_request, response) => sendProblem(response, "ROUTE_UNKNOWN"));
  app.use(problemHandler(options.log));

  const server = createServerFor(app, options.tls);
  server.on("connection", (socket) => countIn(socket));
  server.on("upgrade", (request, socket, head) => {
    const path = request.url?.split("?", 1)[0];
    if (path === MQTT_PATH) {
      if (gate(request) === "allow") options.onMqttUpgrade(request, socket, head, forwarding.addressOf(request));
      else socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
    } else if (!request.url?.startsWith(SOCKET_IO_PATH)) {
      socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
    }
  });

  return { server, gate, close: () => closeServer(server) };

  /** Before a word was said, and before TLS. */
  function countIn(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress);
    const tooMany = connections.enter(address);
    if (tooMany === undefined) socket.once("close", () => connections.leave(address));
    else {
      options.refusals.add({ code: tooMany, kind: "connection", address });
      socket.destroy();
    }
  }
}

const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  // Else the first two may last half a minute longer.
  connectionsCheckingInterval: 2_000,
} as const;

function createServerFor(app: Express, tls: TlsSource | undefined): Server {
  if (tls === undefined) return createServer(TIMEOUTS, app);
  const server = createHttpsServer({ ...TIMEOUTS, ...TLS_OPTIONS, ...tls.context() }, app);
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  tls.onChange((context) => server.setSecureContext(context));
  return server;
}

/** Counts whom it does not let in. */
function createGate({ gatekeeper, refusals, forwarding }: HttpOptions): Http["gate"] {
  return (request) => {
    const { host, origin } = request.headers;
    const verdict = gatekeeper({ host, origin });
    if (verdict !== "allow") {
      const detail = verdict === "HOST_FOREIGN" ? host : origin;
      refusals.add({
        code: verdict,
        kind: "connection",
        address: forwarding.addressOf(request),
        detail: detail?.slice(0, 200),
      });
    }
    return verdict;
  };
}

/** Before all else: who asks too much costs no more than this. */
function limited({ rateLimit, refusals, forwarding }: HttpOptions): RequestHandler {
  return (request, response, next) => {
    const address = forwarding.addressOf(request);
    const waitMs = rateLimit.take(address ?? "");
    if (waitMs === 0) return next();
    refusals.add({ code: "TOO_MANY_REQUESTS", kind: "message", address });
    response.setHeader("Retry-After", String(Math.ceil(waitMs / 1_000)));
    sendProblem(response, "TOO_MANY_REQUESTS");
  };
}

const HSTS_S = 180 * 86_400;

function securityHeaders({ tls, hsts }: Pick<HttpOptions, "tls" | "hsts">): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      // Without TLS, `upgrade-insecure-requests` blanks the page on http://192.168…
      directives: { upgradeInsecureRequests: null, connectSrc: ["'self'", "ws:", "wss:"], fontSrc: null },
    },
    // These say nothing, or only warn, where there is no TLS.
    strictTransportSecurity: tls !== undefined && hsts && { maxAge: HSTS_S, includeSubDomains: false },
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
  });
}

/** Lets in by Host and Origin, and tells the browser of an allowed foreign page that it may read the answer. */
function crossOrigin(gate: Http["gate"]): RequestHandler {
  return (request, response, next) => {
    const verdict = gate(request);
    if (verdict !== "allow") return sendProblem(response, verdict);
    const { origin } = request.headers;
    if (origin === undefined) return next();
    response.setHeader("Access-Control-Allow-Origin", origin);
    response.setHeader("Vary", "Origin");
    response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
    if (request.method !== "OPTIONS") return next();
    response.setHeader("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE");
    response.setHeader("Access-Control-Allow-Headers", "Authorization, Content-Type");
    response.status(204).end();
  };
}

/** Vite names the files of `assets/` by their content. */
function cacheHeaders(response: { setHeader(name: string, value: string): void }, file: string): void {
  const forever = /[/\\]assets[/\\]/.test(file);
  response.setHeader("Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache");
}

/** The listener is closed before; what is still open, such as a slow download, is cut. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
