/** The component `sensor`: what it measures, or which text it sends. */
import type { MetricInfo, MetricKind } from "../../contract/metrics.ts";
import { type Config, numberIn, textsIn, wordsIn } from "./config.ts";
import { deviceClass, type EntityBuilder } from "./entity.ts";
import { numberValue, observedKind, observedValue, textValue } from "./values.ts";

/** Device classes whose values are no numbers. */
const TEXTUAL: ReadonlySet<string> = new Set(["date", "enum", "timestamp", "uptime"]);

export function describeSensor({ config, observed, template, source, describe }: EntityBuilder): void {
  const said = kindSaid(config) ?? (template("value_template")?.isNumeric === true ? "number" : undefined);
  const kind = said ?? observed;
  describe("", infoOf(config, kind ?? "text"));
  source("state_topic", "value_template", (value) => {
    if (said !== undefined) return [{ suffix: "", value: said === "number" ? numberValue(value) : textValue(value) }];
    const found = observedKind(value);
    if (found === undefined) return [];
    // What has sent a text once is a text, and its numbers are, too.
    const settled = observed === undefined || observed === found ? found : "text";
    return [{ observed: settled, value: observedValue(settled, value) }];
  });
}

/** Undefined: neither a number nor a text for certain. */
function kindSaid(config: Config): "number" | "text" | "enum" | undefined {
  const sort = wordsIn(config, "device_class");
  if (sort === "enum" || config.has("options")) return "enum";
  if (sort !== undefined) return TEXTUAL.has(sort) ? "text" : "number";
  const isMeasured = NUMERIC_KEYS.some((key) => wordsIn(config, key) !== undefined);
  return isMeasured ? "number" : undefined;
}

const NUMERIC_KEYS = ["unit_of_measurement", "state_class", "suggested_display_precision"];

function infoOf(config: Config, kind: MetricKind): Omit<MetricInfo, "label"> {
  const digits = numberIn(config, "suggested_display_precision");
  const stateClass = wordsIn(config, "state_class");
  return {
    kind,
    unit: wordsIn(config, "unit_of_measurement") ?? "",
    ...deviceClass(config),
    ...(stateClass !== undefined && { stateClass }),
    ...(kind === "enum" && { options: textsIn(config, "options") }),
    ...(digits !== undefined && Number.isInteger(digits) && digits >= 0 && digits <= 20 && { digits }),
  };
}
