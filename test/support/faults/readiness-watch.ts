/** Asks `/readyz` over and over, beside the count of what the hub acknowledges, and finds where it said what was not so. */
import { onTestFinished } from "vitest";
import type { Readiness } from "../../../src/contract/rest.ts";
import type { HubAddress } from "../hub/hub.ts";
import { ask } from "../hub/rest.ts";
import { until } from "../until.ts";

const EVERY_MS = 200;
const SILENT_AFTER_MS = 1_000;
/** So long it may say what is not so any more. */
export const TRUE_WITHIN_MS = 5_000;

interface Sample {
  readonly atMs: number;
  /** Undefined: there was no answer. */
  readonly state: Readiness | undefined;
  readonly acknowledged: number;
  /** Somebody is connected and waits for an acknowledgement. */
  readonly isAsked: boolean;
}

export interface ReadinessWatch {
  /** What it said last; undefined: there was no answer. */
  now(): Readiness | undefined;
  /**
   * Settles when the hub says that it is ready and that its disk works, and does acknowledge; a wrong clock may take longer to be
   * trusted again.
   */
  untilWell(what: string): Promise<void>;
  /** Settles when it names that part. */
  untilSaid(part: string, what: string): Promise<void>;
  /** Each time that it said for longer than it may that it is ready and was not, or the other way round. */
  faults(): readonly string[];
  stop(): void;
}

export interface WatchedLoad {
  acknowledged(): number;
  isAsking(): boolean;
}

export function watchReadiness(
  hub: HubAddress,
  headers: Readonly<Record<string, string>>,
  load: WatchedLoad,
): ReadinessWatch {
  /** The last five seconds. */
  let recent: Sample[] = [];
  const faults: string[] = [];
  let askedAtMs: number | undefined;
  const timer = setInterval(() => {
    if (askedAtMs !== undefined) {
      if (performance.now() - askedAtMs > SILENT_AFTER_MS) note(undefined);
      return;
    }
    askedAtMs = performance.now();
    void ask<Readiness>(hub, "/readyz", { headers })
      .then(({ body, status }) => note(status === 200 || status === 503 ? body : undefined))
      .catch(() => note(undefined))
      .finally(() => {
        askedAtMs = undefined;
      });
  }, EVERY_MS);
  onTestFinished(() => clearInterval(timer));

  function note(state: Readiness | undefined): void {
    const atMs = performance.now();
    recent.push({ atMs, state, acknowledged: load.acknowledged(), isAsked: load.isAsking() });
    const [first] = recent;
    if (first === undefined || atMs - first.atMs < TRUE_WITHIN_MS) return;
    const fault = faultOf(recent);
    if (fault !== undefined) faults.push(fault);
    recent = fault === undefined ? recent.filter((sample) => atMs - sample.atMs < TRUE_WITHIN_MS) : [];
  }

  const now = (): Readiness | undefined => recent.at(-1)?.state;
  return {
    now,
    untilWell: async (what) => {
      const before = load.acknowledged();
      const isWell = (): boolean => {
        const state = now();
        return state !== undefined && isReady(state) && !hasDiskErrors(state) && load.acknowledged() > before;
      };
      await until(`ready again after ${what}`, isWell, { withinMs: TRUE_WITHIN_MS }).catch((error: unknown) => {
        throw new Error(`${String(error)}; it says ${JSON.stringify(now())}`);
      });
    },
    untilSaid: async (part, what) => {
      const isSaid = (): boolean => {
        const state = now();
        return state !== undefined && [...state.problems, ...state.warnings].some((each) => each.part === part);
      };
      await until(`/readyz names ${part} during ${what}`, isSaid, { withinMs: TRUE_WITHIN_MS }).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}; it says ${JSON.stringify(now())}`);
        },
      );
    },
    faults: () => faults,
    stop: () => clearInterval(timer),
  };
}

/** A clock that jumped is not trusted for minutes, and that is the truth. */
const isReady = ({ problems }: Readiness): boolean => problems.every(({ part }) => part === "clock");

const hasDiskErrors = ({ warnings }: Readiness): boolean => warnings.some(({ part }) => part === "disk errors");

function faultOf(samples: readonly Sample[]): string | undefined {
  const counts = samples.map(({ acknowledged }) => acknowledged);
  const isStill = counts[0] === counts.at(-1);
  const isMoving = counts.every((count, index) => index === 0 || count > (counts[index - 1] ?? 0));
  const states = samples.map(({ state }) => state);
  const isWaitedFor = samples.every(({ isAsked }) => isAsked);
  if (isStill && isWaitedFor && states.every((state) => state?.ready === true)) {
    return `ready for ${TRUE_WITHIN_MS} ms, and nothing was acknowledged`;
  }
  if (isMoving && states.every((state) => state !== undefined && !isReady(state))) {
    return `not ready for ${TRUE_WITHIN_MS} ms, and all was acknowledged: ${JSON.stringify(states.at(-1))}`;
  }
  return undefined;
}
