/** Requests about views. */
import type { View, ViewFields, ViewsAnswer } from "../../../src/contract/views/views.ts";
import { ask } from "../hub/api.ts";

const path = (id: string): string => `/api/views/${encodeURIComponent(id)}`;

export const getViews = (abort?: AbortSignal) => ask<ViewsAnswer>("/api/views", { abort });
export const getView = (id: string, abort?: AbortSignal) => ask<View>(path(id), { abort });
export const postView = (fields: ViewFields) =>
  ask<View>("/api/views", { method: "POST", body: JSON.stringify(fields) });
export const putView = ({ id, ...fields }: View) =>
  ask<View>(path(id), { method: "PUT", body: JSON.stringify(fields) });
export const deleteView = (id: string) => ask<unknown>(path(id), { method: "DELETE" });
