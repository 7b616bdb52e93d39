/** The HTTP server: admits requests and gives them to the routes, the files, Socket.IO or MQTT. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import compression from "compression";
import express, { type Express, type RequestHandler } from "express";
import type { OpenApiDocument } from "../contract/rest.ts";
import { type ConnectionLimits, createConnectionLimit } from "../core/limits/connection-limit.ts";
import type { Pace } from "../core/limits/reader-pace.ts";
import { createTurnBudget } from "../core/limits/turn-budget.ts";
import type { TurnLimits } from "../core/limits/turns.ts";
import { plainAddress } from "../core/model/plain-address.ts";
import { TLS_OPTIONS, type TlsSource } from "../core/ports/tls.ts";
import { type AnswersUnderWay, createAnswersUnderWay } from "./answers/answers-under-way.ts";
import { problemHandler, sendProblem } from "./answers/problem.ts";
import { staticFiles } from "./answers/static-files.ts";
import { openApiOf } from "./declaration/openapi.ts";
import { addRoutes, MAX_BODY_BYTES } from "./declaration/route-chain.ts";
import { type AdmissionOptions, createAdmission } from "./requests/admission.ts";
import { bodyLimit } from "./requests/body-limit.ts";
import { EXPORTS, largeAnswers, PAGES } from "./requests/large-answers.ts";
import { refuseUnreadable } from "./requests/unreadable-request.ts";
import { openUpgradeSocket } from "./requests/upgrade-sockets.ts";
import { ROUTES, type RouteParts } from "./routes/all-routes.ts";

export interface HttpOptions
  extends Omit<RouteParts, "budget" | "openApi">,
    Pick<AdmissionOptions, "gatekeeper" | "requests" | "refusals" | "hsts"> {
  readonly connectionLimits: ConnectionLimits;
  /** Of the hub. */
  readonly version: string;
  /** Undefined: there is no certificate, and this speaks plain HTTP. */
  readonly tls: TlsSource | undefined;
  /** Directory of the built dashboard. */
  readonly publicDir: string;
  /** An upgrade to `/mqtt` that was let in. */
  readonly onMqttUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, client: HttpClient) => void;
  readonly socketIo: SocketIo;
}

/** Who asks for an upgrade. */
export interface HttpClient {
  readonly address: string | undefined;
  readonly isOfOwnComputer: boolean;
}

/** The part that serves `/socket.io/`. */
export interface SocketIo {
  request(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** The next poll of a session, which costs no request: the hub answers it when it has something to say. */
  isFreePoll(request: IncomingMessage): boolean;
}

export interface Http {
  /** Not listening yet. */
  readonly server: Server;
  /** Ends the large answers to these sign-ins and tokens. */
  end(keys: readonly string[]): void;
  /** Requests are cut; upgraded sockets are left to the parts that serve them. */
  close(): void;
}

const SOCKET_IO_PATH = "/socket.io/";
const MQTT_PATH = "/mqtt";
/** Requests begin in a turn of the event loop until so much of it is spent: a board waits for two turns at most. */
const MOST_OF_A_TURN_MS = 5;
const MOST_IN_A_TURN = 4;

export function openHttp(options: HttpOptions): Http {
  const { forwarding, clock, refusals, requests, socketIo } = options;
  const connections = createConnectionLimit(options.connectionLimits);
  const isSocketIo = ({ url }: IncomingMessage): boolean => url?.startsWith(SOCKET_IO_PATH) === true;
  const isFree = (request: IncomingMessage): boolean => isSocketIo(request) && socketIo.isFreePoll(request);
  const admit = createAdmission({ ...options, isSecure: options.tls !== undefined });
  const onTooSlow = (request: IncomingMessage): void => {
    refusals.add({ code: "READER_TOO_SLOW", kind: "connection", address: forwarding.addressOf(request) });
  };
  const answers = createAnswersUnderWay({ clock, onTooSlow });
  const app = createApp(options, answers);
  const server = createServerFor(options);
  server.on("connection", countIn);
  server.on("request", (request, response) => {
    answers.add(request, response);
    if (admit(request, response, () => isFree(request))) serve(request, response);
  });
  server.on("checkContinue", (request, response) => {
    answers.add(request, response);
    if (!admit(request, response)) return;
    // A body that is too large is refused before it comes.
    if (Number(request.headers["content-length"] ?? 0) <= MAX_BODY_BYTES) response.writeContinue();
    serve(request, response);
  });
  server.on("checkExpectation", (request, response) => {
    answers.add(request, response);
    if (admit(request, response)) sendProblem(response, "EXPECTATION_UNKNOWN");
  });
  server.on("upgrade", upgrade);
  server.on("connect", upgrade); // refused there as any unknown path
  server.on("clientError", refuseUnreadable({ clock, requests, refusals }));

  return {
    server,
    end: answers.end,
    close: () => {
      answers.close();
      server.close();
      server.closeAllConnections();
    },
  };

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (isSocketIo(request)) socketIo.request(request, response);
    else app(request, response);
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const upgraded = openUpgradeSocket(request, socket, clock);
    if (upgraded === undefined) {
      const detail = "it asked for an upgrade before earlier requests were answered";
      const address = forwarding.addressOf(request);
      return refusals.add({ code: "REQUEST_MALFORMED", kind: "connection", address, detail });
    }
    if (!admit(request, upgraded.response)) return;
    if (request.url?.split("?", 1)[0] === MQTT_PATH) {
      upgraded.transfer(() => options.onMqttUpgrade(request, socket, head, clientOf(request)));
    } else if (isSocketIo(request)) upgraded.transfer(() => socketIo.upgrade(request, socket, head));
    else sendProblem(upgraded.response, "ROUTE_UNKNOWN");
  }

  function clientOf(request: IncomingMessage): HttpClient {
    return { address: forwarding.addressOf(request), isOfOwnComputer: forwarding.isOfOwnComputer(request) };
  }

  /** Before the first byte, and before TLS. */
  function countIn(socket: Socket): void {
    const address = plainAddress(socket.remoteAddress);
    const tooMany = connections.enter(address);
    if (tooMany === undefined) socket.once("close", () => connections.leave(address));
    else {
      refusals.add({ code: tooMany, kind: "connection", address });
      socket.destroy();
    }
  }
}

function createApp(options: HttpOptions, { mark }: Pick<AnswersUnderWay, "mark">): Express {
  const { clock, callers, refusals, forwarding, log } = options;
  const app = express();
  app.disable("x-powered-by");
  app.enable("case sensitive routing");
  app.set("query parser", "simple");
  const budget = createTurnBudget({ clock, mostMs: MOST_OF_A_TURN_MS, mostTasks: MOST_IN_A_TURN });
  const turnOf = (limits: TurnLimits, pace: Pace): RequestHandler =>
    largeAnswers({ refusals, addressOf: forwarding.addressOf, limits, pace, mark });
  app.use((_request, _response, next) => budget.run(next));
  app.use(bodyLimit(MAX_BODY_BYTES, clock));
  addRoutes(app, ROUTES, {
    parts: { ...options, budget, openApi: createOpenApi(options.version) },
    callerOf: callers.of,
    turns: { page: turnOf(PAGES, "brisk"), export: turnOf(EXPORTS, "any") },
    log,
  });
  app.use(compression(), staticFiles(options.publicDir));
  app.use((_request, response) => sendProblem(response, "ROUTE_UNKNOWN"));
  app.use(problemHandler(log));
  return app;
}

/** Made when it is first asked for, once for each name of the cookie: with HTTPS it is another. */
function createOpenApi(version: string): (cookieName: string) => OpenApiDocument {
  const made = new Map<string, OpenApiDocument>();
  return (cookieName) => {
    const document = made.get(cookieName) ?? openApiOf(ROUTES, { version, cookieName });
    made.set(cookieName, document);
    return document;
  };
}

const SERVER_OPTIONS = {
  // The admission does: node:http would answer before it is asked.
  requireHostHeader: false,
  keepAlive: true, // the system's finds dead peers of WebSocket
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 10_000,
  // With the default of 30 s, the first two could be exceeded by half a minute.
  connectionsCheckingInterval: 2_000,
} as const;

function createServerFor({ tls, refusals }: Pick<HttpOptions, "tls" | "refusals">): Server {
  if (tls === undefined) return createServer(SERVER_OPTIONS);
  const server = createHttpsServer({ ...SERVER_OPTIONS, ...TLS_OPTIONS, ...tls.context() });
  server.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
    const { code: detail } = error;
    const address = plainAddress(socket.remoteAddress);
    if (detail !== "ECONNRESET") refusals.add({ code: "TLS_FAILED", kind: "connection", address, detail });
    socket.destroy();
  });
  tls.onChange((context) => server.setSecureContext(context));
  return server;
}
