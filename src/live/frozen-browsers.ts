/** Finds browsers that do not read what they are sent. */
import { sum } from "./unsent-sums.ts";

/** Unsent bytes of one browser. Beyond this it is disconnected; it reconnects by itself. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Unsent bytes of all browsers. Beyond this, each that holds more than its share is disconnected. */
const MAX_ALL_WAITING_BYTES = 64 * 1024 * 1024;

export function frozenAmong<Browser>(
  browsers: ReadonlySet<Browser>,
  waitingBytesOf: (browser: Browser) => number,
): { browser: Browser; waitingBytes: number }[] {
  const all = [...browsers].map((browser) => ({ browser, waitingBytes: waitingBytesOf(browser) }));
  const inAll = sum(all.map(({ waitingBytes }) => waitingBytes));
  const most = inAll > MAX_ALL_WAITING_BYTES ? MAX_ALL_WAITING_BYTES / browsers.size : MAX_WAITING_BYTES;
  return all.filter(({ waitingBytes }) => waitingBytes > most);
}
