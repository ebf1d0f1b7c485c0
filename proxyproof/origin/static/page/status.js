/** The state of the stream, in words. */

import { element, write } from "./elements.js";

/**
 * @typedef {import("../use-events.js").Snapshot} Snapshot
 *
 * @typedef {object} Words
 * @property {string} title
 * @property {string} press what the one button beside it does.
 */

/** @type {Record<import("../client.js").Status, Words>} */
const WORDS = {
  open: { title: "Live", press: "Disconnect" },
  connecting: { title: "Connecting…", press: "Disconnect" },
  waiting: { title: "Waiting to try again", press: "Disconnect" },
  closed: { title: "Disconnected", press: "Connect" },
  unauthorized: { title: "Your session ended", press: "Log in" },
};
const TRANSPORTS = {
  websocket: "WebSocket",
  sse: "Event stream",
  eventsource: "EventSource",
};

/** Shows the status and the transport, and counts what came back. */
export class StatusCard {
  #card = element("now", HTMLElement);
  #title = element("status", HTMLElement);
  #reason = element("reason", HTMLElement);
  #transport = element("transport", HTMLElement);
  #reconnections = element("reconnections", HTMLElement);
  #opened = 0;

  button = element("connect", HTMLButtonElement);

  /**
   * @param {Snapshot} snapshot
   * @returns {string} the whole of it as one sentence.
   */
  show({ status, transport, reason }) {
    const { title, press } = WORDS[status];
    const way = transport === null ? "–" : TRANSPORTS[transport];
    if (status === "open") this.#opened += 1;
    this.#card.dataset.status = status;
    write(this.#title, title);
    write(this.#reason, reason || "nothing was opened yet");
    write(this.#transport, way);
    write(this.#reconnections, String(Math.max(0, this.#opened - 1)));
    write(this.button, press);
    document.title = `${title} · Proxyproof`;
    return transport === null ? `${title}.` : `${title}: ${way}.`;
  }

  /** Another stream: what was counted belonged to the one before. */
  reset() {
    this.#opened = 0;
  }
}
