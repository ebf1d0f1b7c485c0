/** The stream over Server-Sent Events (WHATWG HTML 9.2), by fetch: status and comments show. */

import { readEvent } from "../message.js";
import { isEventStream, refusal, request } from "./answer.js";
import { Connection } from "./connection.js";

/**
 * @typedef {import("../decoder.js").Item} Item
 * @typedef {import("../message.js").Message} Message
 */

/** One event stream. */
export class FetchStreamConnection extends Connection {
  #controller = new AbortController();

  /** @override */
  open() {
    void this.#run();
  }

  /** @override */
  release() {
    this.#controller.abort();
  }

  async #run() {
    try {
      await this.#live();
    } catch (error) {
      const cause = this.wasOpen ? "aborted" : "unreachable";
      const what = this.wasOpen ? "cut off" : "unreachable";
      this.end(this.ended(cause, `${what}: ${String(error)}`));
    }
  }

  async #live() {
    const { url, lastEventId, transport } = this.request;
    const { credentials } = this.wiring;
    const response = await request(url, lastEventId, credentials, this.#controller.signal);
    if (!isEventStream(response) || response.body === null) {
      this.end(await refusal(transport, response));
      return;
    }
    this.opened();
    await this.#read(response.body.getReader());
  }

  /** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
  async #read(reader) {
    const decoder = this.wiring.decoder(this.request.lastEventId ?? "");
    for (;;) {
      const { done, value } = await reader.read();
      const items = done ? decoder.end() : decoder.feed(value);
      if (!done || items.length > 0) this.#take(items, decoder.lastEventId);
      if (done) break;
    }
    this.end(this.ended("closed", "end of stream"));
  }

  /**
   * @param {Item[]} items
   * @param {string} position
   */
  #take(items, position) {
    const at = this.policy.clock();
    /** @type {Message[]} */
    const messages = [];
    let retry = null;
    for (const item of items) {
      if (item.kind === "retry") retry = item.milliseconds / 1000;
      if (item.kind !== "event") continue;
      const event = readEvent(item.data, at, item.type, item.lastEventId);
      messages.push({ event, position: item.lastEventId });
    }
    this.heard({ messages, position, retry });
  }
}
