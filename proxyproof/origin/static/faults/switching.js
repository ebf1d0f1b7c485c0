/** Mistakes in falling back and returning. */

import { Route } from "../route.js";

/** @typedef {import("../parts.js").Parts} Parts */

class NeverFallsBack extends Route {
  /** @override */
  fallBack() {}
}

class StuckOnFallback extends Route {
  /** @override @param {number} now */
  fallBack(now) {
    super.fallBack(now);
    this.returnAt = null;
  }
}

/** @param {Parts} parts */
export const neverFallsBack = (parts) => ({ ...parts, Route: NeverFallsBack });

/** @param {Parts} parts */
export const stuckOnFallback = (parts) => ({ ...parts, Route: StuckOnFallback });
