/** Carries out what the state machine decides about an alert: what is kept, logged and notified of it. */
import type { Alert } from "../../../contract/alerts.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HubChange } from "../../ports/hub-file.ts";
import type { Transition } from "../alert-types.ts";
import { delaysOf } from "../decisions/compiled-rule.ts";
import type { LateStep } from "../decisions/late-episode.ts";
import { type Happened, type Input, isOngoing, type Phase, step, verdictInput } from "../decisions/state-machine.ts";
import { joinVerdicts, type Verdict } from "../decisions/verdict.ts";
import { logLine } from "../log-line.ts";
import {
  type AlertInstance,
  hasState,
  keptOf,
  type Position,
  waitsForReadings,
  wallAheadMs,
} from "./alert-instance.ts";
import type { AlertView, EventParts } from "./alert-view.ts";
import type { AlertWriter } from "./alert-writer.ts";
import type { DeviceAlerts, Said } from "./device-alerts.ts";
import { createLateJudge } from "./late-judge.ts";
import type { WallOf } from "./wall-time.ts";

/** Now; while stored readings are judged again, when they came. */
export interface Moment {
  /** Epoch ms. */
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly isReplay: boolean;
}

export interface Judge {
  /** One condition of an alert says something. Alerts that join conditions wait for `settleJoined`. */
  says(instance: AlertInstance, index: number, said: Said, moment: Moment): void;
  settleJoined(moment: Moment): void;
  /** What a condition without a value says. */
  saysOfSilence(instance: AlertInstance, index: number, verdict: Verdict, moment: Moment): void;
  apply(instance: AlertInstance, input: Input, moment: Moment): void;
  /** `isDeleted`: nothing of it is kept. */
  end(instance: AlertInstance, isDeleted: boolean): void;
  /** Another object continues this alert. */
  drop(instance: AlertInstance): void;
  /** It was restored from what is kept. */
  adopt(instance: AlertInstance): void;
  /** Nothing is kept of the alert with this id, of which there is no object. */
  deleteKept(id: string): void;
  /** An event that is no transition of its state. */
  note(instance: AlertInstance, parts: EventParts): void;
  /** No more of a backlog comes. */
  endLate(instance: AlertInstance, moment: Moment): void;
  /** Has written what changed without an event. */
  flush(): void;
  /** Not normal. */
  restless(): ReadonlySet<AlertInstance>;
  /** What changed without an event since the last call. */
  takeChanged(): Alert[];
}

/** Its data is overdue after minutes at the soonest, and these few seconds do not matter then. */
const STEADY_LOOK_MS = 5_000;

export interface JudgeOptions {
  readonly clock: Clock;
  readonly view: AlertView;
  readonly writer: Pick<AlertWriter, "put">;
  readonly deviceOf: (instance: AlertInstance) => DeviceAlerts | undefined;
}

export function createJudge({ clock, view, writer, deviceOf }: JudgeOptions): Judge {
  const dirty = new Set<AlertInstance>();
  const restless = new Set<AlertInstance>();
  /** Those of which the present reading says something; `true`: all of that was delayed. */
  const joined = new Map<AlertInstance, boolean>();
  const late = createLateJudge(takeLate);
  let changed = new Set<AlertInstance>();

  function says(instance: AlertInstance, index: number, said: Said, moment: Moment): void {
    if (moment.isReplay && isJudged(instance, moment)) return;
    if (said.arrival !== "live") late.says(instance, index, said, moment.monotonicMs);
    if (said.arrival === "late") return;
    if (instance.rule.join !== "one") {
      keepVerdict(instance, index, said.verdict, said.arrival === "delayed");
      if (said.verdict === "past" || instance.rule.leaves.length === 1) instance.value = said.value;
      return;
    }
    saysOne(instance, said, moment);
  }

  const now = (): Moment => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs(), isReplay: false });

  /** Already, or before there was such a rule. A rule from the future was made while the clock was wrong. */
  const isJudged = ({ isSkipping, rule }: AlertInstance, { wallMs }: Moment): boolean =>
    isSkipping || (wallMs < rule.changedAtMs && rule.changedAtMs <= clock.nowMs());

  /** Most verdicts change nothing. */
  function saysOne(instance: AlertInstance, { verdict, value, arrival }: SaidOfOne, moment: Moment): void {
    const { state } = instance.phase;
    instance.verdicts[0] = verdict;
    if (state === "normal" && verdict !== "past" && instance.phase.data === "fresh") return;
    if (value !== undefined) instance.value = value;
    apply(instance, verdictInput(verdict, arrival === "delayed"), moment);
  }

  function saysOfSilence(instance: AlertInstance, index: number, verdict: Verdict, moment: Moment): void {
    if (instance.rule.join === "one") saysOne(instance, { verdict }, moment);
    else keepVerdict(instance, index, verdict, false);
  }

  function keepVerdict(instance: AlertInstance, index: number, verdict: Verdict, isDelayed: boolean): void {
    if (instance.verdicts[index] !== verdict) dirty.add(instance);
    instance.verdicts[index] = verdict;
    joined.set(instance, isDelayed && (joined.get(instance) ?? true));
  }

  /** Once for all that one reading says. */
  function settleJoined(moment: Moment): void {
    late.settle();
    if (joined.size === 0) return;
    const some = [...joined];
    joined.clear();
    for (const [instance, isDelayed] of some) {
      const { join, leaves } = instance.rule;
      if (join === "one") continue;
      const verdicts = leaves.map((_, index) => instance.verdicts[index] ?? "between");
      apply(instance, verdictInput(joinVerdicts(join, verdicts), isDelayed), moment);
    }
  }

  function apply(instance: AlertInstance, input: Input, moment: Moment): void {
    const before = instance.phase;
    const { phase, happened } = step(before, input, moment.monotonicMs, delaysOf(instance.rule, moment.wallMs));
    if (phase === before) return;
    instance.phase = phase;
    follow(instance, before);
    if (happened.length === 0) {
      dirty.add(instance);
      changed.add(instance);
      return;
    }
    const wallOf: WallOf = (monotonicMs) => moment.wallMs - (moment.monotonicMs - monotonicMs);
    for (const each of happened) noteIn(instance, each, wallOf);
    const then = instance.copy();
    const explainedBy = happened.map(({ kind }) => explainerOf(instance, kind));
    const make = (): Transition[] =>
      happened.map((each, at) => transitionOf(then, each, { wallOf, explainedBy: explainedBy[at] }));
    // Of a device that is being deleted, its name is known only now.
    write(instance, then, input.kind === "end" ? ready(make()) : make);
  }

  function follow(instance: AlertInstance, before: Phase): void {
    const { phase } = instance;
    if (phase.state === "normal") restless.delete(instance);
    else restless.add(instance);
    const device = deviceOf(instance);
    if (device === undefined) return;
    device.changed();
    device.overdue += Number(phase.data === "overdue") - Number(before.data === "overdue");
    device.dueMs = nextLookMs(instance, device);
    if (isOngoing(phase) !== isOngoing(before)) device.explain();
  }

  /** Ten thousand may change at once: those that time cannot change soon need no look at once. */
  function nextLookMs(instance: AlertInstance, { dueMs }: DeviceAlerts): number {
    if (!waitsForReadings(instance)) return 0;
    return instance.phase.state === "normal" ? dueMs : Math.min(dueMs, clock.monotonicMs() + STEADY_LOOK_MS);
  }

  function noteIn(instance: AlertInstance, { kind, atMs }: Happened, wallOf: WallOf): void {
    if (kind === "firing") instance.acknowledged = undefined;
    instance.noDataSinceMs = kind === "noData" ? wallOf(deviceOf(instance)?.readMs ?? atMs) : undefined;
  }

  const explainerOf = (instance: AlertInstance, kind: Happened["kind"]): string | undefined =>
    kind === "noData" ? deviceOf(instance)?.explainer()?.id : instance.supersededBy;

  function transitionOf(
    instance: AlertInstance,
    { kind, atMs, episode }: Happened,
    parts: TransitionParts,
  ): Transition {
    const { wallOf, explainedBy } = parts;
    return {
      event: view.eventOf(instance, { kind, atMs: wallOf(atMs), episode }),
      alert: view.alertOf(instance, wallOf),
      rule: instance.rule.rule,
      ...(explainedBy !== undefined && { explainedBy }),
    };
  }

  /** Until a reading of its device comes, it is where it was before this start. */
  const judgedBy = (instance: AlertInstance): Position | undefined => deviceOf(instance)?.last ?? instance.judgedBefore;

  /**
   * `then`: as it is now; what changes before this is written is written after it. Ten thousand may change at once, so what is kept and
   * said of them is made when they are written, some at a time.
   */
  function write(instance: AlertInstance, then: AlertInstance, make: () => readonly Transition[]): void {
    dirty.delete(instance);
    const judged = judgedBy(instance);
    const aheadMs = wallAheadMs(clock);
    instance.isKept = true;
    writer.put({
      ...aboutOf(instance),
      make,
      changes: (transitions) => [
        record(instance.id, JSON.stringify(keptOf(then, judged, aheadMs))),
        ...transitions.map(({ event }) => logLine(event, instance.deviceId)),
      ],
    });
  }

  function note(instance: AlertInstance, parts: EventParts): void {
    const event = view.eventOf(instance, parts);
    write(instance, instance.copy(), ready([{ event, alert: view.alertOf(instance), rule: instance.rule.rule }]));
  }

  function end(instance: AlertInstance, isDeleted: boolean): void {
    apply(instance, { kind: "end" }, now());
    instance.late = undefined;
    instance.lateVerdicts = undefined;
    instance.supersededBy = undefined;
    drop(instance);
    if (!instance.isKept) return;
    const kept = isDeleted ? undefined : JSON.stringify(keptOf(instance, undefined, wallAheadMs(clock)));
    writer.put({ ...aboutOf(instance), make: NONE, changes: () => [record(instance.id, kept)] });
  }

  function drop(instance: AlertInstance): void {
    restless.delete(instance);
    dirty.delete(instance);
    changed.delete(instance);
  }

  function adopt(instance: AlertInstance): void {
    const { phase } = instance;
    if (phase.state !== "normal") restless.add(instance);
    const device = deviceOf(instance);
    if (phase.data === "overdue" && device !== undefined) device.overdue++;
    device?.explain();
  }

  /** What fires now still fires: what came late belongs to it. */
  function takeLate(instance: AlertInstance, { late: episode, passed }: LateStep): void {
    if (episode !== instance.late) dirty.add(instance);
    instance.late = episode;
    const device = deviceOf(instance);
    if (episode !== undefined && device !== undefined) device.dueMs = 0; // time ends it where no more comes
    if (passed === undefined || isOngoing(instance.phase)) return;
    note(instance, { kind: "passed", atMs: clock.nowMs(), episode: instance.phase.episode, ...passed });
  }

  function flush(): void {
    for (const instance of dirty) {
      if (!hasState(instance) && !instance.isKept) continue;
      instance.isKept = true;
      const kept = keptOf(instance, judgedBy(instance), wallAheadMs(clock));
      writer.put({ ...aboutOf(instance), make: NONE, changes: () => [record(instance.id, JSON.stringify(kept))] });
    }
    dirty.clear();
  }

  return {
    says,
    settleJoined,
    saysOfSilence,
    apply,
    end,
    drop,
    adopt,
    deleteKept: (id) =>
      writer.put({ alertId: id, isCritical: false, make: NONE, changes: () => [record(id, undefined)] }),
    note,
    endLate: (instance, { monotonicMs }) => late.end(instance, monotonicMs),
    flush,
    restless: () => restless,
    takeChanged: () => {
      const some = changed;
      changed = new Set();
      return [...some].map((instance) => view.alertOf(instance));
    },
  };
}

/** `value` undefined: of silence or presence. */
type SaidOfOne = Pick<Said, "verdict"> & Partial<Pick<Said, "value" | "arrival">>;

interface TransitionParts {
  readonly wallOf: WallOf;
  readonly explainedBy: string | undefined;
}

const aboutOf = ({ id, rule }: AlertInstance) => ({ alertId: id, isCritical: rule.rule.severity === "critical" });

const NONE = (): readonly Transition[] => [];

const ready = (transitions: readonly Transition[]) => (): readonly Transition[] => transitions;

const record = (id: string, data: string | undefined): HubChange => ({ of: "record", kind: "alert", id, data });
