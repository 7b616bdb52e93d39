/** A hub with discovery, as the tests of this folder talk to it. */
import type { DeviceId } from "../../../../src/contract/readings.ts";
import {
  createHomeAssistant,
  type HomeAssistantOptions,
} from "../../../../src/dialects/home-assistant/home-assistant.ts";
import { createSession, type FamilySession, type Heard, type MessageOptions } from "../family-session.ts";

export const id = (text: string): DeviceId => text as DeviceId;

export const createHub = (options?: HomeAssistantOptions): FamilySession =>
  createSession(() => createHomeAssistant(options));

/** `where`: `sensor/node/object`, without prefix and `/config`. */
export const announce = (hub: FamilySession, where: string, document: unknown, options?: MessageOptions): Heard =>
  hub.send(`homeassistant/${where}/config`, document === "" ? "" : JSON.stringify(document), options);

/** What the owner is shown of what is not understood, after a message that makes the device known. */
export const notUnderstood = ({ attributes = {} }: Heard): unknown =>
  Object.values(attributes).map(({ notUnderstood }) => notUnderstood)[0];
