/**
 * The stream as a hook of React (18 or newer), which is given and not imported: no build is needed.
 *
 *     import * as React from "react";
 *     import { makeUseEvents } from "/static/react.js";
 *
 *     const useEvents = makeUseEvents(React);
 *     const { events, status, connect, disconnect, clearEvents } = useEvents({ url: "/", loopId });
 */

import { createEvents } from "./use-events.js";

/**
 * @typedef {import("./use-events.js").EventsOptions} EventsOptions
 * @typedef {import("./use-events.js").EventsStore} EventsStore
 * @typedef {import("./use-events.js").Snapshot} Snapshot
 *
 * @typedef {object} Handles
 * @property {() => void} connect
 * @property {() => Promise<unknown>} disconnect
 * @property {() => void} clearEvents
 *
 * @typedef {object} React what is used of React.
 * @property {<T>(make: () => T) => [T, unknown]} useState
 * @property {(effect: () => void | (() => void), dependencies?: readonly unknown[]) => void} useEffect
 * @property {<T>(make: () => T, dependencies: readonly unknown[]) => T} useMemo
 * @property {<T>(subscribe: (listener: () => void) => () => void, get: () => T, onServer: () => T)
 *   => T} useSyncExternalStore
 */

/**
 * Make the hook.
 *
 * @param {React} React
 * @returns {(options?: EventsOptions) => Snapshot & Handles}
 */
export function makeUseEvents(React) {
  return function useEvents(options = {}) {
    const { url = "/", loopId, transport, shared, autoConnect = true } = options;
    const [store] = React.useState(() => createEvents(options));
    // The newest callbacks, at each rendering; before the effect that may connect.
    React.useEffect(() => store.update(options));
    React.useEffect(() => {
      if (autoConnect) store.connect();
      // React mounts twice in development: the store opens one connection all the same.
      return () => void store.disconnect();
    }, [store, String(url), loopId, transport, shared, autoConnect]);
    const snapshot = React.useSyncExternalStore(
      store.subscribe,
      store.getSnapshot,
      store.getSnapshot,
    );
    return React.useMemo(() => ({ ...snapshot, ...handles(store) }), [store, snapshot]);
  };
}

/**
 * @param {EventsStore} store
 * @returns {Handles}
 */
function handles({ connect, disconnect, clearEvents }) {
  return { connect, disconnect, clearEvents };
}
