/** Measures what something holds in memory, with a garbage collector that can be called. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes, heap and buffers, that what `make` answers holds. */
export function bytesHeldBy(make: () => unknown): number {
  const used = (): number => {
    collect();
    collect(); // buffers go with the second
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const made = make();
  const after = used();
  if (made === undefined) throw new Error("nothing was made");
  return after - before;
}
