/** What Tasmota measures, by the last part of a metric's name. Units as its documentation gives them. */
import type { MetricInfo } from "../../contract/metrics.ts";

/** `temperature`, `pressure`, `speed`: in the unit that the board says. */
export type QuantityUnit = string | { readonly learned: "temperature" | "pressure" | "speed" };

export interface Quantity extends Omit<MetricInfo, "unit"> {
  readonly unit: QuantityUnit;
}

const measured = (
  label: string,
  unit: QuantityUnit,
  digits: number,
  deviceClass?: string,
  range?: readonly [number, number],
): Quantity => ({
  label,
  unit,
  digits,
  kind: "number",
  stateClass: "measurement",
  ...(deviceClass !== undefined && { deviceClass }),
  ...(range !== undefined && { range }),
});

const counted = (label: string, unit: string, digits: number, deviceClass?: string): Quantity => ({
  ...measured(label, unit, digits, deviceClass),
  stateClass: "total_increasing",
});

const energy = (label: string, unit = "kWh"): Quantity => counted(label, unit, unit === "kWh" ? 3 : 0, "energy");
/** It begins again, and is the sum of a time that is over. */
const energyOf = (label: string, unit = "kWh"): Quantity => ({ ...energy(label, unit), stateClass: "measurement" });

const PERCENT = [0, 100] as const;
const TEMPERATURE = { learned: "temperature" } as const;

/** Of sensors. */
const QUANTITIES: ReadonlyMap<string, Quantity> = new Map(
  Object.entries({
    Temperature: measured("Temperature", TEMPERATURE, 1, "temperature"),
    DewPoint: measured("Dew point", TEMPERATURE, 1, "temperature"),
    HeatIndex: measured("Heat index", TEMPERATURE, 1, "temperature"),
    OBJTMP: measured("Object temperature", TEMPERATURE, 1, "temperature"),
    AMBTMP: measured("Ambient temperature", TEMPERATURE, 1, "temperature"),
    Humidity: measured("Humidity", "%", 1, "humidity", PERCENT),
    Pressure: measured("Pressure", { learned: "pressure" }, 1, "pressure"),
    SeaPressure: measured("Pressure at sea level", { learned: "pressure" }, 1, "pressure"),
    Illuminance: measured("Illuminance", "lx", 0, "illuminance"),
    CarbonDioxide: measured("CO₂", "ppm", 0, "carbon_dioxide"),
    eCO2: measured("Equivalent CO₂", "ppm", 0, "carbon_dioxide"),
    TVOC: measured("Volatile organics", "ppb", 0, "volatile_organic_compounds_parts"),
    Gas: measured("Gas resistance", "kΩ", 2),
    PM1: measured("PM1", "µg/m³", 0, "pm1"),
    "PM2.5": measured("PM2.5", "µg/m³", 0, "pm25"),
    PM10: measured("PM10", "µg/m³", 0, "pm10"),
    Moisture: measured("Moisture", "%", 0, "moisture", PERCENT),
    Weight: measured("Weight", "kg", 3, "weight"),
    WindSpeed: measured("Wind speed", { learned: "speed" }, 1, "wind_speed"),
    Battery: measured("Battery", "%", 0, "battery", PERCENT),
    BatteryPercentage: measured("Battery", "%", 0, "battery", PERCENT),
    BatteryVoltage: measured("Battery voltage", "V", 2, "voltage"),
    ActivePower: measured("Power", "W", 0, "power"),
    RMSVoltage: measured("Voltage", "V", 0, "voltage"),
    RMSCurrent: measured("Current", "A", 3, "current"),
    LinkQuality: measured("Link quality", "", 0, undefined, [0, 255]),
  }),
);

/** Of `ENERGY` and meters alike. */
const ELECTRICITY: ReadonlyMap<string, Quantity> = new Map(
  Object.entries({
    Power: measured("Power", "W", 0, "power"),
    ApparentPower: measured("Apparent power", "VA", 0, "apparent_power"),
    ReactivePower: measured("Reactive power", "var", 0, "reactive_power"),
    Factor: measured("Power factor", "", 2, "power_factor"),
    Voltage: measured("Voltage", "V", 0, "voltage"),
    Current: measured("Current", "A", 3, "current"),
    Frequency: measured("Frequency", "Hz", 1, "frequency"),
    Load: measured("Load", "%", 0),
    Total: energy("Energy"),
    Today: energy("Energy today"),
    Yesterday: energyOf("Energy yesterday"),
    Period: energyOf("Energy of the period", "Wh"),
    ExportActive: energy("Energy exported"),
    ImportActive: energy("Energy imported"),
  }),
);

/** Of the board itself and of its lights and shutters, by the whole name. */
const OF_BOARD: ReadonlyMap<string, Quantity> = new Map(
  Object.entries({
    Dimmer: { ...measured("Brightness", "%", 0, undefined, PERCENT), settable: true },
    White: { ...measured("White", "%", 0, undefined, PERCENT), settable: true },
    CT: { ...measured("Color temperature", "mired", 0, undefined, [153, 500]), settable: true },
    FanSpeed: { ...measured("Fan speed", "", 0, undefined, [0, 3]), settable: true },
    Vcc: measured("Supply voltage", "V", 2, "voltage"),
    UptimeSec: counted("Uptime", "s", 0, "duration"),
    Heap: measured("Free memory", "KiB", 0, "data_size"),
    LoadAvg: measured("Load", "%", 0),
    MqttCount: counted("MQTT connections", "", 0),
    "Wifi.RSSI": measured("WiFi quality", "%", 0, undefined, PERCENT),
    "Wifi.Signal": measured("WiFi signal", "dBm", 0, "signal_strength", [-120, 0]),
    "Wifi.LinkCount": counted("WiFi connections", "", 0),
  }),
);

const IS_METER = /^(ENERGY|ANALOG)/;

/** Whether a sensor's field is a measurement that Aerie knows. */
export const isQuantity = (field: string): boolean => QUANTITIES.has(field);

export const quantityOfBoard = (name: string): Quantity | undefined => OF_BOARD.get(name);

/** `sensor`: `BME280`, `ENERGY`; empty: the field stands alone. */
export function quantityOf(sensor: string, field: string): Quantity | undefined {
  if (field === "Distance") {
    // Lasers measure in mm, ultrasound and radar in cm.
    return measured("Distance", sensor.startsWith("VL53") ? "mm" : "cm", 0, "distance");
  }
  return QUANTITIES.get(field) ?? (IS_METER.test(sensor) ? ELECTRICITY.get(field) : undefined);
}
