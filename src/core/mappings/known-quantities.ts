/** Recognises what a name measures: `temp`, `Luftfeuchtigkeit`, `living_room_temperature`, `wind_avg_km_h`. */
import { METRICS } from "../../contract/metrics.ts";

/** Other names of metrics of the catalogue, in small letters and without separators. */
const SYNONYMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    temperature: "temperature temp tempc temperaturec temperaturec temperatur temperatura degc tc airtemperature",
    humidity: "humidity hum humid rh relativehumidity humidityrh feuchte luftfeuchte luftfeuchtigkeit humedad umidita",
    pressure: "pressure press pressurehpa luftdruck airpressure barometer baro presion pressione",
    battery: "battery batt bat batterylevel batterypercent batterypercentage batterie bateria batteria",
    rssi: "rssi wifirssi rssidbm",
    co2: "co2 co2ppm carbondioxide",
    eco2: "eco2 eco2ppm",
    tvoc: "tvoc tvocppb",
  }).flatMap(([metric, names]) => names.split(" ").map((name) => [name, metric])),
);

/** What else topics measure; Aerie knows no unit of it by its name alone. */
const OTHERS: ReadonlySet<string> = new Set(
  (
    "voltage power energy current frequency illuminance lux light brightness moisture distance level speed wind gust rain " +
    "uv noise sound weight flow volume gas smoke co no2 o3 pm1 pm25 pm10 dewpoint motion occupancy presence contact leak " +
    "door window altitude depth strom spannung leistung energie helligkeit verbrauch zaehlerstand"
  ).split(" "),
);

const UNITS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    C: "°C",
    F: "°F",
    hPa: "hPa",
    kPa: "kPa",
    Pa: "Pa",
    mm: "mm",
    cm: "cm",
    km_h: "km/h",
    m_s: "m/s",
    mi_h: "mph",
    V: "V",
    mV: "mV",
    W: "W",
    kW: "kW",
    Wh: "Wh",
    kWh: "kWh",
    A: "A",
    mA: "mA",
    ppm: "ppm",
    ppb: "ppb",
    lx: "lx",
    lux: "lx",
    dBm: "dBm",
    Hz: "Hz",
    pct: "%",
    percent: "%",
  }),
);
const UNIT_AT_END = new RegExp(`_(${[...UNITS.keys()].join("|")})$`);

/** A longer name is no name of a quantity. */
const MAX_CHARS = 64;

const plain = (name: string): string => name.toLowerCase().replace(/[\s._-]/g, "");

/** `living_room_temperature`, `livingRoomTemperature` → `temperature` */
const lastWord = (name: string): string => /[A-Za-z][a-z]*\d*$/.exec(name)?.[0].toLowerCase() ?? "";

/** The metric of the catalogue that this is another name of, or the name itself where it is one. */
export function metricOf(name: string): string | undefined {
  if (METRICS.has(name)) return name;
  return name.length <= MAX_CHARS ? SYNONYMS.get(plain(name)) : undefined;
}

/** The unit that the name says: `wind_avg_km_h` → `km/h`. */
export const unitOf = (name: string): string | undefined =>
  name.length <= MAX_CHARS ? UNITS.get(UNIT_AT_END.exec(name)?.[1] ?? "") : undefined;

export function isQuantity(name: string): boolean {
  if (name.length > MAX_CHARS) return false;
  if (unitOf(name) !== undefined) return true;
  return METRICS.has(name) || [plain(name), lastWord(name)].some((word) => SYNONYMS.has(word) || OTHERS.has(word));
}
