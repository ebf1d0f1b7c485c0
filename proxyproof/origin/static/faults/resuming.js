/** Mistakes in resuming: what the client remembers from one connection to the next. */

import { Position } from "../position.js";
import { Supervisor } from "../supervisor.js";
import { Target } from "../target.js";

/**
 * @typedef {import("../message.js").Message} Message
 * @typedef {import("../parts.js").Parts} Parts
 * @typedef {import("../ending.js").TransportName} TransportName
 */

class ForgetsLastId extends Position {
  /** @override */
  received() {}
}

class ForgetsIdOnSwitch extends Position {
  /** @override */
  switched() {
    this.value = null;
  }
}

class DuplicatesOnResume extends Position {
  /** @type {string | null} */
  #newest = null;

  /** @override @param {string | null} id */
  received(id) {
    if (id === null || id === this.#newest) return;
    if (this.#newest !== null) this.value = this.#newest;
    this.#newest = id;
  }
}

class SkipsOnResume extends Supervisor {
  #skip = false;

  /** @override @param {string} reason */
  attempt(reason) {
    this.#skip = this.connections > 0 && Boolean(this.crew.position.resumeFrom);
    return super.attempt(reason);
  }

  /** @override @param {Message} message */
  deliver(message) {
    if (!this.#skip) super.deliver(message);
    this.#skip = false;
  }
}

class ForgetsFilter extends Target {
  /** @override @param {TransportName} transport @param {string | null} lastEventId */
  request(transport, lastEventId) {
    const request = super.request(transport, lastEventId);
    this.loopId = null;
    return request;
  }
}

/** @param {Parts} parts */
export const forgetsLastId = (parts) => ({ ...parts, Position: ForgetsLastId });

/** @param {Parts} parts */
export const forgetsIdOnSwitch = (parts) => ({ ...parts, Position: ForgetsIdOnSwitch });

/** @param {Parts} parts */
export const duplicatesOnResume = (parts) => ({ ...parts, Position: DuplicatesOnResume });

/** @param {Parts} parts */
export const skipsOnResume = (parts) => ({ ...parts, Supervisor: SkipsOnResume });

/** @param {Parts} parts */
export const forgetsFilter = (parts) => ({ ...parts, Target: ForgetsFilter });
