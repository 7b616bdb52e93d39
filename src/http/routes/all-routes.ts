/** Every route of the HTTP server: what stands here is served, documented and tested, and nothing else. */
import type { Route } from "../declaration/route.ts";
import { ACCESS_ROUTES, type AccessParts } from "./access-routes.ts";
import { CREDENTIALS_ROUTES, type CredentialsParts } from "./credentials-routes.ts";
import { DEVICE_LIST_ROUTES, type DeviceListParts } from "./device-list-routes.ts";
import { DEVICES_ROUTES, type DevicesParts } from "./devices-routes.ts";
import { ERASURE_ROUTES, type ErasureParts } from "./erasure-routes.ts";
import { EXPORT_ROUTES, type ExportParts } from "./export-routes.ts";
import { HEALTH_ROUTES, type HealthParts } from "./health-routes.ts";
import { OPENAPI_ROUTES, type OpenApiParts } from "./openapi-routes.ts";
import { PAIRING_ROUTES, type PairingParts } from "./pairing-routes.ts";
import { READINGS_ROUTES, type ReadingsParts } from "./readings-routes.ts";
import { SESSION_ROUTES, type SessionParts } from "./session-routes.ts";

/** What the handlers need. */
export type RouteParts = HealthParts &
  DeviceListParts &
  DevicesParts &
  ReadingsParts &
  ErasureParts &
  ExportParts &
  SessionParts &
  CredentialsParts &
  PairingParts &
  AccessParts &
  OpenApiParts;

/** In the order of the documents. */
export const ROUTES: readonly Route<RouteParts>[] = [
  ...HEALTH_ROUTES,
  ...DEVICE_LIST_ROUTES,
  ...DEVICES_ROUTES,
  ...READINGS_ROUTES,
  ...ERASURE_ROUTES,
  ...EXPORT_ROUTES,
  ...SESSION_ROUTES,
  ...CREDENTIALS_ROUTES,
  ...PAIRING_ROUTES,
  ...ACCESS_ROUTES,
  ...OPENAPI_ROUTES,
];
