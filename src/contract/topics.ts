/** Builds the MQTT topics of the native dialect, and those of alerts. */

export const telemetryTopic = (deviceId: string): string => `devices/${deviceId}/telemetry`;
export const metricTopic = (deviceId: string, metric: string): string => `devices/${deviceId}/telemetry/${metric}`;
export const statusTopic = (deviceId: string): string => `devices/${deviceId}/status`;
export const attributesTopic = (deviceId: string): string => `devices/${deviceId}/attributes`;

/** Retained while the alert fires. Ids and names have no character that means something in a topic. */
export const alertTopic = (ruleId: string, deviceId: string, metric?: string): string =>
  `aerie/alerts/${ruleId}/${deviceId}${metric === undefined ? "" : `/${metric}`}`;
