/**
 * The stream over the browser's own EventSource (WHATWG HTML 9.2), for pages that want it.
 *
 * It hides the status of a refusal, comments, and `retry`: there is no watchdog, and a refusal is
 * asked about by fetch. Its own reconnection is not used: there is one scheduler, with jitter.
 */

import { readEvent } from "../message.js";
import { Connection } from "./connection.js";
import { inquire } from "./inquiry.js";

/** One EventSource. */
export class EventSourceConnection extends Connection {
  /** @type {EventSource | null} */
  #source = null;
  #inquiry = new AbortController();

  /** @override */
  open() {
    const withCredentials = this.wiring.credentials === "include";
    const source = new EventSource(this.request.url, { withCredentials });
    this.#source = source;
    source.onopen = () => this.opened();
    source.onmessage = ({ data, lastEventId }) => {
      const event = readEvent(data, this.policy.clock(), "message", lastEventId);
      this.heard({ messages: [{ event, position: lastEventId }], position: lastEventId });
    };
    source.onerror = () => {
      source.close();
      void this.#ended();
    };
  }

  /**
   * Comments are hidden, so that silence says nothing.
   *
   * @override
   */
  opened() {
    super.opened();
    this.watchdog.stop();
  }

  /** @override */
  doubt() {}

  /** @override */
  release() {
    this.#inquiry.abort();
    this.#source?.close();
  }

  async #ended() {
    if (this.isOver) return;
    if (this.wasOpen) {
      this.end(this.ended("aborted", "ended or cut off: EventSource does not tell"));
    } else {
      this.end(await inquire(this, this.request.url, this.#inquiry.signal));
    }
  }
}
