/** What Home Assistant calls the quantities that Zigbee devices measure, by the name of the expose. */

interface MetricClasses {
  readonly deviceClass?: string;
  readonly stateClass?: string;
}

const measured = (deviceClass: string): MetricClasses => ({ deviceClass, stateClass: "measurement" });
const counted = (deviceClass: string): MetricClasses => ({ deviceClass, stateClass: "total_increasing" });
const detected = (deviceClass: string): MetricClasses => ({ deviceClass });

const CLASSES: ReadonlyMap<string, MetricClasses> = new Map([
  ["ac_frequency", measured("frequency")],
  ["battery", measured("battery")],
  ["battery_low", detected("battery")],
  ["carbon_monoxide", detected("carbon_monoxide")],
  ["co2", measured("carbon_dioxide")],
  ["contact", detected("door")],
  ["current", measured("current")],
  ["device_temperature", measured("temperature")],
  ["energy", counted("energy")],
  ["gas", detected("gas")],
  ["humidity", measured("humidity")],
  ["illuminance", measured("illuminance")],
  ["linkquality", { stateClass: "measurement" }],
  ["local_temperature", measured("temperature")],
  ["moving", detected("moving")],
  ["occupancy", detected("occupancy")],
  ["pm10", measured("pm10")],
  ["pm25", measured("pm25")],
  ["power", measured("power")],
  ["power_factor", measured("power_factor")],
  ["presence", detected("occupancy")],
  ["pressure", measured("atmospheric_pressure")],
  ["produced_energy", counted("energy")],
  ["smoke", detected("smoke")],
  ["soil_moisture", measured("moisture")],
  ["tamper", detected("tamper")],
  ["temperature", measured("temperature")],
  ["vibration", detected("vibration")],
  ["voltage", measured("voltage")],
  ["water_leak", detected("moisture")],
  ["window", detected("window")],
]);

/** `name`: of the expose, without its endpoint. */
export function classesOf(name: string, kind: "number" | "boolean"): MetricClasses {
  const classes = CLASSES.get(name);
  // `gas` is a detector, and in some meters a volume; `moisture` a leak or a percentage.
  return classes !== undefined && (classes.stateClass !== undefined) === (kind === "number") ? classes : {};
}
