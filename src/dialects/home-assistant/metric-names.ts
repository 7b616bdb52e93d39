/** Names the metrics of entities: by the object id, without the part that names the device. */
import { metricNameOf, otherNameOf } from "../payload/names.ts";
import { SUFFIXES } from "./components.ts";
import { wordsIn } from "./config.ts";
import type { EntityConfig } from "./document.ts";

/** All metrics of an entity with this name. */
export const metricsOf = (component: string, name: string): string[] =>
  (SUFFIXES.get(component) ?? [""]).map((suffix) => suffixed(name, suffix));

/** `light.brightness` */
export const suffixed = (name: string, suffix: string): string =>
  suffix === "" ? name : metricNameOf(`${name}.${suffix}`);

/** `callNames`: of the device. `isTaken`: another entity of the device has this metric. */
export function nameOfEntity(
  { id, component, config }: EntityConfig,
  callNames: readonly string[],
  isTaken: (metric: string) => boolean,
): string {
  const rest = withoutDevice(id, callNames);
  const plain = metricNameOf(rest === "" ? (wordsIn(config, "device_class") ?? component) : rest);
  const candidates = [plain, metricNameOf(`${component}.${plain}`), otherNameOf(`${component}/${id}`)];
  const isFree = (name: string): boolean => metricsOf(component, name).every((metric) => !isTaken(metric));
  return candidates.find(isFree) ?? otherNameOf(`${component}/${id}`);
}

/** `kitchen_temperature` of the device `Kitchen` → `temperature`; empty: it is the device's own name. */
function withoutDevice(id: string, callNames: readonly string[]): string {
  const slug = slugOf(id);
  let longest = 0;
  for (const name of callNames) {
    const part = slugOf(name);
    const isPart = part !== "" && (slug === part || slug.startsWith(`${part}_`));
    if (isPart) longest = Math.max(longest, part.length);
  }
  return longest === 0 ? id : id.slice(longest + 1);
}

/** As long as the original, so that a part of it can be cut off. */
const slugOf = (name: string): string => name.replace(/[^A-Za-z0-9]/g, "_").toLowerCase();
