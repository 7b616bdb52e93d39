/** Follows the sequence numbers of each edge node, and decides when to ask one for its BIRTH messages. */
import type { DeviceId } from "../../contract/readings.ts";
import { setNewest } from "../../core/model/bounded-map.ts";

export interface EdgeNode {
  /** Of its last NBIRTH; undefined: none came. */
  bdSeq: number | undefined;
  /** Of its last message. */
  seq: number | undefined;
  /** An NBIRTH came since the hub started, and no NDEATH and no gap in its messages behind it. */
  isBorn: boolean;
  askedAtMs: number | undefined;
}

export interface EdgeNodes {
  of(nodeId: DeviceId): EdgeNode;
}

const MAX_NODES = 10_000;
/** An edge node may need that long to answer, and a broken one is not asked more often. */
const ASK_EVERY_MS = 30_000;
/** Sequence numbers are those below it. */
const SEQUENCE = 256;

export function createEdgeNodes(): EdgeNodes {
  const nodes = new Map<DeviceId, EdgeNode>();
  return {
    of: (nodeId) => {
      const former = nodes.get(nodeId);
      if (former !== undefined) return former;
      const node: EdgeNode = { bdSeq: undefined, seq: undefined, isBorn: false, askedAtMs: undefined };
      setNewest(nodes, nodeId, node, MAX_NODES);
      return node;
    },
  };
}

/** Notes the number of a message that is no NBIRTH. One that comes twice is no gap: bridges send messages again. */
export function follow(node: EdgeNode, seq: number | undefined): void {
  if (seq === undefined) return;
  const isNext = node.seq === undefined || seq === node.seq || seq === (node.seq + 1) % SEQUENCE;
  if (!isNext) node.isBorn = false;
  node.seq = seq;
}

/** True: ask now. The hub's clock may be set back. */
export function mayAsk(node: EdgeNode, nowMs: number): boolean {
  if (node.askedAtMs !== undefined && Math.abs(nowMs - node.askedAtMs) < ASK_EVERY_MS) return false;
  node.askedAtMs = nowMs;
  return true;
}
