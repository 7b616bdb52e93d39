/** Brings an alert of any condition into any state, lets something happen, and says what became of it. */
import type { Condition, SimpleCondition } from "../../../../src/contract/alerts.ts";
import type { MetricValue } from "../../../../src/contract/readings.ts";
import { createWorld, ruleOf, type World } from "./alert-world.ts";

type Happening = (world: World) => void | Promise<void>;

/** A condition, and how it comes to say each verdict. */
export interface Subject {
  readonly name: string;
  readonly condition: Condition;
  /** Without verdict, and so long before that each can be said. */
  readonly prepare: Happening;
  readonly past: Happening;
  /** Undefined: it says nothing between. */
  readonly between?: Happening;
  readonly clear: Happening;
  /** Readings of an hour ago that say the same. */
  readonly old?: { readonly past: Happening; readonly clear: Happening };
  /** The end of the alert's id. */
  readonly of: string;
}

const BOARD = "boiler";
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

type Metrics = Record<string, MetricValue>;

interface Values {
  readonly past: Metrics;
  readonly between?: Metrics;
  readonly clear: Metrics;
  readonly of?: string;
}

function ofValues(name: string, condition: Condition, { past, between, clear, of = BOARD }: Values): Subject {
  const reads =
    (metrics: Metrics, agoMs = 0): Happening =>
    ({ read, clock }) =>
      read(BOARD, metrics, { atMs: clock.nowMs() - agoMs });
  return {
    name,
    condition,
    // A rate of change needs a reading from before its time.
    prepare: async (world) => {
      world.read(BOARD, clear);
      await world.pass(105_000);
    },
    past: reads(past),
    ...(between !== undefined && { between: reads(between) }),
    clear: reads(clear),
    old: { past: reads(past, HOUR_MS), clear: reads(clear, HOUR_MS) },
    of,
  };
}

const TWO: SimpleCondition[] = [
  { kind: "above", metric: "t", threshold: 50, clear: 40 },
  { kind: "below", metric: "h", threshold: 50, clear: 60 },
];

export const VALUE_CONDITIONS: readonly Subject[] = [
  ofValues(
    "above",
    { kind: "above", metric: "t", threshold: 50, clear: 40 },
    { past: { t: 51 }, between: { t: 45 }, clear: { t: 40 } },
  ),
  ofValues(
    "below",
    { kind: "below", metric: "t", threshold: 50, clear: 60 },
    { past: { t: 49 }, between: { t: 55 }, clear: { t: 60 } },
  ),
  ofValues(
    "outside",
    { kind: "outside", metric: "t", low: 20, high: 50, margin: 5 },
    { past: { t: 19 }, between: { t: 47 }, clear: { t: 30 } },
  ),
  ofValues(
    "equals",
    { kind: "equals", metric: "door", value: "open" },
    { past: { door: "open" }, clear: { door: "shut" } },
  ),
  ofValues(
    "class",
    { kind: "class", deviceClass: "battery", below: 20 },
    { past: { battery: 10 }, clear: { battery: 20 }, of: `${BOARD}~battery` },
  ),
  ofRate(),
  ofValues(
    "all",
    { kind: "all", of: TWO },
    { past: { t: 60, h: 40 }, between: { t: 60, h: 55 }, clear: { t: 60, h: 70 } },
  ),
  ofValues(
    "any",
    { kind: "any", of: TWO },
    { past: { t: 30, h: 40 }, between: { t: 30, h: 55 }, clear: { t: 30, h: 70 } },
  ),
];

/** What it says depends on what came before: each reading that is to be past is far above those, each that is to be clear far below. */
function ofRate(): Subject {
  const condition: Condition = { kind: "rate", metric: "t", above: 1, perS: 1, overS: 100 };
  const heights = new WeakMap<World["clock"], number>();
  const moves =
    (direction: 1 | -1, agoMs = 0): Happening =>
    ({ clock, read }) => {
      const height = (heights.get(clock) ?? 1) * 1_000;
      heights.set(clock, height);
      read(BOARD, { t: direction * height }, { atMs: clock.nowMs() - agoMs });
    };
  return {
    ...ofValues("rate", condition, { past: {}, clear: { t: 0 } }),
    past: moves(1),
    clear: moves(-1),
    old: { past: moves(1, HOUR_MS), clear: moves(-1, HOUR_MS) },
  };
}

const speak = (world: World): void => {
  world.read(BOARD, { t: 1 });
  world.setPresence(BOARD, "online");
};

export const PRESENCE_CONDITION: Subject = {
  name: "presence",
  condition: { kind: "presence", state: "offline" },
  prepare: async (world) => {
    speak(world);
    await world.pass(10_000);
  },
  past: ({ setPresence }) => setPresence(BOARD, "offline"),
  between: ({ setPresence }) => setPresence(BOARD, "late"),
  clear: speak,
  of: BOARD,
};

export const NO_DATA_CONDITION: Subject = {
  name: "noData",
  condition: { kind: "noData", afterS: 60 },
  prepare: async (world) => {
    await world.pass(10_000);
    speak(world);
  },
  past: ({ pass }) => pass(61_000),
  clear: speak,
  of: BOARD,
};

export const HUB_CONDITION: Subject = {
  name: "hub",
  condition: { kind: "hub", what: ["disk"] },
  prepare: () => undefined,
  past: ({ engine }) => engine.hubTrouble("disk", "The disk is nearly full"),
  clear: ({ engine }) => engine.hubTrouble("disk", undefined),
  of: "~disk",
};

const goSilent: Happening = async ({ setPresence, pass }) => {
  setPresence(BOARD, "offline");
  await pass(70_000);
};

/** How each state comes about. */
async function bringInto(state: string, world: World, { past, clear }: Subject): Promise<void> {
  const [name, data] = state.split(" ");
  if (name !== "normal" || data === "overdue") await past(world);
  await settle(world);
  if (name === "firing" || name === "recovering") await world.pass(2 * MINUTE_MS);
  if (name === "recovering") await clear(world);
  if (data === "overdue") await goSilent(world);
}

const NAME = "Too hot";

interface Cell {
  world: World;
  readonly rule: string;
  readonly subject: Subject;
}

const HAPPENINGS: Readonly<Record<string, (cell: Cell) => unknown>> = {
  past: ({ subject, world }) => subject.past(world),
  between: ({ subject, world }) => subject.between?.(world),
  clear: ({ subject, world }) => subject.clear(world),
  "past, an hour old": ({ subject, world }) => subject.old?.past(world),
  "clear, an hour old": ({ subject, world }) => subject.old?.clear(world),
  "another metric": ({ world }) => world.read(BOARD, { other: 1 }),
  "two minutes": ({ world }) => world.pass(2 * MINUTE_MS),
  "the board falls silent": ({ world }) => goSilent(world),
  "the hub restarts": async (cell) => {
    const { clock, file, known, rows } = cell.world;
    void cell.world.engine.close();
    await cell.world.written();
    cell.world = createWorld({ clock, file, devices: known, rows });
    await cell.world.opened;
  },
  "the clock jumps ahead": ({ world }) => world.clock.stepWall(DAY_MS),
  "the clock jumps back": ({ world }) => world.clock.stepWall(-DAY_MS),
  "all is silenced": ({ world }) =>
    world.silences.add({ until: new Date(world.clock.nowMs() + HOUR_MS).toISOString() }, "ann"),
  "the rule is renamed": ({ world, rule, subject }) => world.rules.replace(rule, fieldsOf(subject, { name: "Heat" })),
  "the rule is disabled": ({ world, rule, subject }) =>
    world.rules.replace(rule, fieldsOf(subject, { enabled: false })),
  "the rule is deleted": ({ world, rule }) => world.rules.remove(rule),
  "the board is deleted": ({ world }) => {
    world.engine.deviceRemoved(world.deviceOf(BOARD).id);
    world.known.delete(BOARD);
  },
};

const fieldsOf = ({ condition }: Subject, fields: { name?: string; enabled?: boolean } = {}) =>
  ruleOf({ name: NAME, severity: "warning", condition, forS: 120, keepFiringS: 120, ...fields });

/** What is to be looked at is, and what is known of it is in `hub.db`. */
async function settle(world: World): Promise<void> {
  await world.written();
  const settled = world.engine.settled();
  await world.written();
  await settled;
}

async function stateOf({ world, rule, subject }: Cell): Promise<string> {
  await settle(world);
  const kept = world.file.record("alert", `${rule}~${subject.of}`) as { state: string; data: string } | undefined;
  return kept === undefined || kept.data === "fresh" ? (kept?.state ?? "normal") : `${kept.state} ${kept.data}`;
}

/** `.`: it is in the same state, and the log has nothing new of it. */
export async function cellOf(subject: Subject, state: string, input: string): Promise<string> {
  const world = createWorld();
  const cell: Cell = { world, subject, rule: await world.add(fieldsOf(subject)) };
  await subject.prepare(world);
  await bringInto(state, world, subject);
  const before = await stateOf(cell);
  if (before !== state) throw new Error(`it is ${before}, and should be ${state}`);
  const known = world.file.log().length;
  await HAPPENINGS[input]?.(cell);
  await cell.world.pass(1_000);
  const after = await stateOf(cell);
  const { events } = cell.world.file;
  const happened = events()
    .slice(known)
    .flatMap(({ kind, alertId }) => (alertId === "" ? [] : kind));
  void cell.world.engine.close();
  if (after === before && happened.length === 0) return ".";
  return happened.length === 0 ? after : `${after}: ${happened.join(", ")}`;
}
