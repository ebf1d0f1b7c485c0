/**
 * One stream for all tabs of an application: one leads and shares, the others listen.
 *
 * A browser opens six connections to an HTTP/1.1 server, for all tabs together, and an event stream
 * takes one of them for good. The holder of a Web Lock keeps the stream and shares it through a
 * BroadcastChannel; when its tab goes, the lock passes on, and the next one resumes after the last
 * event that it was given. The stream is that of all loops, and each tab picks its own.
 */

import { EventStream } from "./client.js";
import { listenToPage } from "./page-signals.js";
import { Chain, gapBetween } from "./shared-chain.js";

/**
 * @typedef {import("./client.js").Change} Change
 * @typedef {import("./client.js").Status} Status
 * @typedef {import("./client.js").StreamEvent} StreamEvent
 * @typedef {import("./client.js").StreamOptions} StreamOptions
 * @typedef {import("./shared-chain.js").Link} Link
 *
 * @typedef {{ kind: "event", link: Link }
 *   | { kind: "position", before: string | null, position: string }
 *   | { kind: "status", change: Change, position: string | null }
 *   | { kind: "hello" } | { kind: "wake" }} Note what tabs tell each other.
 *
 * @typedef {object} Tabs how tabs find each other.
 * @property {Pick<LockManager, "request">} locks
 * @property {(name: string) => BroadcastChannel} channel
 */

/** Whether this browser can share: both interfaces exist in secure contexts only. */
export function canShare() {
  return Boolean(globalThis.navigator?.locks && globalThis.BroadcastChannel);
}

/** @returns {Tabs} */
function browserTabs() {
  return { locks: navigator.locks, channel: (name) => new BroadcastChannel(name) };
}

/** A tab's share in the stream; what it offers is as of `EventStream`. */
export class SharedStream {
  /** @type {Status} */
  status = "closed";
  /** @type {Change["transport"]} */
  transport = null;
  #url;
  #options;
  #tabs;
  #name;
  #chain;
  /** @type {AbortController | null} */
  #run = null;
  /** @type {Promise<unknown>} */
  #idle = Promise.resolve();
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {EventStream | null} the stream itself, in the tab that leads. */
  #stream = null;
  /** @type {Change | null} */
  #change = null;

  /**
   * @param {string | URL} url
   * @param {StreamOptions & { tabs?: Tabs }} [options]
   */
  constructor(url, options = {}) {
    this.#url = new URL(String(url), globalThis.location?.href).href;
    this.#options = options;
    this.#tabs = options.tabs ?? browserTabs();
    this.#name = `proxyproof ${options.transport ?? "auto"} ${this.#url}`;
    this.#chain = new Chain(options.resumeFrom ?? null);
  }

  get lastEventId() {
    return this.#chain.position;
  }

  /** Whether this tab keeps the stream for all. */
  get leads() {
    return this.#stream !== null;
  }

  /**
   * Take part from now on. If this tab does already: a stream that has ended begins anew.
   *
   * @param {Promise<unknown>} [after]
   */
  connect(after) {
    if (this.#run !== null) return this.#again();
    const run = new AbortController();
    this.#run = run;
    this.#idle = Promise.all([this.#idle, after]).then(() => this.#keep(run.signal));
  }

  /**
   * Take part no more; the stream passes on to another tab.
   *
   * @returns {Promise<unknown>} resolves when this tab holds nothing of it.
   */
  disconnect() {
    this.#run?.abort();
    this.#run = null;
    if (this.status !== "unauthorized") {
      this.#tell({ at: 0, status: "closed", transport: this.transport, reason: "closed by the user" });
    }
    return this.#idle;
  }

  #again() {
    if (this.#stream !== null) this.#stream.connect();
    else post(this.#channel, { kind: "hello" });
  }

  /** @param {AbortSignal} signal */
  async #keep(signal) {
    if (signal.aborted) return;
    const channel = this.#tabs.channel(this.#name);
    this.#channel = channel;
    channel.onmessage = ({ data }) => signal.aborted || this.#hear(data);
    const silence = this.#forwardWaking(channel);
    this.#tell({ at: 0, status: "connecting", transport: null, reason: "asks the other tabs" });
    post(channel, { kind: "hello" });
    try {
      await this.#tabs.locks.request(this.#name, { signal }, () => this.#lead(signal));
    } catch (error) {
      // An abort while waiting for the lock is how a tab that never led leaves.
      if (!signal.aborted) throw error;
    } finally {
      silence();
      channel.close();
      this.#channel = null;
    }
  }

  /** @param {AbortSignal} signal */
  async #lead(signal) {
    if (signal.aborted) return;
    const stream = new EventStream(this.#url, {
      ...this.#options,
      loopId: null,
      resumeFrom: this.#chain.position,
      onEvent: (event) => this.#share(event),
      // That this tab leaves is its own affair: the others go on.
      onStatus: (change) => this.leads && this.#shareStatus(change),
      onPosition: (position) => this.#sharePosition(position),
    });
    this.#stream = stream;
    stream.connect();
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    this.#stream = null;
    await stream.disconnect();
  }

  /** @param {StreamEvent} event */
  #share(event) {
    const link = { event, before: this.#chain.position, position: this.#stream?.lastEventId ?? null };
    this.#take(link);
    post(this.#channel, { kind: "event", link });
  }

  /** @param {string} position */
  #sharePosition(position) {
    const before = this.#chain.position;
    this.#chain.move(before, position);
    post(this.#channel, { kind: "position", before, position });
  }

  /** @param {Change} change */
  #shareStatus(change) {
    this.#change = change;
    this.#tell(change);
    post(this.#channel, { kind: "status", change, position: this.#chain.position });
  }

  /** @param {Note} note */
  #hear(note) {
    if (this.#stream !== null) return this.#answer(note, this.#stream);
    if (note.kind === "event") this.#take(note.link);
    if (note.kind === "position") this.#chain.move(note.before, note.position);
    if (note.kind !== "status") return;
    this.#chain.join(note.position);
    this.#tell(note.change);
  }

  /**
   * @param {Note} note
   * @param {EventStream} stream
   */
  #answer(note, stream) {
    if (note.kind === "wake") stream.wake();
    if (note.kind !== "hello") return;
    // A tab that has just come passed the gate: a stream that ended for want of a session is due.
    stream.connect();
    if (this.#change !== null) this.#shareStatus(this.#change);
  }

  /** @param {Link} link */
  #take(link) {
    const { taken, missed } = this.#chain.take(link);
    if (missed !== null) this.#deliver(gapBetween(missed, link));
    if (taken) this.#deliver(link.event);
  }

  /** @param {StreamEvent} event */
  #deliver(event) {
    const wanted = this.#options.loopId ?? null;
    const loopId = event.data.loopId ?? wanted;
    if (wanted === null || loopId === wanted) this.#options.onEvent?.(event);
  }

  /** @param {Change} change */
  #tell(change) {
    if (change.status === this.status && change.transport === this.transport) return;
    this.status = change.status;
    this.transport = change.transport;
    this.#options.onStatus?.(change);
  }

  /** @param {BroadcastChannel} channel */
  #forwardWaking(channel) {
    const listen = this.#options.listen ?? listenToPage;
    // The tab that leads may sleep in the background while this one is looked at.
    return listen({ wake: () => post(channel, { kind: "wake" }), interrupt: () => {} });
  }
}

/**
 * @param {BroadcastChannel | null} channel
 * @param {Note} note
 */
function post(channel, note) {
  channel?.postMessage(note);
}
