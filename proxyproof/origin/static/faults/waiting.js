/** Mistakes in waiting for the next attempt. */

import { Backoff } from "../backoff.js";

/** @typedef {import("../parts.js").Parts} Parts */

// "Hammering at 0-10 ms": slow enough to let the page do something else.
const HAMMERING = 0.01;

class NoBackoff extends Backoff {
  /** @override @param {number} ceiling */
  draw(ceiling) {
    return Math.min(ceiling, HAMMERING);
  }
}

class NoJitter extends Backoff {
  /** @override @param {number} ceiling */
  draw(ceiling) {
    return ceiling;
  }
}

class ResetsTooEarly extends Backoff {
  /** @override */
  opened() {
    this.attempts = 0;
  }
}

class IgnoresRetry extends Backoff {
  /** @override */
  retry() {}
}

/** @param {Parts} parts */
export const noBackoff = (parts) => ({ ...parts, Backoff: NoBackoff });

/** @param {Parts} parts */
export const noJitter = (parts) => ({ ...parts, Backoff: NoJitter });

/** @param {Parts} parts */
export const resetsTooEarly = (parts) => ({ ...parts, Backoff: ResetsTooEarly });

/** @param {Parts} parts */
export const ignoresRetry = (parts) => ({ ...parts, Backoff: IgnoresRetry });
