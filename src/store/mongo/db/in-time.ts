/** Ends calls of the driver that would never end. */
import type { Clock } from "../../../core/ports/clock.ts";
import { StoreError } from "../../../core/ports/readings-store.ts";

/** Rejects with a passing StoreError where the call has no answer in time. Whether the server did it is then not known. */
export type InTime = <T>(call: Promise<T>) => Promise<T>;

/** No write waits longer for its answer, and the server does none later. */
export const WRITE_WITHIN_MS = 2_500;
/** For writes through the driver. What is given up must not be done behind what comes after it. */
export const LIMITED = { timeoutMS: WRITE_WITHIN_MS } as const;
/** The driver's own limit is to come first. */
const GIVE_UP_MS = 2 * WRITE_WITHIN_MS;

/**
 * `timeoutMS` of the driver (7.9) does not hold always: an insert that is sent while its server is killed was seen to have neither an answer
 * nor an error, ever. Whoever waits for all writes under way would never be done.
 */
export const createInTime =
  (clock: Pick<Clock, "after">): InTime =>
  (call) =>
    new Promise((resolve, reject) => {
      const cancel = clock.after(GIVE_UP_MS, () =>
        reject(new StoreError(`MongoDB: no answer within ${GIVE_UP_MS} ms`, true)),
      );
      const ended =
        <Value>(settle: (value: Value) => void) =>
        (value: Value): void => {
          cancel();
          settle(value);
        };
      call.then(ended(resolve), ended(reject));
    });
