/** The rooms that stations stand in: size, ventilation, heating. */

export interface RoomTraits {
  readonly volumeM3: number;
  /** Air changes an hour with windows shut. */
  readonly airChangesPerHour: number;
  /** What the heating keeps when nobody is there. */
  readonly restingC: number;
}

export const ROOM_KINDS = {
  office: { volumeM3: 80, airChangesPerHour: 1.2, restingC: 21 },
  kitchen: { volumeM3: 35, airChangesPerHour: 1.6, restingC: 20.5 },
  bedroom: { volumeM3: 38, airChangesPerHour: 0.7, restingC: 18.5 },
  "living-room": { volumeM3: 60, airChangesPerHour: 0.7, restingC: 21 },
  "meeting-room": { volumeM3: 70, airChangesPerHour: 2, restingC: 20.5 },
} as const satisfies Record<string, RoomTraits>;

export type RoomKind = keyof typeof ROOM_KINDS;

export const ROOM_KIND_NAMES: readonly RoomKind[] = ["office", "kitchen", "bedroom", "living-room", "meeting-room"];
