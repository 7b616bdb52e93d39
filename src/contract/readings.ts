/** Readings and devices as all parts and both protocols share them: schemas of what is answered, and their types. */
import { z } from "zod";

/** 1–64 of `A-Z a-z 0-9 . _ : -`, not `.` or `..`. Only `parseDeviceId` makes one. */
export type DeviceId = string & { readonly brand: "DeviceId" };

export const metricValue = z
  .union([z.number(), z.boolean(), z.string()])
  .describe("A finite number, a boolean, or text of at most 256 bytes");
export type MetricValue = z.infer<typeof metricValue>;

export const metrics = z
  .record(z.string(), metricValue)
  .describe("Values by name. Names: 1–64 of `A-Z a-z 0-9 . _ -`, first a letter");
/** `{ temperature: 21.5, flameDetected: false }` */
export type Metrics = z.infer<typeof metrics>;

/** ISO 8601 in UTC, as `toISOString` writes it. */
export const isoInstant = z.iso.datetime();

/** As REST and the live `readings` event show it. */
export const reading = z
  .strictObject({
    _id: z.string().describe("`<deviceId>-<instant, base 36>-<n>`; never changes"),
    deviceId: z.string(),
    timestamp: isoInstant.describe("The reading's instant"),
    receivedAt: isoInstant.describe("When the hub got it; left out where it is the instant itself").exactOptional(),
    metrics,
  })
  .describe("One stored reading");
export type Reading = z.infer<typeof reading>;

export const latestValue = z
  .strictObject({
    value: metricValue,
    timestamp: isoInstant.describe("Instant of the reading that this value is from"),
    hasTexts: z
      .literal(true)
      .describe("Numbers and texts of this metric came: a sensor that says `unavailable` at times")
      .exactOptional(),
  })
  .describe("A metric's value with the greatest instant");
export type LatestValue = z.infer<typeof latestValue>;

const presence = z.enum(["online", "offline"]);
export type Presence = z.infer<typeof presence>;

/** A JSON value as a device sent it in its attributes. Written out, because a type cannot be inferred from itself. */
export type AttributeValue = string | number | boolean | AttributeValue[] | { [key: string]: AttributeValue | null };
export const attributeValue: z.ZodType<AttributeValue> = z
  .lazy(() =>
    z.union([
      z.string(),
      z.number(),
      z.boolean(),
      z.array(attributeValue),
      z.record(z.string(), attributeValue.nullable()),
    ]),
  )
  .describe("A JSON value as a device sent it in its attributes");

const keptDays = z.int().min(0).exactOptional();
export const deviceRetention = z
  .strictObject({ rawDays: keptDays, hourDays: keptDays, dayDays: keptDays })
  .describe("Days that each is kept, 0 forever; what is not there is as the hub's settings say");
export type DeviceRetention = z.infer<typeof deviceRetention>;

const timeFault = z
  .enum(["clock", "zone", "unreadable"])
  .describe(
    "`clock`: it sends an instant that cannot be true; `zone`: it names no zone; `unreadable`: it is no instant",
  );
export type TimeFault = z.infer<typeof timeFault>;

export const device = z
  .strictObject({
    deviceId: z.string(),
    name: z.string().describe("Given by its owner; absent until then").exactOptional(),
    place: z.string().describe("Where it stands, as its owner wrote it").exactOptional(),
    presence,
    since: isoInstant.describe("When it came into that state"),
    lastHeardAt: isoInstant
      .describe("When the hub last accepted anything from it; absent where it never did")
      .exactOptional(),
    intervalMs: z
      .number()
      .describe("The usual time between its messages in ms, once it is known. A gap is more than 2.5 times this")
      .exactOptional(),
    clockSuspect: z
      .boolean()
      .describe("The device has sent an instant that cannot be true; the hub's time was used instead"),
    timeFault: timeFault
      .describe("Why the time that it sends is not used; absent where it sends none, or a right one")
      .exactOptional(),
    retention: deviceRetention.describe("Where its owner has set one for it").exactOptional(),
    attributes: z.record(z.string(), attributeValue),
    latest: z.record(z.string(), latestValue),
  })
  .describe("A device with what is known of it now");
export type Device = z.infer<typeof device>;
