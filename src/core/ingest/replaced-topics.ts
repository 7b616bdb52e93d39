/** Says under which topic what a replaced board's topics are about is delivered as well: its values under the device's topics, commands to the board that is there now. */
import type { DeviceId } from "../../contract/readings.ts";
import type { HardwareBook } from "../hardware/hardware-book.ts";
import { hasFamilyPrefix } from "../model/device-id.ts";
import type { Intake } from "./intake.ts";

export interface ReplacedTopicsOptions {
  readonly intake: Intake;
  readonly hardware: Pick<HardwareBook, "deviceOf" | "hardwareOf" | "hidden">;
}

export function createReplacedTopics({ intake, hardware }: ReplacedTopicsOptions): Intake {
  return {
    accept: (message, answer) => {
      const topic = hardware.hidden().size === 0 ? undefined : otherTopic(message.topic, hardware);
      if (topic === undefined) return intake.accept(message, answer);
      intake.accept(message, (outcome, code) => answer(outcome, code, topic));
    },
  };
}

const NATIVE = /^devices\/([^/]+)\/((commands|desired)\/.*|.*)$/;

/** Under which topic this message is delivered as well; undefined: under none. Boards of other families have topics of their own. */
export function otherTopic(
  topic: string,
  { deviceOf, hardwareOf }: Pick<HardwareBook, "deviceOf" | "hardwareOf">,
): string | undefined {
  const [, id, rest = "", toBoard] = NATIVE.exec(topic) ?? [];
  if (id === undefined) return undefined;
  const isForBoard = toBoard === "desired" || (toBoard === "commands" && !rest.endsWith("/reply"));
  const other = isForBoard ? hardwareOf(id as DeviceId) : deviceOf(id as DeviceId);
  return other === id || hasFamilyPrefix(other) ? undefined : `devices/${other}/${rest}`;
}
