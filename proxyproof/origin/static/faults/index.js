/**
 * The faults of the JavaScript client, each switchable by name, to prove that the cases notice them.
 *
 * What each is, and where it was seen, stands in `faults.json` beside this file.
 */

import * as receiving from "./receiving.js";
import * as resuming from "./resuming.js";
import * as stopping from "./stopping.js";
import * as switching from "./switching.js";
import * as waiting from "./waiting.js";

/** @typedef {import("../parts.js").Parts} Parts */

/** @type {Readonly<Record<string, (parts: Parts) => Parts>>} */
export const FAULTS = Object.freeze({
  "js-no-backoff": waiting.noBackoff,
  "js-no-jitter": waiting.noJitter,
  "js-resets-too-early": waiting.resetsTooEarly,
  "js-ignores-retry": waiting.ignoresRetry,
  "js-forgets-last-id": resuming.forgetsLastId,
  "js-forgets-id-on-switch": resuming.forgetsIdOnSwitch,
  "js-duplicates-on-resume": resuming.duplicatesOnResume,
  "js-skips-on-resume": resuming.skipsOnResume,
  "js-forgets-filter": resuming.forgetsFilter,
  "js-double-connection": stopping.doubleConnection,
  "js-leaves-connection-open": stopping.leavesConnectionOpen,
  "js-reconnects-after-close": stopping.reconnectsAfterClose,
  "js-ignores-unauthorized": stopping.ignoresUnauthorized,
  "js-dies-on-5xx": stopping.diesOn5xx,
  "js-never-reconnects": stopping.neverReconnects,
  "js-never-falls-back": switching.neverFallsBack,
  "js-stuck-on-fallback": switching.stuckOnFallback,
  "js-no-watchdog": receiving.noWatchdog,
  "js-deaf-to-the-page": receiving.deafToThePage,
  "js-status-stuck-open": receiving.statusStuckOpen,
  "js-dispatches-partial": receiving.dispatchesPartial,
});

/**
 * Put the named faults into `parts`.
 *
 * @param {Parts} parts
 * @param {Iterable<string>} names
 * @returns {Parts}
 * @throws {RangeError} a name is unknown.
 */
export function assembled(parts, names) {
  for (const name of names) {
    const apply = FAULTS[name];
    if (apply === undefined) {
      throw new RangeError(`no fault ${name}: expected ${Object.keys(FAULTS).join(", ")}`);
    }
    parts = apply(parts);
  }
  return parts;
}
