/** Every route of the HTTP server: what stands here is served, documented and tested, and nothing else. */
import type { Route } from "../declaration/route.ts";
import { ACCESS_ROUTES, type AccessParts } from "./access-routes.ts";
import { ACKNOWLEDGE_ROUTES, type AcknowledgeParts } from "./acknowledge-routes.ts";
import { ALERT_LOG_ROUTES, type AlertLogParts } from "./alerts/alert-log-routes.ts";
import { ALERTS_ROUTES, type AlertsParts } from "./alerts/alerts-routes.ts";
import { CHANNELS_ROUTES, type ChannelsParts } from "./alerts/channels-routes.ts";
import { PUSH_ROUTES, type PushParts } from "./alerts/push-routes.ts";
import { RULES_ROUTES, type RulesParts } from "./alerts/rules-routes.ts";
import { BOARD_CHECK_ROUTES, type BoardCheckParts } from "./clients/board-check-routes.ts";
import { CLIENTS_ROUTES, type ClientsParts } from "./clients/clients-routes.ts";
import { RETAINED_ROUTES, type RetainedParts } from "./clients/retained-routes.ts";
import { CREDENTIALS_ROUTES, type CredentialsParts } from "./credentials-routes.ts";
import { DERIVED_ROUTES, type DerivedParts } from "./derived-routes.ts";
import { DEVICE_LIST_ROUTES, type DeviceListParts } from "./devices/device-list-routes.ts";
import { DEVICES_ROUTES, type DevicesParts } from "./devices/devices-routes.ts";
import { REPLACEMENT_ROUTES, type ReplacementParts } from "./devices/replacement-routes.ts";
import { ERASURE_ROUTES, type ErasureParts } from "./erasure-routes.ts";
import { EXPORT_ROUTES, type ExportParts } from "./export-routes.ts";
import { HEALTH_ROUTES, type HealthParts } from "./health-routes.ts";
import { MAPPINGS_ROUTES, type MappingsParts } from "./mappings-routes.ts";
import { OPENAPI_ROUTES, type OpenApiParts } from "./openapi-routes.ts";
import { PAIRING_ROUTES, type PairingParts } from "./pairing-routes.ts";
import { PRESENCE_ROUTES, type PresenceParts } from "./presence-routes.ts";
import { READINGS_ROUTES, type ReadingsParts } from "./readings-routes.ts";
import { RULE_TOOLS_ROUTES, type RuleToolsParts } from "./rule-tools-routes.ts";
import { SESSION_ROUTES, type SessionParts } from "./session-routes.ts";
import { SETTINGS_ROUTES, type SettingsParts } from "./settings-routes.ts";
import { SIMULATION_ROUTES, type SimulationParts } from "./simulation-routes.ts";
import { SPARKLINES_ROUTES, type SparklinesParts } from "./sparklines-routes.ts";
import { VIEWS_ROUTES, type ViewsParts } from "./views/views-routes.ts";

/** What the handlers need. */
export type RouteParts = HealthParts &
  ClientsParts &
  RetainedParts &
  DeviceListParts &
  DevicesParts &
  ReplacementParts &
  SparklinesParts &
  ReadingsParts &
  PresenceParts &
  ErasureParts &
  ExportParts &
  SessionParts &
  CredentialsParts &
  PairingParts &
  SimulationParts &
  AccessParts &
  MappingsParts &
  RuleToolsParts &
  RulesParts &
  AlertsParts &
  AlertLogParts &
  DerivedParts &
  ChannelsParts &
  PushParts &
  SettingsParts &
  BoardCheckParts &
  AcknowledgeParts &
  ViewsParts &
  OpenApiParts;

/** In the order of the documents. */
export const ROUTES: readonly Route<RouteParts>[] = [
  ...HEALTH_ROUTES,
  ...CLIENTS_ROUTES,
  ...RETAINED_ROUTES,
  ...DEVICE_LIST_ROUTES,
  ...DEVICES_ROUTES,
  ...REPLACEMENT_ROUTES,
  ...SPARKLINES_ROUTES,
  ...READINGS_ROUTES,
  ...PRESENCE_ROUTES,
  ...ERASURE_ROUTES,
  ...EXPORT_ROUTES,
  ...SETTINGS_ROUTES,
  ...SESSION_ROUTES,
  ...CREDENTIALS_ROUTES,
  ...PAIRING_ROUTES,
  ...BOARD_CHECK_ROUTES,
  ...SIMULATION_ROUTES,
  ...ACCESS_ROUTES,
  ...VIEWS_ROUTES,
  ...MAPPINGS_ROUTES,
  ...RULE_TOOLS_ROUTES,
  ...RULES_ROUTES,
  ...ALERTS_ROUTES,
  ...ALERT_LOG_ROUTES,
  ...DERIVED_ROUTES,
  ...CHANNELS_ROUTES,
  ...PUSH_ROUTES,
  ...ACKNOWLEDGE_ROUTES,
  ...OPENAPI_ROUTES,
];
