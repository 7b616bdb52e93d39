import { afterEach, expect, test } from "vitest";
import { type AedesCore, openAedesCore } from "../../../../src/broker/routing/aedes-core.ts";
import { createMatching } from "../../../../src/broker/routing/matching.ts";
import type { DeliveryRequest } from "../../../../src/broker/routing/publication.ts";
import { createRetained } from "../../../../src/broker/routing/retained.ts";
import { createRouter, type Routed, type Subscriber } from "../../../../src/broker/routing/router.ts";
import { createMemoryLog } from "../../../support/memory/memory-log.ts";
import { createRecordingJournal } from "../../../support/memory/recording-journal.ts";
import { message, textOf } from "../../../support/packets/publications.ts";

const open: AedesCore[] = [];
afterEach(async () => {
  for (const core of open.splice(0)) await core.close();
});

const NO_LOCAL = {
  qos: 1,
  noLocal: true,
  retainAsPublished: true,
  subscriptionId: undefined,
} as const;

/** A router whose core passes messages on `through` something; by default at once. */
async function start(through = (pass: () => void): void => pass()) {
  const matching = createMatching<Subscriber>();
  const router = createRouter({
    time: { nowMs: () => 0 },
    matching,
    retained: createRetained(),
    limits: { maxRetained: 10, maxRetainedBytes: 1e6 },
    journal: createRecordingJournal(),
    publish: (routing) => through(() => core.publish(routing)),
    onRetainedRefused: () => undefined,
  });
  const core = await openAedesCore({
    id: "hub",
    log: createMemoryLog(),
    retain: router.retain,
    isWanted: router.isWanted,
    route: router.route,
  });
  open.push(core);

  /** It notes in the journal what it gets where `isNoted`. What it got, in order: "publisher topic=text". */
  function subscriber(clientId: string, filter: string, { isNoted = false, onDelivery = (): void => undefined } = {}) {
    const got: string[] = [];
    const deliver = ({ publication }: DeliveryRequest): boolean => {
      got.push(`${publication.publisher ?? "hub"} ${publication.topic}=${textOf(publication.payload)}`);
      onDelivery();
      return isNoted;
    };
    const session: Subscriber = {
      clientId,
      isDurable: isNoted,
      outbound: { isConnected: true, isReady: true, deliver },
    };
    matching.add({ session, filter, ...NO_LOCAL });
    return { session, got };
  }

  return { router, core, subscriber };
}

test("a message that is published while another one is delivered has its own publisher and its own outcome", async () => {
  const { router, core, subscriber } = await start();
  const same = message({ topic: "a" });
  const inner: Routed[] = [];
  const echo = subscriber("echo", "a", {
    onDelivery: () => {
      if (inner.length === 0) {
        core.register({ id: "x", version: 5, clean: true, closed: false, close: (done) => done() }); // a message under $SYS
        inner.push(router.publish(same, echo.session), router.publish(message({ topic: "b" }), echo.session));
      }
    },
  });
  const other = subscriber("other", "+");
  const kept = subscriber("kept", "b", { isNoted: true });
  const system = subscriber("system", "$SYS/#");

  const outer = router.publish(same, other.session);

  expect(echo.got).toEqual(["other a=23.5"]); // by no local, not the one that it published itself
  expect(other.got).toEqual(["echo a=23.5", "echo b=23.5"]);
  expect([kept.got, system.got]).toEqual([["echo b=23.5"], ["hub $SYS/hub/new/clients=x"]]);
  expect([outer, ...inner].map(({ isMatched, isNoted }) => [isMatched, isNoted])).toEqual([
    [true, false],
    [true, false],
    [true, true],
  ]);
});

test("a message that the core passes on later has its publisher all the same", async () => {
  const later: (() => void)[] = [];
  const { router, subscriber } = await start((pass) => void later.push(pass));
  const first = subscriber("first", "a");
  const second = subscriber("second", "a");

  const routed = [first, second].map(({ session }) => router.publish(message({ topic: "a" }), session));
  for (const pass of later.reverse()) pass();

  expect([first.got, second.got]).toEqual([["second a=23.5"], ["first a=23.5"]]);
  expect(routed.map(({ isMatched }) => isMatched)).toEqual([true, true]);
});

test("what a message changes among the retained ones is noted as its own, not as that of the message around it", async () => {
  const { router, subscriber } = await start();
  const inner: Routed[] = [];
  subscriber("asker", "a", {
    onDelivery: () => {
      for (const text of ["on", ""]) inner.push(router.publish(message({ topic: "r", retain: true, text }), undefined));
    },
  });

  const outer = router.publish(message({ topic: "a" }), undefined);

  expect(inner.map(({ isNoted }) => isNoted)).toEqual([true, true]);
  expect(outer).toMatchObject({ isMatched: true, isNoted: false });
});
