/** The alert log says who silenced what until when, and that it is over: one line each, however many alerts it is about. */
import { expect, test } from "vitest";
import { silenceFields } from "../../../../src/contract/alerts.ts";
import { StoreError } from "../../../../src/core/ports/readings-store.ts";
import { createWorld } from "./alert-world.ts";

type World = ReturnType<typeof createWorld>;

const inS = ({ clock }: World, seconds: number): string => new Date(clock.nowMs() + seconds * 1_000).toISOString();

async function silence(world: World, fields: { ruleId?: string; deviceId?: string; note?: string }, until: string) {
  const added = await world.silences.add({ ...fields, until }, "ann");
  return added.kind === "done" ? added.item : expect.fail(added.kind);
}

test("a silence of everything is two lines of the log, whatever fires in it", async () => {
  const world = createWorld();
  const rule = await world.add();
  for (const id of ["boiler", "shed"]) world.read(id, { t: 60 });
  await world.written();
  const until = inS(world, 5);
  const { id } = await silence(world, { note: "work on the roof" }, until);
  const beganAt = new Date(world.clock.nowMs()).toISOString();
  world.read("attic", { t: 60 });
  await world.pass(7_000);
  const [, , began, , over] = world.file.events();
  expect(world.file.log()).toEqual([
    `firing ${rule}~boiler`,
    `firing ${rule}~shed`,
    "silenced ",
    `firing ${rule}~attic`,
    "unsilenced ",
  ]);
  expect(began).toEqual({
    id: `silence/${id}/silenced`,
    at: beganAt,
    kind: "silenced",
    alertId: "",
    episode: 0,
    ruleId: "",
    ruleName: "",
    severity: "info",
    text: `all alerts, silenced until ${until}`,
    by: "ann",
    note: "work on the roof",
    to: until,
  });
  expect(over).toMatchObject({ id: `silence/${id}/unsilenced`, at: until, text: "all alerts, no longer silenced" });
  expect([over?.by, over?.to]).toEqual([undefined, undefined]);
});

test("one of a rule on a device has both; who ends it is named", async () => {
  const world = createWorld();
  const rule = await world.add({ name: "Too hot" });
  const { id } = await silence(world, { ruleId: rule, deviceId: "boiler" }, inS(world, 3_600));
  await world.pass(10_000);
  expect(await world.silences.remove(id, "bob")).toBe(true);
  expect(await world.silences.remove(id, "bob")).toBe(false);
  await world.pass(2_000);
  const both = { ruleId: rule, ruleName: "Too hot", deviceId: "boiler" };
  expect(world.file.events()).toMatchObject([
    { kind: "silenced", by: "ann", ...both, text: expect.stringContaining('boiler: "Too hot", silenced until ') },
    { kind: "unsilenced", by: "bob", at: inS(world, -2), ...both, text: 'boiler: "Too hot", no longer silenced' },
  ]);
});

test("what ended while the hub was down, or while its disk took nothing, is logged at the next start, once", async () => {
  const first = createWorld();
  const until = inS(first, 60);
  await silence(first, { deviceId: "boiler" }, until);
  await silence(first, { deviceId: "shed" }, inS(first, 2));
  first.file.failWith(new StoreError("the disk is full", true));
  await first.pass(3_000);
  expect(first.kinds()).toEqual(["silenced", "silenced"]);
  const file = first.file.copy();
  first.clock.advance(3_600_000);
  for (let start = 0; start < 2; start++) {
    const again = createWorld({ clock: first.clock, file, devices: first.known });
    await again.opened;
    await again.pass(2_000);
    again.silences.close();
  }
  const over = file.events().filter(({ kind }) => kind === "unsilenced");
  expect(over.map(({ deviceId }) => deviceId).sort()).toEqual(["boiler", "shed"]);
  expect(over.find(({ deviceId }) => deviceId === "boiler")?.at).toBe(until);
  expect(file.records().filter(({ kind }) => kind === "silence")).toEqual([]);
});

test("one that cannot be written is no silence, and is not logged", async () => {
  const world = createWorld();
  world.file.failWith(new StoreError("the disk is full", true));
  await expect(silence(world, {}, inS(world, 60))).rejects.toThrow("the disk is full");
  world.file.failWith(undefined);
  expect([world.silences.list(), world.file.events()]).toEqual([[], []]);
});

test.each([{ ruleId: "" }, { deviceId: "" }, { ruleId: "r".repeat(65) }, { until: "+275760-09-13T00:00:00Z" }])(
  "a silence of %o is refused: what names nothing would be taken for all",
  (fields) => {
    expect(silenceFields.safeParse({ until: "2027-01-01T00:00:00Z", ...fields }).success).toBe(false);
  },
);
