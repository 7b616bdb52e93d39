/** Publishes a message that is for a replaced board, or from one, under the topics of both ids. */
import type { MessageTraces } from "../../core/messages/message-trace.ts";
import type { Message } from "../packets/packet.ts";
import type { Routed, Router, Subscriber } from "./router.ts";

export interface UnderBothParts {
  readonly router: Pick<Router, "publish">;
  readonly traces: MessageTraces;
}

/** The other one is not retained: nobody would delete it when the retained one is, or when the replacement is undone. */
export function publishUnderBoth(
  { router, traces }: UnderBothParts,
  message: Message,
  alsoUnder: string | undefined,
  publisher: Subscriber | undefined,
): Routed {
  const routed = router.publish(message, publisher);
  if (alsoUnder === undefined) return routed;
  const other = { ...message, topic: alsoUnder, retain: false };
  traces.begin(other, publisher?.clientId)?.ended("carry");
  const { isMatched, isNoted } = router.publish(other, publisher);
  return { isMatched: isMatched || routed.isMatched, isNoted: isNoted || routed.isNoted };
}
