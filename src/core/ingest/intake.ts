/** Takes one message from a client and answers with its outcome. */
import type { DeviceId } from "../../contract/readings.ts";
import { type RefusalCode, reasonCodeOf } from "../../contract/refusals.ts";
import type { Derivation } from "../derived/derivation.ts";
import type { Dialects } from "../dialects/dialect.ts";
import type { LearnedBook } from "../dialects/learned-book.ts";
import type { Part } from "../dialects/parsed-message.ts";
import { maySpeakFor, publisherOf } from "../dialects/publisher.ts";
import type { Refusals } from "../limits/refusals.ts";
import type { Unmapped } from "../mappings/unmapped.ts";
import { hasFamilyPrefix } from "../model/device-id.ts";
import type { Fault } from "../model/result.ts";
import type { Clock } from "../ports/clock.ts";
import type { HubFile, LearnedChange } from "../ports/hub-file.ts";
import type { Write } from "../ports/writes.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { bytesOf, deviceOf, type InboundMessage, packetOf } from "./inbound-message.ts";
import { createPartAcceptance, type PartAcceptanceOptions, type StorablePart } from "./part-acceptance.ts";
import type { MessageOutcome, Writer } from "./writer.ts";

/**
 * `carry`: forward it as any broker does. `stored`: the same, and what was accepted of it is on disk. `refuse`:
 * acknowledge and drop it. `stalled`: it was not taken in time, and is to come again.
 */
export type Outcome = "carry" | "stored" | "refuse" | "stalled";

/**
 * `code`: why it was refused. `alsoUnder`: the topic under which it is to be delivered as well, as one message with the other: neither is
 * acknowledged before both are durable.
 */
export type Answer = (outcome: Outcome, code?: RefusalCode, alsoUnder?: string) => void;

export interface Intake {
  /** Answers once, at once or after the commit; never throws. */
  accept(message: InboundMessage, answer: Answer): void;
}

export interface IntakeOptions extends PartAcceptanceOptions {
  readonly dialects: Pick<Dialects, "read">;
  readonly learned: LearnedBook;
  /** Is shown each message that no dialect reads. */
  readonly unmapped: Pick<Unmapped, "note">;
  readonly hubFile: Pick<HubFile, "write">;
  /** Sends a message that a dialect asks for, such as a request for a description. */
  readonly publish: (topic: string, payload: Uint8Array) => void;
  readonly writer: Writer;
  readonly byteBudget: Pick<ByteBudget, "acquire" | "release">;
  readonly refusals: Refusals;
  readonly clock: Clock;
  readonly derivation: Pick<Derivation, "derive" | "settled">;
}

/** What a device says that is refused, and which one it is. */
interface FoundFault {
  readonly deviceId: DeviceId | undefined;
  readonly fault: Fault;
}

/** What is stored of a message of parts, and what is refused of it. */
interface Gathered {
  readonly writes: Write[];
  readonly learned: LearnedChange[];
  readonly faults: FoundFault[];
}

/** A description that is not its publisher's to give. */
const OF_ANOTHER: ReadonlySet<RefusalCode> = new Set(["ANNOUNCED_BY_ANOTHER", "TOPIC_NOT_OWN"]);

const OF_FAMILY: Fault = {
  code: "DEVICE_ID_INVALID",
  detail: "ids that begin with a family, such as tasmota:, belong to the boards of that family",
};

export function createIntake(options: IntakeOptions): Intake {
  const {
    dialects,
    learned,
    unmapped,
    hubFile,
    publish,
    writer,
    byteBudget,
    registry,
    refusals,
    counters,
    clock,
    derivation,
    hardware,
  } = options;
  /** By connection: the last of what waits for a description to be written. What it sends next is stored afterwards. */
  const waiting = new Map<number, Promise<void>>();
  const acceptance = createPartAcceptance(options);

  function accept(message: InboundMessage, answer: Answer): void {
    const receivedAtMs = clock.nowMs();
    const { topic, payload, retain, dup, connection } = message;
    const { userName } = connection;
    const publisher = publisherOf(connection.who);
    const parsed = dialects.read({ topic, payload, retain, dup, receivedAtMs, publisher, userName });
    switch (parsed.kind) {
      case "elsewhere":
        unmapped.note(topic, payload, receivedAtMs);
        return carry(answer);
      case "nothing":
        return retain ? carry(answer) : refuse(message, undefined, { code: "PAYLOAD_EMPTY" }, answer);
      case "refused":
        return refuse(message, parsed.deviceId, parsed.fault, answer);
      case "telemetry":
      case "status":
      case "attributes":
        return acceptOne(message, parsed, receivedAtMs, answer);
      case "parts":
        return acceptParts(message, parsed.parts, receivedAtMs, answer);
    }
  }

  function carry(answer: Answer): void {
    counters.message("carried");
    answer("carry");
  }

  /** What the native dialect answers. */
  function acceptOne(message: InboundMessage, part: StorablePart, receivedAtMs: number, answer: Answer): void {
    if (hasFamilyPrefix(part.deviceId) && !registry.knows(part.deviceId))
      return refuse(message, part.deviceId, OF_FAMILY, answer);
    const accepted = acceptance(part, message.connection.clientId, { receivedAtMs, packet: packetOf(message) });
    if (accepted === undefined) return carry(answer);
    const { writes, faults } = accepted;
    for (const fault of faults) note(message, part.deviceId, fault);
    if (writes.length > 0) return store(message, writes, faults.length === 0, answer);
    counters.message("refused");
    answer("refuse", faults[0]?.code);
  }

  /**
   * What other families send is carried whether the hub understands it or not: other programs may. Only what a board says of another
   * one is not: those programs would believe it, and it would take the place of the other's retained message.
   */
  function acceptParts(message: InboundMessage, parts: readonly Part[], receivedAtMs: number, answer: Answer): void {
    const { writes, learned: changes, faults } = gather(message, parts, receivedAtMs);
    for (const { deviceId, fault } of faults) note(message, deviceId, fault);
    const isComplete = faults.length === 0;
    if (writes.length === 0 && changes.length === 0) {
      const ofAnother =
        message.connection.who?.kind === "board" && faults.find(({ fault }) => OF_ANOTHER.has(fault.code));
      counters.message(isComplete ? "carried" : "refused");
      return ofAnother ? answer("refuse", ofAnother.fault.code) : answer("carry");
    }
    if (changes.length === 0) return store(message, writes, isComplete, answer);
    const isWritten = hubFile.write(changes).then(
      () => true,
      () => false,
    );
    inOrder(message, writes, isWritten, (isDescribed) => {
      if (!isDescribed) return stalled(message, changes[0]?.deviceId, answer);
      for (const change of changes) learned.stored(change);
      if (writes.length > 0) return put(message, writes, isComplete, answer);
      counters.message("stored");
      answer("stored");
    });
  }

  /**
   * In the order of its connection: a death that comes right behind a birth is stored after it, and before the next one. Until then the
   * message is in memory, and counts in the byte budget.
   */
  function inOrder(
    message: InboundMessage,
    writes: readonly Write[],
    isWritten: Promise<boolean>,
    run: (isWritten: boolean) => void,
  ): void {
    const { serial } = message.connection;
    const bytes = bytesOf(message, writes);
    byteBudget.acquire(bytes);
    const former = waiting.get(serial) ?? Promise.resolve();
    const done = former
      .then(() => isWritten)
      .then((isDescribed) => {
        if (waiting.get(serial) === done) waiting.delete(serial);
        run(isDescribed);
        byteBudget.release(bytes);
      });
    waiting.set(serial, done);
  }

  function gather(message: InboundMessage, parts: readonly Part[], receivedAtMs: number): Gathered {
    const { clientId } = message.connection;
    const publisher = publisherOf(message.connection.who);
    const receipt = { receivedAtMs, packet: packetOf(message) };
    const gathered: Gathered = { writes: [], learned: [], faults: [] };
    const others = new Set<DeviceId>();
    for (const part of parts) {
      if (part.kind === "publish") publish(part.topic, part.payload);
      else if (part.kind === "refused") gathered.faults.push(part);
      else if (!maySpeakFor(publisher, part.deviceId)) others.add(part.deviceId);
      else if (part.kind === "heard")
        registry.alive(hardware.deviceOf(part.deviceId), message.connection, receivedAtMs);
      else if (part.kind === "learned") {
        const taken = learned.take(part);
        if (!taken.ok) gathered.faults.push({ deviceId: part.deviceId, fault: taken.fault });
        else if (taken.value !== undefined) gathered.learned.push(taken.value);
      } else {
        const accepted = acceptance(part, clientId, receipt);
        gathered.writes.push(...(accepted?.writes ?? []));
        for (const fault of accepted?.faults ?? []) gathered.faults.push({ deviceId: part.deviceId, fault });
      }
    }
    const [other] = others;
    if (other !== undefined) {
      const detail = `${publisher.deviceId} is not ${other}${others.size > 1 ? ` and ${others.size - 1} more` : ""}`;
      gathered.faults.push({ deviceId: publisher.deviceId, fault: { code: "DEVICE_ID_INVALID", detail } });
    }
    return gathered;
  }

  function store(message: InboundMessage, writes: readonly Write[], isComplete: boolean, answer: Answer): void {
    const isFirst = waiting.size === 0 || !waiting.has(message.connection.serial);
    if (isFirst) put(message, writes, isComplete, answer);
    else inOrder(message, writes, WRITTEN, () => put(message, writes, isComplete, answer));
  }

  function put(message: InboundMessage, writes: readonly Write[], isComplete: boolean, answer: Answer): void {
    writer.put({
      writes,
      bytes: bytesOf(message, writes),
      urgent: message.qos > 0,
      connection: message.connection,
      answer: (outcome) => {
        if (isComplete && outcome !== "stalled" && outcome.every(({ kind }) => kind !== "refused")) {
          refusals.accepted(message.connection.clientId, message.topic);
        }
        settle(message, writes, outcome, answer);
      },
    });
  }

  function settle(message: InboundMessage, writes: readonly Write[], outcome: MessageOutcome, answer: Answer): void {
    if (outcome === "stalled") {
      for (const write of writes) if (write.kind === "reading") derivation.settled(write, "refused");
      return stalled(message, deviceOf(writes[0]), answer);
    }
    let accepted = false;
    for (const [index, each] of outcome.entries()) {
      if (each.kind !== "refused") {
        accepted = true;
        message.trace?.stored(writes[index]);
      } else note(message, deviceOf(writes[index]), { code: "STORE_REFUSED", detail: each.reason });
    }
    counters.message(accepted ? "stored" : "refused");
    if (accepted) answer("stored");
    else answer("refuse", "STORE_REFUSED");
  }

  function stalled(message: InboundMessage, deviceId: DeviceId | undefined, answer: Answer): void {
    counters.message("stalled");
    note(message, deviceId, { code: "STORE_STALLED" });
    answer("stalled");
  }

  function refuse(message: InboundMessage, deviceId: DeviceId | undefined, fault: Fault, answer: Answer): void {
    note(message, deviceId, fault);
    counters.message("refused");
    answer("refuse", fault.code);
  }

  function note(message: InboundMessage, deviceId: DeviceId | undefined, fault: Fault): void {
    const { clientId, mqttVersion } = message.connection;
    message.trace?.refused(deviceId, fault);
    // What is refused in part is acknowledged as taken; a note of it says all the same what it would be in MQTT 5.
    const reasonCode = mqttVersion === "5" && message.qos > 0 ? reasonCodeOf(fault.code) : undefined;
    refusals.add({ ...fault, kind: "message", clientId, topic: message.topic, deviceId, mqttVersion, reasonCode });
  }

  return { accept };
}

const WRITTEN = Promise.resolve(true);
