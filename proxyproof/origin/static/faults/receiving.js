/** Mistakes while a connection is open. */

import { EventStreamDecoder } from "../decoder.js";
import { State } from "../state.js";
import { Supervisor } from "../supervisor.js";
import { Watchdog } from "../watchdog.js";

/**
 * @typedef {import("../ending.js").TransportName} TransportName
 * @typedef {import("../parts.js").Parts} Parts
 * @typedef {import("../state.js").Status} Status
 */

class NoWatchdog extends Watchdog {
  /** @override */
  start() {}

  /** @override */
  doubt() {}
}

/** Takes no notice of what the browser says about network and page. */
class DeafToThePage extends Supervisor {
  /** @override */
  wake() {}

  /** @override */
  interrupt() {}
}

class StatusStuckOpen extends State {
  /** @override @param {Status} status @param {TransportName | null} transport @param {string} reason */
  to(status, transport, reason) {
    const loss = status === "waiting" || status === "connecting";
    if (this.status !== "open" || !loss) super.to(status, transport, reason);
  }
}

class DispatchesPartial extends EventStreamDecoder {
  /** @override */
  end() {
    return this.feed(new TextEncoder().encode("\n\n"));
  }
}

/** @param {Parts} parts */
export const noWatchdog = (parts) => ({ ...parts, Watchdog: NoWatchdog });

/** @param {Parts} parts */
export const deafToThePage = (parts) => ({ ...parts, Supervisor: DeafToThePage });

/** @param {Parts} parts */
export const statusStuckOpen = (parts) => ({ ...parts, State: StatusStuckOpen });

/** @param {Parts} parts */
export const dispatchesPartial = (parts) => ({ ...parts, Decoder: DispatchesPartial });
