/** Readings and devices as all parts and both protocols share them: schemas of what is answered, and their types. */
import { z } from "zod";
import { OWNED_FIELDS } from "./metrics.ts";

/** 1–64 of `A-Z a-z 0-9 . _ : ~ -`, not `.` or `..`. Only `parseDeviceId` makes one. */
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

export const presenceState = z
  .enum(["online", "late", "asleep", "offline"])
  .describe(
    "`late`: it has been silent for longer than usual, but it is connected or said to be there; `asleep`: it habitually connects, sends and disconnects, and is due again. Both are `online` in `presence`",
  );
export type PresenceState = z.infer<typeof presenceState>;

const availability = z.enum(["online", "offline"]);
export type Availability = z.infer<typeof availability>;

export const presenceDetail = z
  .strictObject({
    state: presenceState,
    since: isoInstant.describe("When it came into that state"),
    because: z
      .strictObject({
        connection: z.boolean().describe("A connection of its own is open"),
        availability: availability
          .describe("What it, its last will or its bridge last said; absent where nothing that was said still holds")
          .exactOptional(),
        lastReadingAt: isoInstant
          .describe("When its last reading came, or a message without news; absent where none did")
          .exactOptional(),
        intervalMs: z.number().describe("The interval that it keeps in ms; absent where it keeps none").exactOptional(),
      })
      .describe("The facts by which it was decided"),
  })
  .describe("Presence in four words, and why");
export type PresenceDetail = z.infer<typeof presenceDetail>;

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

export const metricInfo = z
  .strictObject({
    label: z.string().describe("What a person reads"),
    kind: z
      .enum(["number", "boolean", "text", "enum", "event"])
      .describe("`event`: something that happens; each occurrence is stored, and it has no latest value"),
    unit: z.string().describe("Empty where it has none"),
    range: z.tuple([z.number(), z.number()]).readonly().describe("Where a working sensor's values lie").exactOptional(),
    digits: z.number().describe("Decimal places that mean something").exactOptional(),
    deviceClass: z.string().describe("As Home Assistant names it: `temperature`, `door`").exactOptional(),
    stateClass: z.string().describe("As Home Assistant names it: `measurement`, `total_increasing`").exactOptional(),
    options: z.array(z.string()).readonly().describe("The values of an `enum` or of an `event`").exactOptional(),
    settable: z.boolean().describe("It can be set by a command").exactOptional(),
    pinned: z.literal(true).describe("Its owner wants to see it first").exactOptional(),
    hidden: z.literal(true).describe("Its owner does not want to see it").exactOptional(),
    order: z
      .number()
      .describe("Where its owner wants it among the metrics of the device; those without come after those with one")
      .exactOptional(),
    byOwner: z
      .array(z.enum(OWNED_FIELDS))
      .readonly()
      .describe("Which of these its owner set; absent: none")
      .exactOptional(),
  })
  .describe("What is known of a metric: from Aerie's catalogue, the device's dialect and its owner; the later wins");

export const severity = z
  .enum(["info", "warning", "critical"])
  .describe("`critical` repeats most often and passes quiet hours of channels");
export type Severity = z.infer<typeof severity>;

export const device = z
  .strictObject({
    deviceId: z.string(),
    name: z
      .string()
      .describe("Given by its owner, or else by the device itself; absent without either")
      .exactOptional(),
    place: z
      .string()
      .describe("Where it stands: as its owner wrote it, or else its attribute `room`, `area` or `suggestedArea`")
      .exactOptional(),
    tags: z.array(z.string()).describe("As its owner set them; absent where it has none").exactOptional(),
    presence,
    since: isoInstant.describe("When it came into that state"),
    presenceDetail,
    lastHeardAt: isoInstant
      .describe("When the hub last accepted anything from it; absent where it never did")
      .exactOptional(),
    intervalMs: z
      .number()
      .describe("The usual time between its readings in ms, where it keeps one. A gap is more than 3 times this")
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
    alert: severity.describe("Of the worst alert of it that fires; absent where none does").exactOptional(),
    metricInfo: z
      .record(z.string(), metricInfo)
      .describe("By name of the metric; a metric of which nothing is known is not there"),
  })
  .describe("A device with what is known of it now");
export type Device = z.infer<typeof device>;
