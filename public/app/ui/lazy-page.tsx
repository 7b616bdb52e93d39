/** A page, or a part of one, whose code is loaded when it is opened. */
import { useSignal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";

interface LazyProps<Props extends object> {
  readonly load: () => Promise<FunctionComponent<Props>>;
  readonly props: Props;
  /** The page does without it: nothing is said while it is loaded, or where it cannot be. */
  readonly isQuiet?: boolean;
}

/** What was loaded once is drawn at once. */
const known = new Map<() => Promise<unknown>, unknown>();

export function LazyPage<Props extends object>({ load, props, isQuiet = false }: LazyProps<Props>) {
  const loaded = useSignal<{ load: unknown; Page: FunctionComponent<Props> } | undefined>(undefined);
  const failed = useSignal(false);
  useEffect(() => {
    let isLeft = false;
    failed.value = false;
    load().then(
      (Page) => {
        known.set(load, Page);
        if (!isLeft) loaded.value = { load, Page };
      },
      () => {
        failed.value = true;
      },
    );
    return () => {
      isLeft = true;
    };
  }, [load]);
  const Page =
    loaded.value?.load === load ? loaded.value.Page : (known.get(load) as FunctionComponent<Props> | undefined);
  if (Page !== undefined) return <Page {...props} />;
  if (isQuiet) return null;
  if (!failed.value) return <p class="quiet">Loading…</p>;
  return (
    <div class="empty" role="alert">
      <p>This page could not be loaded. The hub may be away, or have a new version of its pages.</p>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}
