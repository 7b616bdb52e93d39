/** Requests to the hub's REST interface with typed answers; a failure is always a HubFault. */

import type {
  ApplicationAnswer,
  ApplicationRequest,
  BoardAnswer,
  BoardRequest,
  BoardsAnswer,
  PairingAnswer,
  SessionAnswer,
  TokenAnswer,
  UserAnswer,
  WithSecret,
} from "../../../src/contract/access.ts";
import type { BoardCheckAnswer } from "../../../src/contract/answers/board-check.ts";
import type { ClientsAnswer } from "../../../src/contract/answers/clients.ts";
import type { RemovedAnswer, RetainedAnswer } from "../../../src/contract/answers/retained.ts";
import type { SettingsAnswer } from "../../../src/contract/answers/settings-answer.ts";
import type { SimulationAnswer } from "../../../src/contract/answers/simulation.ts";
import type { MetricsPatch } from "../../../src/contract/fleet/own-metrics.ts";
import type { SparklinesAnswer } from "../../../src/contract/fleet/sparklines.ts";
import { CSRF_HEADER } from "../../../src/contract/levels.ts";
import type {
  Mapping,
  MappingFields,
  MappingsAnswer,
  TryAnswer,
  UnmappedAnswer,
} from "../../../src/contract/mappings.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import type { Device } from "../../../src/contract/readings.ts";
import type {
  BareReadiness,
  DevicesPage,
  PresenceHistory,
  Readiness,
  ReadingsPage,
  RefusalsAnswer,
  SeriesAnswer,
} from "../../../src/contract/rest.ts";
import { noteHubDate } from "./clock.ts";

/** Why a request failed, in words for the person before the page. */
export class HubFault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, text: string, status = 0) {
    super(text);
    this.code = code;
    this.status = status;
  }
}

/** `code` where no answer came at all. */
export const UNREACHABLE = "HUB_UNREACHABLE";

/** What is no answer of the hub is a fault of the page: its words are for who looks into the browser's console. */
export function toFault(thrown: unknown): HubFault {
  if (thrown instanceof HubFault) return thrown;
  console.error(thrown);
  return new HubFault("PAGE_FAILED", "Something on this page failed. Reload it");
}

type Query = Record<string, string | number | undefined>;

const devicePath = (id: string): string => `/api/devices/${encodeURIComponent(id)}`;

export interface DevicesQuery {
  readonly limit: number;
  readonly offset?: number | undefined;
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  readonly tag?: string | undefined;
  readonly place?: string | undefined;
  readonly family?: string | undefined;
  readonly sort?: string | undefined;
  readonly group?: string | undefined;
  readonly byGroup?: string | undefined;
}

export const getDevices = (query: DevicesQuery, abort: AbortSignal) =>
  ask<DevicesPage>("/api/devices", { query: { ...query }, abort });

/** At most 200 devices. */
export const postSparklines = (devices: readonly string[]) =>
  ask<SparklinesAnswer>("/api/sparklines", { method: "POST", body: JSON.stringify({ devices, presence: true }) });

export const getDevice = (id: string, abort?: AbortSignal) => ask<Device>(devicePath(id), { abort });

export const patchDevice = (id: string, patch: { name?: string; place?: string }) =>
  ask<unknown>(devicePath(id), { method: "PATCH", body: JSON.stringify(patch) });

/** What its owner says of metrics. */
export const patchMetrics = (id: string, patch: MetricsPatch) =>
  ask<Device>(`${devicePath(id)}/metrics`, { method: "PATCH", body: JSON.stringify(patch) });

export const deleteDevice = (id: string, credential: "remove" | "keep") =>
  ask<unknown>(devicePath(id), { method: "DELETE", query: { credential } });

/** At most 64 metrics, with commas between them; `readSeries` takes any number. */
export const getSeries = (
  id: string,
  query: { metrics: string; from: number; to: number; points: number },
  abort: AbortSignal,
) => ask<SeriesAnswer>(`${devicePath(id)}/series`, { query: { ...query, partial: "true" }, abort });

export const getReadings = (id: string, query: { from: number; to: number; limit: number }, abort: AbortSignal) =>
  ask<ReadingsPage>(`${devicePath(id)}/readings`, { query: { ...query, partial: "true" }, abort });

export const getPresence = (id: string, query: { from: number; to: number; limit: number }, abort: AbortSignal) =>
  ask<PresenceHistory>(`${devicePath(id)}/presence`, { query, abort });

/** The MQTT clients that are connected. */
export const getClients = (query: { search: string; cursor?: string | undefined }, abort: AbortSignal) =>
  ask<ClientsAnswer>("/api/clients", { query, abort });

export const getRetained = (query: { search: string; cursor?: string | undefined }, abort: AbortSignal) =>
  ask<RetainedAnswer>("/api/retained", { query, abort });
export const removeRetained = (topics: readonly string[]) => made<RemovedAnswer>("/api/retained/removals", { topics });

export const disconnectClient = (id: string) => removed("/api/clients", id);

export const getRefusals = (abort: AbortSignal) => ask<RefusalsAnswer>("/api/refusals", { abort });

/** An answer, too, where the hub is not ready: 503 with the same body. */
export async function getReadiness(): Promise<Readiness> {
  const now = await ask<Readiness | BareReadiness>("/readyz", { alsoAnswers: 503 });
  if ("problems" in now) return now;
  loginNeeded();
  throw new HubFault("LOGIN_NEEDED", "The sign-in has ended");
}

/** After that, the page asks again. */
const SESSION_WITHIN_MS = 20_000;

export const getSession = () => ask<SessionAnswer>("/api/session", { abort: AbortSignal.timeout(SESSION_WITHIN_MS) });

export const postSession = (body: { name: string; password: string }) =>
  ask<SessionAnswer>("/api/session", { method: "POST", body: JSON.stringify(body) });

/** Lets a wall tablet in by the token of its link. */
export const postTablet = (token: string) =>
  ask<SessionAnswer>("/api/session/tablet", {
    method: "POST",
    body: JSON.stringify({ token }),
    abort: AbortSignal.timeout(SESSION_WITHIN_MS),
  });

export const postSetup = (body: { code: string; name: string; password: string }) =>
  ask<SessionAnswer>("/api/setup", { method: "POST", body: JSON.stringify(body) });

export const deleteSession = () => ask<unknown>("/api/session", { method: "DELETE" });

/** `deviceId`: of a native board; `name`: as a board of another family calls itself in its topics. */
export const postBoard = (board: BoardRequest) =>
  ask<WithSecret<BoardAnswer>>("/api/boards", { method: "POST", body: JSON.stringify(board) });

/** Lets the board use the topics of another family; it keeps its password. */
export const patchBoard = (deviceId: string, spec: Pick<BoardAnswer, "family" | "name" | "options">) =>
  ask<BoardAnswer>(`/api/boards/${encodeURIComponent(deviceId)}`, { method: "PATCH", body: JSON.stringify(spec) });

/** `device` empty: whichever board tries. */
export const getBoardCheck = (query: { device: string; since?: string | undefined }, abort?: AbortSignal) =>
  ask<BoardCheckAnswer>("/api/board-check", { query, abort });

export const getPairing = () => ask<PairingAnswer>("/api/pairing", {});

export const openPairing = (minutes: number) =>
  ask<PairingAnswer>("/api/pairing", { method: "POST", body: JSON.stringify({ minutes }) });

export const closePairing = () => ask<unknown>("/api/pairing", { method: "DELETE" });

export const getSimulation = (abort: AbortSignal) => ask<SimulationAnswer>("/api/simulation", { abort });
export const startSimulation = () => ask<SimulationAnswer>("/api/simulation", { method: "POST" });
export const removeSimulation = () => ask<unknown>("/api/simulation", { method: "DELETE" });

/** `secret` is there where the hub made it. */
export const admitBoard = (id: string, body: BoardRequest & { adopt: boolean }) =>
  ask<BoardAnswer & { secret?: string }>(`/api/pairing/${encodeURIComponent(id)}`, {
    method: "POST",
    body: JSON.stringify(body),
  });

const made = <Answer>(path: string, body: object): Promise<Answer> =>
  ask<Answer>(path, { method: "POST", body: JSON.stringify(body) });
const removed = (path: string, id: string) => ask<unknown>(`${path}/${encodeURIComponent(id)}`, { method: "DELETE" });

export const getUsers = () => ask<{ users: UserAnswer[] }>("/api/users", {});
export const postUser = (body: { name: string; password: string; role: string }) =>
  made<UserAnswer>("/api/users", body);
export const patchUser = (id: string, patch: { role?: string; password?: string }) =>
  ask<UserAnswer>(`/api/users/${encodeURIComponent(id)}`, { method: "PATCH", body: JSON.stringify(patch) });
export const deleteUser = (id: string) => removed("/api/users", id);

export const getTokens = () => ask<{ tokens: TokenAnswer[] }>("/api/tokens", {});
export const postToken = (body: { name: string; scope: string; days?: number }) =>
  made<WithSecret<TokenAnswer>>("/api/tokens", body);
export const deleteToken = (id: string) => removed("/api/tokens", id);

export const getApplications = () => ask<{ applications: ApplicationAnswer[] }>("/api/applications", {});
/** With filters of its own, or with those of a preset. */
export const postApplication = (body: ApplicationRequest) =>
  made<WithSecret<ApplicationAnswer>>("/api/applications", body);
export const deleteApplication = (id: string) => removed("/api/applications", id);

export const getSettings = (abort: AbortSignal) => ask<SettingsAnswer>("/api/settings", { abort });

export const getUnmapped = (abort?: AbortSignal) => ask<UnmappedAnswer>("/api/unmapped", { abort });
export const getMappings = (abort?: AbortSignal) => ask<MappingsAnswer>("/api/mappings", { abort });
/** `replaces`: id of the mapping that is changed. */
export const tryMapping = (body: MappingFields & { replaces?: string }) => made<TryAnswer>("/api/mappings/try", body);
export const postMapping = (body: MappingFields) => made<Mapping>("/api/mappings", body);
export const putMapping = (id: string, body: MappingFields) =>
  ask<Mapping>(`/api/mappings/${encodeURIComponent(id)}`, { method: "PUT", body: JSON.stringify(body) });
export const deleteMapping = (id: string) => removed("/api/mappings", id);

export const getBoards = () => ask<BoardsAnswer>("/api/boards", {});
export const deleteBoard = (id: string) => removed("/api/boards", id);

let csrf: string | undefined;
/** The CSRF token, sent with every change: no page of another origin can read it. */
export const setCsrf = (word: string | undefined): void => {
  csrf = word;
};

let loginNeeded = (): void => undefined;
/** Called when the hub answers that the sign-in has ended. */
export const onLoginNeeded = (listener: () => void): void => {
  loginNeeded = listener;
};

interface Ask {
  method?: string;
  query?: Query;
  body?: string;
  abort?: AbortSignal | undefined;
  /** A status that is not a failure. */
  alsoAnswers?: number;
}

/** A request; `Answer` is what the hub declares for it. */
export async function ask<Answer>(
  path: string,
  { method = "GET", query = {}, body, abort, alsoAnswers }: Ask,
): Promise<Answer> {
  const given = Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]]));
  const search = given.length === 0 ? "" : `?${new URLSearchParams(given)}`;
  const response = await fetch(path + search, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "GET" || csrf === undefined ? {} : { [CSRF_HEADER]: csrf }),
    },
    body: body ?? null,
    signal: abort ?? null,
  }).catch(() => {
    if (abort?.reason?.name !== "TimeoutError") abort?.throwIfAborted();
    throw new HubFault(UNREACHABLE, "The hub cannot be reached. Check that it runs, and your network");
  });
  noteHubDate(response.headers.get("date"));
  const text = await response.text();
  abort?.throwIfAborted();
  if (!response.ok && response.status !== alsoAnswers) {
    const fault = faultOf(response, text);
    if (fault.code === "LOGIN_NEEDED") loginNeeded();
    throw fault;
  }
  return parse(text) as Answer;
}

function parse(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new HubFault("ANSWER_NOT_JSON", "The answer is not JSON. Is this the address of the hub?");
  }
}

function faultOf(response: Response, text: string): HubFault {
  if (!response.headers.get("content-type")?.includes("problem+json")) {
    return new HubFault(`HTTP_${response.status}`, response.statusText || "The request failed", response.status);
  }
  const problem = parse(text) as Problem;
  const faults = problem.errors?.map(({ field, message }) => `${field}: ${message}`) ?? [];
  const words = [problem.title, problem.detail, ...faults].filter((part) => part !== undefined);
  return new HubFault(problem.code, words.join(". "), response.status);
}
