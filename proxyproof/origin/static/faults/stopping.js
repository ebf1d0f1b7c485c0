/** Mistakes in stopping, and in not stopping. */

import { ended } from "../ending.js";
import { judge } from "../rules.js";
import { Supervisor } from "../supervisor.js";

/**
 * @typedef {import("../ending.js").Ending} Ending
 * @typedef {import("../parts.js").Parts} Parts
 * @typedef {import("../rules.js").Meaning} Meaning
 */

/** Reconnects twice: once because of the error, once because of the close. */
class DoubleConnection extends Supervisor {
  /** @override @param {string} reason */
  async attempt(reason) {
    if (this.connections > 0) void super.attempt(reason);
    return super.attempt(reason);
  }
}

/** Lets go of a stream that its user has closed without closing the connection. */
class LeavesConnectionOpen extends Supervisor {
  /** @type {AbortSignal | null} */
  #signal = null;

  /** @override @param {AbortSignal} signal */
  run(signal) {
    this.#signal = signal;
    return super.run(signal);
  }

  /** @override */
  stop() {}

  /** @override @param {string} reason */
  attempt(reason) {
    /** @type {Promise<Ending>} */
    const left = new Promise((resolve) => {
      this.#signal?.addEventListener("abort", () => resolve(ended("websocket", "replaced", "left")));
    });
    return Promise.race([super.attempt(reason), left]);
  }
}

/** Takes the close that it was told to make for one more loss. */
class ReconnectsAfterClose extends Supervisor {
  /** @override @param {AbortSignal} signal */
  async run(signal) {
    await super.run(signal);
    if (signal.aborted) void super.run(new AbortController().signal);
  }
}

/**
 * @param {Ending} ending
 * @returns {Meaning}
 */
function forgives(ending) {
  const meaning = judge(ending);
  return meaning === "unauthorized" || meaning === "forbidden" ? "temporary" : meaning;
}

/**
 * @param {Ending} ending
 * @returns {Meaning}
 */
function givesUp(ending) {
  return ending.cause === "refused" && (ending.status ?? 0) >= 500 ? "final" : judge(ending);
}

/** @param {Parts} parts */
export const doubleConnection = (parts) => ({ ...parts, Supervisor: DoubleConnection });

/** @param {Parts} parts */
export const leavesConnectionOpen = (parts) => ({ ...parts, Supervisor: LeavesConnectionOpen });

/** @param {Parts} parts */
export const reconnectsAfterClose = (parts) => ({ ...parts, Supervisor: ReconnectsAfterClose });

/** @param {Parts} parts */
export const ignoresUnauthorized = (parts) => ({ ...parts, judge: forgives });

/** @param {Parts} parts */
export const diesOn5xx = (parts) => ({ ...parts, judge: givesUp });

/** @param {Parts} parts */
export const neverReconnects = (parts) => ({
  ...parts,
  judge: /** @returns {Meaning} */ () => "final",
});
