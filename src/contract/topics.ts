/** Builds the MQTT topics of the native dialect. */

export const telemetryTopic = (deviceId: string): string => `devices/${deviceId}/telemetry`;
export const metricTopic = (deviceId: string, metric: string): string => `devices/${deviceId}/telemetry/${metric}`;
export const statusTopic = (deviceId: string): string => `devices/${deviceId}/status`;
export const attributesTopic = (deviceId: string): string => `devices/${deviceId}/attributes`;
