/** All alerts: by device, and by id. Knows which rule makes which. */
import { type HubTrouble, MAX_INSTANCES, type RuleFields } from "../../../contract/alerts.ts";
import type { DeviceId } from "../../../contract/readings.ts";
import type { Log } from "../../ports/log.ts";
import type { CompiledRule } from "../decisions/compiled-rule.ts";
import { createScope } from "../decisions/scope.ts";
import { type AlertDevices, classOf } from "./alert-devices.ts";
import { AlertInstance, instanceId } from "./alert-instance.ts";
import { DeviceAlerts } from "./device-alerts.ts";

export interface AlertIndexOptions {
  readonly devices: AlertDevices;
  readonly log: Log;
  /** It was made, and is in the index: `device` undefined, of the hub itself. */
  readonly onAdded: (instance: AlertInstance, device: DeviceAlerts | undefined) => void;
}

export interface AlertIndex {
  /** Undefined: no rule is about it. */
  ofDevice(deviceId: DeviceId): DeviceAlerts | undefined;
  get(id: string): AlertInstance | undefined;
  /** Those about this trouble of the hub itself. */
  ofHub(what: HubTrouble): AlertInstance[];
  devices(): Iterable<DeviceAlerts>;
  /** Makes the alerts of a rule. */
  addRule(rule: CompiledRule): void;
  /** Answers those that were its. */
  removeRule(ruleId: string): AlertInstance[];
  /** Answers the device's alerts, which are no longer in the index. */
  removeDevice(deviceId: DeviceId): AlertInstance[];
  /** Whether these names have metrics of a class that a rule is about. */
  named(device: DeviceAlerts, names: Iterable<string>): void;
  hasClasses(): boolean;
  /** How many alerts such a rule makes. */
  countOf(fields: RuleFields): number;
  /** How many there are without those of this rule. */
  countOthers(ruleId: string | undefined): number;
}

interface RuleEntry {
  readonly rule: CompiledRule;
  readonly isAbout: (deviceId: DeviceId) => boolean;
}

export function createAlertIndex({ devices, log, onAdded }: AlertIndexOptions): AlertIndex {
  const rules = new Map<string, RuleEntry>();
  const byDevice = new Map<DeviceId, DeviceAlerts | undefined>();
  const instances = new Map<string, AlertInstance>();
  let classRules = 0;
  let isFull = false;

  function ofDevice(deviceId: DeviceId): DeviceAlerts | undefined {
    const known = byDevice.get(deviceId);
    if (known !== undefined || byDevice.has(deviceId)) return known;
    byDevice.set(deviceId, undefined);
    for (const entry of rules.values()) if (entry.isAbout(deviceId)) apply(entry.rule, deviceId);
    return byDevice.get(deviceId);
  }

  function apply(rule: CompiledRule, deviceId: DeviceId): void {
    if (rule.troubles.length > 0) return;
    const classed = classIn(rule);
    if (classed === undefined) return add(rule, deviceId, metricIn(rule), undefined);
    deviceAlertsOf(deviceId); // its metrics of that class may come later
    for (const metric of devices.metricsOf(deviceId)) applyClass(rule, deviceId, metric);
  }

  function applyClass(rule: CompiledRule, deviceId: DeviceId, metric: string): void {
    if (classOf(metric, devices.metricInfo(deviceId, metric)) === classIn(rule)) add(rule, deviceId, metric, metric);
  }

  function add(rule: CompiledRule, deviceId: DeviceId, metric: string | undefined, named: string | undefined): void {
    const id = instanceId(rule.rule.id, deviceId, named);
    if (instances.has(id)) return;
    if (instances.size >= MAX_INSTANCES) {
      if (!isFull) log.error("no more alerts can be watched", { alerts: instances.size, rule: rule.rule.id, deviceId });
      isFull = true;
      return;
    }
    const device = deviceAlertsOf(deviceId);
    const instance = new AlertInstance(id, rule, deviceId, metric);
    instances.set(id, instance);
    device.add(instance, (name) => devices.metricInfo(deviceId, name));
    onAdded(instance, device);
  }

  function deviceAlertsOf(deviceId: DeviceId): DeviceAlerts {
    const known = byDevice.get(deviceId);
    if (known !== undefined) return known;
    const made = new DeviceAlerts(deviceId);
    byDevice.set(deviceId, made);
    return made;
  }

  function addRule(rule: CompiledRule): void {
    rules.set(rule.rule.id, { rule, isAbout: createScope(rule.rule.scope) });
    if (classIn(rule) !== undefined) classRules++;
    for (const what of rule.troubles) {
      const instance = new AlertInstance(instanceId(rule.rule.id, "", what), rule, undefined, undefined);
      instances.set(instance.id, instance);
      onAdded(instance, undefined);
    }
    const entry = rules.get(rule.rule.id);
    for (const deviceId of devices.ids()) if (entry?.isAbout(deviceId) === true) apply(rule, deviceId);
  }

  function removeRule(ruleId: string): AlertInstance[] {
    const entry = rules.get(ruleId);
    if (entry === undefined) return [];
    rules.delete(ruleId);
    if (classIn(entry.rule) !== undefined) classRules--;
    const gone = [...instances.values()].filter(({ rule }) => rule.rule.id === ruleId);
    for (const instance of gone) {
      instances.delete(instance.id);
      if (instance.deviceId !== undefined) byDevice.get(instance.deviceId)?.remove(instance);
    }
    isFull = false;
    return gone;
  }

  function removeDevice(deviceId: DeviceId): AlertInstance[] {
    const gone = [...(byDevice.get(deviceId)?.instances ?? [])];
    byDevice.delete(deviceId);
    for (const { id } of gone) instances.delete(id);
    isFull = false;
    return gone;
  }

  function named(device: DeviceAlerts, names: Iterable<string>): void {
    for (const name of names) {
      if (device.names.has(name)) continue;
      device.names.add(name);
      for (const { rule, isAbout } of rules.values()) {
        if (classIn(rule) !== undefined && isAbout(device.deviceId)) applyClass(rule, device.deviceId, name);
      }
    }
  }

  function countOf({ scope, condition }: RuleFields): number {
    if (condition.kind === "hub") return condition.what.length;
    const isAbout = createScope(scope);
    let count = 0;
    for (const deviceId of devices.ids()) {
      if (!isAbout(deviceId)) continue;
      if (condition.kind !== "class") count++;
      else {
        for (const metric of devices.metricsOf(deviceId)) {
          if (classOf(metric, devices.metricInfo(deviceId, metric)) === condition.deviceClass) count++;
        }
      }
    }
    return count;
  }

  return {
    ofDevice,
    get: (id) => instances.get(id),
    ofHub: (what) => [...rules.values()].flatMap(({ rule }) => instances.get(instanceId(rule.rule.id, "", what)) ?? []),
    devices: function* () {
      for (const device of byDevice.values()) if (device !== undefined) yield device;
    },
    addRule,
    removeRule,
    removeDevice,
    named,
    hasClasses: () => classRules > 0,
    countOf,
    countOthers: (ruleId) => {
      if (ruleId === undefined || !rules.has(ruleId)) return instances.size;
      return [...instances.values()].filter(({ rule }) => rule.rule.id !== ruleId).length;
    },
  };
}

function classIn({ join, leaves: [leaf] }: CompiledRule): string | undefined {
  return join === "one" && leaf?.kind === "class" ? leaf.deviceClass : undefined;
}

/** What the rule is about, where that is one metric. */
function metricIn({ leaves }: CompiledRule): string | undefined {
  const metrics = new Set(
    leaves.flatMap((leaf) => ("metric" in leaf && leaf.metric !== undefined ? [leaf.metric] : [])),
  );
  const [only] = metrics;
  return metrics.size === 1 ? only : undefined;
}
