/** What may be asked of the list of devices, and the groups in its answer. */
import { z } from "zod";
import { fleetCounts, fleetState } from "./states.ts";
import { MAX_TAG_CHARS, MAX_TAGS } from "./tags.ts";

export const FLEET_SORTS = ["id", "name", "state"] as const;
/** By the latest value of that metric; with `-` the largest first. */
export type MetricSort = `${"" | "-"}metric:${string}`;
export type FleetSort = (typeof FLEET_SORTS)[number] | MetricSort;

export const metricOfSort = (sort: MetricSort): string => sort.slice(sort.indexOf(":") + 1);
export const isMetricSort = (sort: FleetSort): sort is MetricSort => sort.includes(":");

export const FLEET_GROUPS = ["place", "tag", "family"] as const;
export type FleetGroup = (typeof FLEET_GROUPS)[number];

/** With the longest name in it. */
const fleetCursor = z.string().max(1_000).describe("The `nextCursor` of the page before, which was sorted alike");

const states = z
  .string()
  .transform((text) => text.split(","))
  .pipe(z.array(fleetState))
  .describe("Those in one of these states; with commas between them");

const tagsOf = (text: string): string[] => text.split(",").flatMap((name) => name.trim().normalize("NFC") || []);

/** Beside `limit`. What is left out does not matter. */
export const fleetQuery = {
  cursor: fleetCursor.optional(),
  search: z.string().max(100).describe("Part of the id, name, place or a tag, in any case").optional(),
  state: states.optional(),
  tag: z
    .string()
    .max(MAX_TAGS * (MAX_TAG_CHARS + 1))
    .transform(tagsOf)
    .describe("Those with all of these tags; with commas between them. Empty: those without any")
    .optional(),
  place: z.string().trim().max(100).describe("Those that stand there. Empty: those without a place").optional(),
  sort: z
    .string()
    .regex(
      /^(?:id|name|state|-?metric:[A-Za-z_][A-Za-z0-9._-]{0,63})$/,
      "expected `id`, `name`, `state`, or `metric:` or `-metric:` with the name of a metric",
    )
    .transform((text) => text as FleetSort)
    .prefault("id")
    .describe(
      "`id`; `state`: worst first, and of one rank the newest change; `name`: the id where it has none; `metric:temperature`: by its latest value, the smallest first, with `-metric:` the largest; those without a number are last",
    ),
  group: z.enum(FLEET_GROUPS).describe("Adds `groups`; the devices themselves stay as they are").optional(),
  byGroup: z
    .literal("true")
    .transform(() => true)
    .describe("With `group`: the devices come group by group, one with several tags in each. Without `cursor`")
    .optional(),
};

const fleetGroup = z.strictObject({
  name: z.string().nullable().describe("Of the place, tag or family; null: of those without one"),
  counts: fleetCounts,
});
export type FleetGroupCounts = z.infer<typeof fleetGroup>;

/** In the answer, where `group` asks for it. */
export const fleetGroups = {
  groups: z
    .array(fleetGroup)
    .describe("What matches, on all pages, by its place, tag or family; in order of their names, at most 1,000")
    .exactOptional(),
  groupsTotal: z.int().min(0).describe("How many groups there are").exactOptional(),
};
