/** A browser with many tabs that share a stream. */

import { SharedStream } from "../../proxyproof/origin/static/shared.js";
import { settled } from "./clock.js";
import { Stage } from "./stage.js";

/** What tabs find each other by: one lock, one channel. */
class Browser {
  #queue = [];
  #channels = new Set();
  isHeld = false;

  locks = {
    request: (name, { signal }, act) =>
      new Promise((resolve, reject) => {
        const waiting = { act, resolve };
        this.#queue.push(waiting);
        signal.addEventListener("abort", () => {
          if (this.#queue.includes(waiting)) reject(new Error("aborted"));
          this.#queue = this.#queue.filter((other) => other !== waiting);
        });
        void this.#grant();
      }),
  };

  channel = () => {
    const channel = {
      onmessage: null,
      close: () => this.#channels.delete(channel),
      postMessage: (data) => {
        if (!this.#channels.has(channel)) throw new Error("InvalidStateError: the channel is closed");
        for (const other of this.#channels) {
          if (other !== channel) queueMicrotask(() => other.onmessage?.({ data: structuredClone(data) }));
        }
      },
    };
    this.#channels.add(channel);
    return channel;
  };

  async #grant() {
    if (this.isHeld || this.#queue.length === 0) return;
    this.isHeld = true;
    const { act, resolve } = this.#queue.shift();
    await act();
    this.isHeld = false;
    resolve();
    void this.#grant();
  }
}

/** The tabs of one browser, on one stage. */
export function tabs() {
  const stage = new Stage();
  const browser = new Browser();
  const open = async (options = {}) => {
    const tab = { events: [], statuses: [], page: null };
    tab.stream = new SharedStream("http://app.test/", {
      tabs: browser,
      parts: stage.parts,
      policy: stage.clock.policy({ watchdogSeconds: null }),
      listen: (hearer) => {
        tab.page = hearer;
        return () => {
          tab.page = null;
        };
      },
      onEvent: (event) => tab.events.push(event.id || event.type),
      onStatus: ({ status }) => tab.statuses.push(status),
      ...options,
    });
    tab.stream.connect();
    await settled();
    return tab;
  };
  return { stage, open };
}
