import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { EventStream } from "../../proxyproof/origin/static/client.js";
import {
  eventStream,
  FakeEventSource,
  fakeFetch,
  FakeWebSocket,
  OPAQUE_REDIRECT,
  place,
} from "./browser.js";
import { Clock, settled } from "./clock.js";

beforeEach(() => {
  FakeWebSocket.made = [];
  FakeEventSource.made = [];
});

const PROBLEM = { "Content-Type": "application/problem+json" };

async function opened(transport, answers = [], options = {}) {
  const { fetch, asked } = fakeFetch(...answers);
  place("WebSocket", FakeWebSocket);
  place("EventSource", FakeEventSource);
  place("fetch", fetch);
  const clock = new Clock();
  const events = [];
  const stream = new EventStream("http://app.test/", {
    transport,
    policy: clock.policy(),
    onEvent: (event) => events.push(event),
    ...options,
  });
  stream.connect();
  await settled();
  return { stream, clock, events, asked };
}

const ending = ({ endings: [first] }) => [first.cause, first.status ?? first.code, first.detail];

test("websocket: the greeting tells the position and is no event", async () => {
  const { stream, events } = await opened("websocket");
  const [socket] = FakeWebSocket.made;
  socket.open();
  socket.message({ type: "connected", lastEventId: "e-4" });
  assert.deepEqual([events.length, stream.lastEventId, stream.status], [0, "e-4", "open"]);
  socket.message({ id: "e-5", type: "loop.log" });
  socket.message({ type: "pong" });

  assert.deepEqual(events.map(({ id }) => id), ["e-5"]);
  assert.equal(stream.lastEventId, "e-5");
});

test("websocket: a binary message is read as its text", async () => {
  const { events } = await opened("websocket");
  FakeWebSocket.made[0].open();
  FakeWebSocket.made[0].onmessage({ data: new TextEncoder().encode('{"id":"e-1"}').buffer });

  assert.equal(events[0].id, "e-1");
});

test("websocket: a quiet connection is asked, and its answer keeps it open", async () => {
  const { stream, clock } = await opened("websocket");
  const [socket] = FakeWebSocket.made;
  socket.open();
  await clock.pass(15);
  assert.deepEqual(socket.sent, ['{"type":"ping"}']);
  socket.message({ type: "pong" });
  await clock.pass(16);

  assert.equal(socket.sent.length, 2);
  assert.equal(stream.status, "open");
});

test("websocket: without a ping there is no watchdog", async () => {
  const clock = new Clock();
  const { stream } = await opened("websocket", [], {
    policy: clock.policy({ ping: null, watchdogSeconds: null }),
  });
  FakeWebSocket.made[0].open();
  await clock.pass(1000);

  assert.deepEqual([stream.status, FakeWebSocket.made[0].sent], ["open", []]);
});

test("websocket: close code and reason are facts of the ending", async () => {
  const { stream } = await opened("websocket");
  FakeWebSocket.made[0].open();
  FakeWebSocket.made[0].closed(1012, "restart");
  await settled();

  assert.deepEqual(ending(stream), ["closed", 1012, "closed: 1012 restart"]);
});

test("websocket: a connection that is cut off is told from one that is closed", async () => {
  const { stream } = await opened("websocket");
  FakeWebSocket.made[0].open();
  FakeWebSocket.made[0].closed(1006);
  await settled();

  assert.deepEqual(ending(stream), ["aborted", 1006, "cut off without a close frame"]);
});

for (const [name, answer, expected] of [
  ["a login", OPAQUE_REDIRECT, ["refused", null, "refused: redirected, to a login"]],
  [
    "a reason",
    new Response('{"detail":"not today"}', { status: 403, statusText: "Forbidden", headers: PROBLEM }),
    ["refused", 403, "refused: 403 Forbidden: not today"],
  ],
  ["nobody", new TypeError("no network"), ["unreachable", null, "unreachable: TypeError: no network"]],
]) {
  test(`websocket: that it did not open for ${name} is found out by fetch`, async () => {
    const { stream, asked } = await opened("websocket", [answer]);
    FakeWebSocket.made[0].closed(1006);
    await settled();

    assert.deepEqual(ending(stream), expected);
    assert.deepEqual([asked[0].url, asked[0].redirect], ["http://app.test/api/ws", "manual"]);
    assert.equal(asked[0].headers.Accept, "text/event-stream");
  });
}

test("websocket: disconnect waits for the closing handshake", async () => {
  const { stream } = await opened("websocket");
  const [socket] = FakeWebSocket.made;
  socket.open();
  let gone = false;
  void stream.disconnect().then(() => (gone = true));
  await settled();
  assert.deepEqual([gone, socket.readyState], [false, 2]);
  socket.closed(1000);
  await settled();

  assert.ok(gone);
});

test("websocket: disconnect does not wait for ever", async () => {
  const { stream, clock } = await opened("websocket");
  FakeWebSocket.made[0].open();
  let gone = false;
  void stream.disconnect().then(() => (gone = true));
  await clock.pass(1);

  assert.ok(gone);
});

test("websocket: a constructor that throws is an attempt that failed", async () => {
  const { stream } = await opened("sse", [new TypeError("x")]);
  place("WebSocket", class {
    constructor() {
      throw new Error("not allowed");
    }
  });
  const other = new EventStream("http://app.test/", { transport: "websocket", policy: new Clock().policy() });
  other.connect();
  await settled();

  assert.equal(other.endings[0].detail, "not opened: Error: not allowed");
  assert.equal(stream.endings[0].cause, "unreachable");
});

test("sse: events come as they are decoded, and the field says where to resume", async () => {
  const body = eventStream();
  const { stream, events, asked } = await opened("sse", [body.response], { resumeFrom: "e-1" });
  assert.equal(stream.status, "open");
  body.write(': hello\nretry: 100\nid: e-2\ndata: {"id":"e-2","type":"loop.log"}\n\n');
  await settled();

  assert.deepEqual(events.map(({ id, type }) => [id, type]), [["e-2", "loop.log"]]);
  assert.equal(stream.lastEventId, "e-2");
  assert.equal(asked[0].headers["Last-Event-ID"], "e-1");
  assert.deepEqual([asked[0].credentials, asked[0].cache], ["same-origin", "no-store"]);
});

test("sse: an end of the stream is told from a cut", async () => {
  const ended = eventStream();
  const cut = eventStream();
  const { stream, clock } = await opened("sse", [ended.response, cut.response]);
  ended.write("data: unfinished\n");
  ended.end();
  await settled();
  await clock.pass(clock.next);
  cut.cut();
  await settled();

  assert.deepEqual(stream.endings.map(({ cause }) => cause), ["closed", "aborted"]);
});

for (const [name, answer, status] of [
  ["a redirect", () => OPAQUE_REDIRECT, "unauthorized"],
  ["401", () => new Response("", { status: 401 }), "unauthorized"],
  ["403", () => new Response("", { status: 403 }), "unauthorized"],
  ["the page of a login", () => new Response("", { headers: { "Content-Type": "text/html" } }), "unauthorized"],
  ["204", () => new Response(null, { status: 204 }), "closed"],
  ["404 of the application", () => new Response("{}", { status: 404, headers: PROBLEM }), "closed"],
  ["404 of a router", () => new Response("", { status: 404 }), "waiting"],
  ["502", () => new Response("", { status: 502 }), "waiting"],
]) {
  test(`sse: ${name} leads to ${status}`, async () => {
    const { stream } = await opened("sse", [answer()]);

    assert.equal(stream.status, status);
  });
}

test("sse: Retry-After is heeded", async () => {
  const answer = new Response("", { status: 503, headers: { "Retry-After": "9" } });
  const { clock } = await opened("sse", [answer]);

  assert.equal(clock.next, 9.25);
});

test("websocket: disconnect ends the question why it did not open", async () => {
  const { stream, asked } = await opened("websocket", [new Promise(() => {})]);
  FakeWebSocket.made[0].closed(1006);
  await settled();
  void stream.disconnect();

  assert.ok(asked[0].signal.aborted);
});

test("websocket: nobody is waited for at the end of a dead connection", async () => {
  const { stream, clock } = await opened("websocket");
  FakeWebSocket.made[0].open();
  FakeWebSocket.made[0].message({ type: "connected" });
  await clock.pass(30);

  assert.deepEqual([stream.status, stream.endings[0]?.cause], ["waiting", "silent"]);
});

test("sse: the body of a refusal is not read for ever", async () => {
  let pulls = 0;
  const body = new ReadableStream({
    pull: (controller) => {
      pulls += 1;
      controller.enqueue(new Uint8Array(8192).fill(32));
      if (pulls > 1000) controller.close();
    },
  });
  const { stream } = await opened("sse", [new Response(body, { status: 400, headers: PROBLEM })]);
  for (let turn = 0; turn < 100 && stream.status !== "closed"; turn += 1) await settled();

  assert.equal(stream.status, "closed");
  assert.ok(pulls < 100);
});

test("sse: disconnect aborts the request", async () => {
  const body = eventStream();
  const { stream, asked } = await opened("sse", [body.response]);
  await stream.disconnect();

  assert.ok(asked[0].signal.aborted);
});

test("eventsource: it is closed at its first error, and resumes by the query", async () => {
  const { stream, clock, events } = await opened("eventsource");
  const [source] = FakeEventSource.made;
  source.onopen();
  source.onmessage({ data: '{"id":"e-1"}', lastEventId: "e-1" });
  await clock.pass(1000);
  assert.equal(stream.status, "open");
  source.onerror();
  await settled();
  await clock.pass(clock.next);
  await stream.disconnect();

  assert.ok(FakeEventSource.made[1].isClosed);
  assert.ok(source.isClosed);
  assert.equal(events.length, 1);
  assert.equal(FakeEventSource.made[1].url, "http://app.test/api/events?lastEventId=e-1");
});

test("eventsource: why it did not open is found out by fetch", async () => {
  const { stream } = await opened("eventsource", [OPAQUE_REDIRECT]);
  FakeEventSource.made[0].onerror();
  await settled();

  assert.equal(stream.status, "unauthorized");
});

test("eventsource: an answer that is a stream by now is asked for again", async () => {
  const body = eventStream();
  const { stream, asked } = await opened("eventsource", [body.response]);
  FakeEventSource.made[0].onerror();
  await settled();

  assert.equal(stream.status, "waiting");
  assert.ok(asked[0].signal.aborted);
});
