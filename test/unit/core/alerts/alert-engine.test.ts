import { expect, test } from "vitest";
import { StoreError, type UnsavedReading } from "../../../../src/core/ports/readings-store.ts";
import { createWorld, ruleOf } from "./alert-world.ts";

test("a value past the threshold fires, one between changes nothing, one clear of it ends it: state, log and notification are one write", async () => {
  const { add, read, written, file, committed, engine } = createWorld();
  const rule = await add();
  read("boiler", { t: 45 });
  read("boiler", { t: 51 });
  read("boiler", { t: 60 });
  await written();
  const id = `${rule}~boiler`;
  expect(engine.list()).toMatchObject([
    { id, state: "firing", data: "fresh", episode: 1, value: 60, severity: "critical" },
  ]);
  expect(file.record("alert", id)).toMatchObject({ state: "firing", episode: 1 });
  expect(file.record("notification", `${id}/1/firing`)).toBeDefined();
  read("boiler", { t: 45 });
  read("boiler", { t: 40 });
  await written();
  expect(file.log()).toEqual([`firing ${id}`, `resolved ${id}`]);
  expect(committed.map(({ event, alert }) => [event.kind, event.value, alert.state])).toEqual([
    ["firing", 51, "firing"],
    ["resolved", 40, "normal"],
  ]);
  expect([engine.list(), engine.get(id)]).toEqual([[], undefined]);
  read("boiler", { t: 70 });
  await written();
  expect(file.events().at(-1)).toMatchObject({ id: `${id}/2/firing`, episode: 2 });
});

test("a critical alert is written and notified before two hundred warnings that fired before it", async () => {
  const { add, read, written, committed } = createWorld();
  await add({ severity: "warning", condition: { kind: "below", metric: "power", threshold: 1 } });
  await add();
  for (let at = 0; at < 200; at++) read(`hall-${at}`, { power: 0 });
  read("boiler", { t: 60 });
  await written();
  expect(committed[0]?.event).toMatchObject({ kind: "firing", deviceId: "boiler" });
});

test("while hub.db takes nothing, what fires is notified from memory, and is written when it takes again", async () => {
  const { add, read, written, file, unwritable, committed, pass, engine } = createWorld();
  await add();
  file.failWith(new StoreError("the disk is full", true));
  read("boiler", { t: 51 });
  await written();
  await expect(engine.settled()).rejects.toThrow("the disk is full");
  expect(unwritable.map(({ event }) => event.kind)).toEqual(["firing"]);
  read("shed", { t: 51 });
  await written();
  expect(unwritable).toHaveLength(2);
  expect([file.events(), committed]).toEqual([[], []]);
  file.failWith(undefined);
  await pass(1_000);
  expect(committed.map(({ event }) => event.deviceId)).toEqual(["boiler", "shed"]);
  expect(unwritable).toHaveLength(2);
  await engine.settled();
});

test("a rule that is switched off ends its alerts; switched on again, its episodes count on", async () => {
  const { add, read, written, file, rules } = createWorld();
  const rule = await add();
  read("boiler", { t: 51 });
  await rules.replace(rule, ruleOf({ enabled: false }));
  await written();
  expect(file.log()).toEqual([`firing ${rule}~boiler`, `ended ${rule}~boiler`]);
  await rules.replace(rule, ruleOf());
  await written();
  expect(file.events().at(-1)).toMatchObject({ id: `${rule}~boiler/2/firing` });
  await rules.remove(rule);
  await written();
  expect(file.events().at(-1)).toMatchObject({ kind: "ended", episode: 2 });
  expect(file.records().filter(({ kind }) => kind !== "notification")).toEqual([]);
});

test("a changed name leaves an alert as it is; a deleted device ends it", async () => {
  const { add, read, written, file, rules, engine, deviceOf } = createWorld();
  const rule = await add();
  read("boiler", { t: 51 });
  await rules.replace(rule, ruleOf({ name: "Boiler", severity: "warning" }));
  await written();
  expect(engine.list()).toMatchObject([{ ruleName: "Boiler", severity: "warning", state: "firing", episode: 1 }]);
  engine.deviceRemoved(deviceOf("boiler").id);
  await written();
  expect(file.log()).toEqual([`firing ${rule}~boiler`, `ended ${rule}~boiler`]);
});

test("who acknowledges is kept until it fires again; nobody can acknowledge what does not fire", async () => {
  const { add, read, written, file, engine, clock } = createWorld();
  const id = `${await add()}~boiler`;
  expect(await engine.acknowledge(id, "ann", undefined)).toBe("unknown");
  read("boiler", { t: 51 });
  const done = engine.acknowledge(id, "ann", "on my way");
  await written();
  expect(await done).toBe("done");
  expect(engine.get(id)?.acknowledged).toMatchObject({ by: "ann", note: "on my way" });
  expect(file.events().at(-1)).toMatchObject({ kind: "acknowledged", by: "ann", note: "on my way" });
  expect(file.record("alert", id)).toMatchObject({ acknowledged: { by: "ann" } });
  clock.advance(1_000);
  read("boiler", { t: 30 });
  read("boiler", { t: 51 });
  expect(engine.get(id)?.acknowledged).toBeUndefined();
});

test("a restart knows what fires, and its episodes", async () => {
  const first = createWorld();
  const id = `${await first.add()}~boiler`;
  first.read("boiler", { t: 51 });
  await first.written();
  const { engine, read, written, file } = createWorld({
    clock: first.clock,
    file: first.file.copy(),
    devices: first.known,
  });
  expect(engine.get(id)).toMatchObject({ state: "firing", episode: 1, value: 51 });
  read("boiler", { t: 51 });
  read("boiler", { t: 30 });
  await written();
  expect(file.log()).toEqual([`firing ${id}`, `resolved ${id}`]);
});

test("a silence says until when nothing is sent, and ends by itself", async () => {
  const { add, read, written, silences, engine, clock, pass } = createWorld();
  const rule = await add();
  read("boiler", { t: 51 });
  await written();
  const until = new Date(clock.nowMs() + 5_000).toISOString();
  expect(await silences.add({ until: new Date(0).toISOString() }, "ann")).toMatchObject({ kind: "refused" });
  const added = await silences.add({ ruleId: rule, until }, "ann");
  expect(engine.list()).toMatchObject([{ silencedUntil: until }]);
  expect(silences.untilMs("other", undefined)).toBeUndefined();
  expect(silences.list()).toMatchObject([{ by: "ann" }]);
  await pass(6_000);
  expect([silences.list(), engine.list()[0]?.silencedUntil]).toEqual([[], undefined]);
  expect(added.kind === "done" && (await silences.remove(added.item.id, "ann"))).toBe(false);
});

test("what was stored and not judged before a kill is judged at the start, once: whatever was written of it before", async () => {
  const first = createWorld();
  const id = `${await first.add()}~boiler`;
  const { clock, file, known } = first;
  const rows: UnsavedReading[] = [];
  const values = [30, 51, 60, 30, 52];
  for (const t of values) {
    clock.advance(1_000);
    const at = clock.nowMs();
    rows.push({
      deviceId: first.deviceOf("boiler").id,
      atMs: at,
      n: 0,
      receivedAtMs: at,
      metrics: new Map([["t", t]]),
    });
  }
  const whole = [`firing ${id}`, `resolved ${id}`, `firing ${id}`];
  for (let judged = 0; judged <= values.length; judged++) {
    const before = createWorld({ clock, file: file.copy(), devices: known });
    await before.opened;
    before.engine.stored(rows.slice(0, judged));
    await before.written();
    const after = createWorld({ clock, file: before.file.copy(), devices: known, unsaved: rows });
    await after.opened;
    await after.written();
    expect(after.file.log(), `${judged} judged`).toEqual(whole);
    expect(after.engine.get(id)).toMatchObject({ state: "firing", episode: 2 });
    const third = createWorld({ clock, file: after.file.copy(), devices: known, unsaved: rows });
    await third.opened;
    await third.written();
    expect(third.file.log()).toEqual(whole);
  }
});

test("two readings of one millisecond, of which one was judged before a kill: the other is judged", async () => {
  const first = createWorld();
  const id = `${await first.add()}~boiler`;
  const at = first.clock.nowMs();
  const row = (n: number, t: number): UnsavedReading => ({
    deviceId: first.deviceOf("boiler").id,
    atMs: at,
    n,
    receivedAtMs: at,
    metrics: new Map([["t", t]]),
  });
  first.engine.stored([row(0, 51)]);
  await first.written();
  const again = createWorld({
    clock: first.clock,
    file: first.file.copy(),
    devices: first.known,
    unsaved: [row(0, 51), row(1, 30)],
  });
  await again.opened;
  await again.written();
  expect(again.file.log()).toEqual([`firing ${id}`, `resolved ${id}`]);
});

test("pending goes on over a restart; settled says that it is kept", async () => {
  const first = createWorld();
  const id = `${await first.add({ forS: 60 })}~boiler`;
  first.read("boiler", { t: 51 });
  const settled = first.engine.settled();
  await first.written();
  await settled;
  first.clock.advance(40_000);
  const again = createWorld({ clock: first.clock, file: first.file.copy(), devices: first.known });
  await again.opened;
  expect(again.engine.get(id)?.state).toBe("pending");
  await again.pass(10_000);
  again.read("boiler", { t: 51 });
  await again.pass(11_000);
  expect(again.kinds()).toEqual(["firing"]);
});

test("readings that were imported are not judged at a start", async () => {
  const first = createWorld();
  await first.add();
  const nowMs = first.clock.nowMs();
  const old = nowMs - 86_400_000;
  const deviceId = first.deviceOf("boiler").id;
  const again = createWorld({
    clock: first.clock,
    file: first.file.copy(),
    devices: first.known,
    lastRun: { startedAtMs: nowMs - 60_000, aliveAtMs: nowMs },
    unsaved: [{ deviceId, atMs: old, n: 0, receivedAtMs: old, metrics: new Map([["t", 99]]) }],
  });
  await again.opened;
  await again.written();
  expect(again.file.events()).toEqual([]);
});

test("the first readings of a new device that come in one commit are judged in their order", async () => {
  const { add, deviceOf, engine, clock, file, written } = createWorld();
  const id = `${await add()}~boiler`;
  const { id: deviceId, latest } = deviceOf("boiler");
  const atMs = clock.nowMs();
  const readings = [51, 30, 60].map((t, n) => ({
    deviceId,
    atMs,
    n,
    receivedAtMs: atMs,
    metrics: new Map([["t", t]]),
  }));
  latest.set("t", { value: 60, atMs }); // the registry has them before they are judged
  engine.presenceChanged(deviceId); // and its presence
  engine.stored(readings);
  await written();
  expect(file.log()).toEqual([`firing ${id}`, `resolved ${id}`, `firing ${id}`]);
  expect(file.events().map(({ value }) => value)).toEqual([51, 30, 60]);
});
