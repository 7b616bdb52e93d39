/** What SIGKILL cannot show, since the page cache survives it: no PUBACK before the disk has the commit. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { connectRaw } from "../../support/clients/raw-client.ts";
import { parseTrace, type SystemCall, straceFlags } from "../../support/faults/system-calls.ts";
import { spawnHub, tempDir } from "../../support/hub/hub.ts";
import { PUBACK, PUBREC, publishPacket } from "../../support/packets/packets.ts";
import { readTools } from "../../support/tools.ts";

const { strace } = readTools();
const PUBLISHES = 40;
const message = (packetId: number, qos: 1 | 2) => ({
  topic: "devices/traced/telemetry",
  payload: '{"a":1}',
  qos,
  packetId,
});

// Linux only: prepare.ts says so where there is no strace.
test.runIf(strace !== undefined).each([1, 2] as const)(
  "the acknowledgement of a QoS %i reading is written only after an fsync of the log that began after it was read",
  async (qos) => {
    const output = path.join(tempDir(), "trace");
    const hub = await spawnHub({ wrapper: [strace ?? "", ...straceFlags(output)] });
    const board = await connectRaw(hub, { clientId: "traced" });
    const acknowledgement = qos === 1 ? PUBACK : PUBREC;

    for (let packetId = 1; packetId <= PUBLISHES; packetId += 1) {
      board.publish(message(packetId, qos));
      await board.packets(acknowledgement, packetId);
    }
    await hub.kill("SIGTERM");

    const calls = parseTrace(readFileSync(output, "utf8"));
    const syncs = calls.filter(({ name, file }) => /^f(data)?sync$/.test(name) && file.endsWith("-wal"));
    for (let packetId = 1; packetId <= PUBLISHES; packetId += 1) {
      const read = find(calls, "read", publishPacket(message(packetId, qos)));
      const written = find(calls, "write", Buffer.from([acknowledgement << 4, 2, 0, packetId]));
      const between = syncs.filter(({ beganAt, endedAt }) => beganAt > read.endedAt && endedAt < written.beganAt);
      expect(between.length, `fsyncs between PUBLISH ${packetId} and its acknowledgement`).toBeGreaterThan(0);
    }
  },
);

/** The one call on a socket with these bytes. */
function find(calls: readonly SystemCall[], direction: "read" | "write", bytes: Buffer): SystemCall {
  const names = direction === "read" ? /^(read|recvfrom)$/ : /^(write|writev|sendto|sendmsg)$/;
  const found = calls.filter(
    (call) => names.test(call.name) && call.file.startsWith("socket:") && call.bytes.equals(bytes),
  );
  expect(found, `${direction} of ${bytes.toString("hex")}`).toHaveLength(1);
  return found[0] as SystemCall;
}
