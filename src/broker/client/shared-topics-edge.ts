/** Serves a client whose topics are shared by its family: to the rest of the hub they are its own. */
import type { SharedTopics } from "../../core/access/shared-topics.ts";
import type { Will } from "../packets/packet.ts";
import type { Sink } from "../session/sink.ts";
import type { Service } from "./service.ts";

export type PacketService = Pick<Service, "publish" | "serve">;

export function withOwnTopics(service: PacketService, { toHub }: SharedTopics): PacketService {
  return {
    publish: (packet) => service.publish({ ...packet, topic: toHub(packet.topic) }),
    serve: (packet) => {
      switch (packet.type) {
        case "subscribe": {
          const requests = packet.requests.map((request) => ({ ...request, filter: toHub(request.filter) }));
          return service.serve({ ...packet, requests });
        }
        case "unsubscribe":
          return service.serve({ ...packet, filters: packet.filters.map(toHub) });
        default:
          return service.serve(packet);
      }
    },
  };
}

export const withSharedTopics = (sink: Sink, { toClient }: SharedTopics): Sink => ({
  window: sink.window,
  canTake: () => sink.canTake(),
  publish: (request, packetId, isRepeat, expiryS) => {
    const publication = { ...request.publication, topic: toClient(request.publication.topic) };
    return sink.publish({ ...request, publication }, packetId, isRepeat, expiryS);
  },
  pubrel: (packetId) => sink.pubrel(packetId),
});

export const ownWill = (will: Will | undefined, topics: SharedTopics | undefined): Will | undefined =>
  will === undefined || topics === undefined ? will : { ...will, topic: topics.toHub(will.topic) };
