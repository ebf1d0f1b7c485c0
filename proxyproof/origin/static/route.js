/** Which transport comes next: the rules of falling back and of returning. */

/**
 * @typedef {import("./ending.js").Ending} Ending
 * @typedef {import("./ending.js").TransportName} TransportName
 * @typedef {import("./policy.js").Policy} Policy
 * @typedef {import("./rules.js").Meaning} Meaning
 *
 * @typedef {object} Step what to do after an ending.
 * @property {"closed" | "unauthorized" | null} final the status to end in; null: go on.
 * @property {boolean} atOnce a change that the client planned itself: nothing to wait for.
 */

// RFC 6455 7.4 registry: service restart, try again later. Neither speaks against WebSocket.
const COME_BACK = [1012, 1013];

/** @type {Step} */
const GO_ON = { final: null, atOnce: false };
/** @type {Step} */
const AT_ONCE = { final: null, atOnce: true };
/** @type {Step} */
const CLOSED = { final: "closed", atOnce: false };
/** @type {Step} */
const LOG_IN = { final: "unauthorized", atOnce: false };

/**
 * The transport in use, and the next one.
 *
 * With two transports WebSocket comes first. The event stream replaces it when the upgrade is
 * refused or not answered, when the connection ends before anything came, when it dies several
 * times in a row, or when the origin withdraws it. Some time later WebSocket is tried again: the
 * event stream is closed first, so that there is one connection at a time, always.
 */
export class Route {
  #deaths = 0;
  #vainReturns = 0;
  #returning = false;
  #triedFallback = false;
  #websocketWasOpen = false;
  /** @type {number | null} when to return to WebSocket, by the clock of the policy. */
  returnAt = null;

  /**
   * @param {readonly TransportName[]} transports what leads to the target, the preferred one
   *   first; one or two.
   * @param {Policy} policy
   */
  constructor(transports, policy) {
    this.transports = transports;
    this.policy = policy;
    this.transport = transports[0] ?? "websocket";
  }

  /** Take note that the present transport is open. */
  opened() {
    if (this.transport === "websocket") this.#websocketWasOpen = true;
  }

  /**
   * Return to WebSocket if its time has come.
   *
   * Not before the event stream was tried: after a long wait it would never have its turn.
   *
   * @param {number} now
   */
  beforeAttempt(now) {
    if (this.#triedFallback && this.returnAt !== null && now >= this.returnAt) this.#return();
    this.#triedFallback = this.transport !== "websocket";
  }

  /**
   * Take an ending and say how to go on.
   *
   * @param {Ending} ending
   * @param {Meaning} meaning
   * @param {number} now
   * @returns {Step}
   */
  ended(ending, meaning, now) {
    if (ending.cause === "replaced") {
      this.#return();
      return AT_ONCE;
    }
    if (meaning === "unauthorized") return LOG_IN;
    if (meaning === "final") return CLOSED;
    if (this.transports.length === 1) return withoutChoice(ending, meaning);
    if (this.transport === "websocket") return this.#afterWebSocket(ending, meaning, now);
    return this.#afterEventStream(meaning);
  }

  /**
   * Put the fallback into the place of WebSocket, and say until when.
   *
   * @param {number} now
   */
  fallBack(now) {
    if (this.#returning) this.#vainReturns += 1;
    const { returnSeconds, returnCap, random } = this.policy;
    const longest = Math.min(
      returnSeconds * 2 ** this.#vainReturns,
      Math.max(returnCap, returnSeconds),
    );
    this.returnAt = now + longest * (1 - random() / 2);
    this.#deaths = 0;
    this.#returning = false;
    this.transport = this.transports[1] ?? this.transport;
  }

  /**
   * @param {Ending} ending
   * @param {Meaning} meaning
   * @param {number} now
   */
  #afterWebSocket(ending, meaning, now) {
    this.#count(ending);
    if (meaning !== "temporary" || this.#isHopeless(ending)) this.fallBack(now);
    return GO_ON;
  }

  /** @param {Meaning} meaning */
  #afterEventStream(meaning) {
    if (meaning === "forbidden") return LOG_IN;
    // The fallback is refused for good. A WebSocket that once worked is the better hope.
    if (meaning === "unsuited" && !this.#websocketWasOpen) return CLOSED;
    if (meaning === "withdrawn" || meaning === "unsuited") this.#return();
    return GO_ON;
  }

  /** @param {Ending} ending */
  #count(ending) {
    if (ending.reads > 0 && (ending.openFor ?? 0) >= this.policy.stableSeconds) {
      this.#deaths = this.#vainReturns = 0;
      this.#returning = false;
      return;
    }
    // Nobody there, or nobody to go out through: that says nothing about WebSocket.
    if (ending.cause !== "unreachable" && ending.cause !== "offline") this.#deaths += 1;
  }

  /** @param {Ending} ending */
  #isHopeless(ending) {
    if (ending.cause === "offline") return false;
    const many = this.#deaths >= this.policy.websocketDeaths;
    return many || this.#returning || this.#isStillborn(ending);
  }

  /**
   * Whether the upgrade was accepted for nothing; a greeting alone is no stream.
   *
   * @param {Ending} ending
   */
  #isStillborn(ending) {
    if (ending.openFor === null || COME_BACK.includes(ending.code ?? 0)) return false;
    const atOnce = ending.cause === "closed" && ending.openFor < this.policy.atOnceSeconds;
    return ending.reads === 0 || (atOnce && ending.events === 0);
  }

  #return() {
    this.returnAt = null;
    this.#deaths = 0;
    this.#returning = true;
    this.transport = "websocket";
  }
}

/**
 * @param {Ending} ending
 * @param {Meaning} meaning
 */
function withoutChoice(ending, meaning) {
  if (meaning === "temporary" || mayBeOutage(ending)) return GO_ON;
  return meaning === "forbidden" ? LOG_IN : CLOSED;
}

/**
 * Whether another transport would be the better choice, but the same may work later, too.
 *
 * A gateway says 502 to an upgrade that it cannot pass on, and while the origin restarts. A page
 * learns the status only by asking again (`inquiry.js`): 426 then says that the server is there, and
 * not whether it was there before.
 *
 * @param {Ending} ending
 */
function mayBeOutage(ending) {
  return ending.status === 502 || ending.status === 426 || ending.cause === "timeout";
}
