/** What a stream is put together from. A fault of the client replaces one of these parts. */

import { Backoff } from "./backoff.js";
import { EventStreamDecoder } from "./decoder.js";
import { Position } from "./position.js";
import { Route } from "./route.js";
import { judge } from "./rules.js";
import { State } from "./state.js";
import { Supervisor } from "./supervisor.js";
import { Target } from "./target.js";
import { EventSourceConnection } from "./transports/event-source.js";
import { FetchStreamConnection } from "./transports/fetch-stream.js";
import { WebSocketConnection } from "./transports/websocket.js";
import { Watchdog } from "./watchdog.js";

/** The good ones. */
export const PARTS = Object.freeze({
  Target,
  Decoder: EventStreamDecoder,
  Watchdog,
  websocket: WebSocketConnection,
  sse: FetchStreamConnection,
  eventsource: EventSourceConnection,
  Route,
  Backoff,
  Position,
  judge,
  State,
  Supervisor,
});

/** @typedef {typeof PARTS} Parts */
