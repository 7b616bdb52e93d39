/** What pages of the dashboard that are open are sent of a notification. */
import type { NotificationEvent } from "../contract/live/events.ts";
import type { ChannelAdapter } from "../core/ports/alert-channel.ts";

/** Where no page is open, nobody is to be sent it: that is no failure. */
export const createPageChannel = (notify: (event: NotificationEvent) => void): ChannelAdapter => ({
  send: ({ id, severity, title, entries, more, createdAtMs, hint }) => {
    const lines = [...entries.map(({ text }) => text), ...(more > 0 ? [`and ${more} more`] : [])];
    const text = lines.length === 0 ? (hint ?? "") : lines.join("\n");
    // Without the link to acknowledge: a page acknowledges by the right of whoever signed in.
    notify({ id, severity, title, text, at: new Date(createdAtMs).toISOString() });
    return Promise.resolve({ kind: "sent" });
  },
  close: () => undefined,
});
