import assert from "node:assert/strict";
import { test } from "node:test";

import { settled } from "./clock.js";
import { Stage } from "./stage.js";

test("websocket comes first, and an event is handed over as it came", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  await stage.send("e-1", { loopId: "a" });

  assert.deepEqual(stage.statuses, ["connecting websocket", "open websocket"]);
  assert.deepEqual(stage.events[0].data, { id: "e-1", type: "loop.log", loopId: "a" });
  assert.equal(stage.stream.lastEventId, "e-1");
});

test("a cut is waited out, and the next connection resumes after the last event", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  await stage.send("e-1");
  await stage.end("aborted", { code: 1006 });
  assert.equal(stage.stream.status, "waiting");
  assert.equal(stage.clock.next, 0.25);
  await stage.waited();

  assert.equal(stage.made.length, 2);
  assert.equal(stage.last.request.url, "ws://app.test/api/ws?lastEventId=e-1");
  assert.equal(stage.stream.endings[0].events, 1);
});

for (const [name, cause, facts] of [
  ["a refused upgrade", "refused", { status: 426 }],
  ["an upgrade that nobody answers", "timeout", {}],
  ["a hop that cannot pass it on", "refused", { status: 502 }],
  ["a forbidden upgrade", "refused", { status: 403 }],
]) {
  test(`${name} leads to the event stream`, async () => {
    const stage = new Stage();
    await stage.connect();
    await stage.end(cause, facts);
    await stage.waited();

    assert.equal(stage.last.request.transport, "sse");
    assert.equal(stage.last.request.url, "http://app.test/api/events");
  });
}

test("a withdrawn websocket leads to the event stream, which resumes", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  await stage.send("e-7");
  await stage.end("closed", { code: 4410 });
  await stage.waited();

  assert.equal(stage.last.request.transport, "sse");
  assert.equal(stage.last.request.lastEventId, "e-7");
});

test("nobody there says nothing about websocket", async () => {
  const stage = new Stage();
  await stage.connect();
  for (let turn = 0; turn < 5; turn += 1) {
    await stage.end("unreachable");
    await stage.waited();
  }

  assert.deepEqual(new Set(stage.made.map(({ request }) => request.transport)), new Set(["websocket"]));
});

test("a websocket that dies three times in a row leads to the event stream", async () => {
  const stage = new Stage();
  await stage.connect();
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal(stage.last.request.transport, "websocket");
    await stage.open();
    await stage.clock.pass(2);
    await stage.end("aborted", { code: 1006 });
    await stage.waited();
  }

  assert.equal(stage.last.request.transport, "sse");
});

test("after a while the event stream is given up for websocket, one at a time", async () => {
  const stage = new Stage({ policy: { watchdogSeconds: null } });
  await stage.connect();
  await stage.end("timeout");
  await stage.waited();
  await stage.open();
  await stage.send("e-3");
  const fallback = stage.last;
  await stage.clock.pass(46);

  assert.ok(fallback.isOver);
  assert.equal(stage.last.request.url, "ws://app.test/api/ws?lastEventId=e-3");
  assert.equal(stage.live.length, 1);
});

for (const [name, cause, facts] of [
  ["a redirect", "refused", { redirected: true }],
  ["a refusal with 401", "refused", { status: 401 }],
  ["a session that ends", "closed", { code: 4401 }],
]) {
  test(`${name} ends in unauthorized, and nothing is tried again`, async () => {
    const stage = new Stage();
    await stage.connect();
    await stage.open();
    await stage.end(cause, facts);
    await stage.clock.pass(10_000);

    assert.equal(stage.stream.status, "unauthorized");
    assert.equal(stage.made.length, 1);
    assert.equal(stage.page, null);
  });
}

test("after the login connect begins anew and resumes", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  await stage.send("e-2");
  await stage.end("closed", { code: 4401 });
  await stage.connect();

  assert.equal(stage.last.request.lastEventId, "e-2");
});

test("an event stream that is forbidden, too, leads to the login", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.end("refused", { status: 403 });
  await stage.waited();
  await stage.end("refused", { status: 403 });

  assert.equal(stage.stream.status, "unauthorized");
});

test("a server that asks not to come back is left alone", async () => {
  const stage = new Stage({ transport: "sse" });
  await stage.connect();
  await stage.end("refused", { status: 204 });

  assert.deepEqual(stage.statuses.at(-1), "closed sse");
});

test("one transport alone lives through what may be an outage", async () => {
  const stage = new Stage({ transport: "websocket" });
  await stage.connect();
  await stage.end("refused", { status: 426 });
  assert.equal(stage.stream.status, "waiting");
  await stage.waited();
  await stage.end("refused", { status: 400 });

  assert.equal(stage.stream.status, "closed");
});

test("connect, disconnect and connect again at once open one connection", async () => {
  const stage = new Stage();
  stage.stream.connect();
  void stage.stream.disconnect();
  stage.stream.connect();
  stage.stream.connect();
  await settled();

  assert.equal(stage.made.length, 1);
});

test("disconnect ends the connection, and nothing is delivered from there on", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  const gone = stage.stream.disconnect();
  await stage.send("e-9");
  await gone;
  await stage.clock.pass(10_000);

  assert.deepEqual(stage.events, []);
  assert.equal(stage.stream.status, "closed");
  assert.equal(stage.made.length, 1);
});

test("the next connection waits until the one before is let go of", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  let letGo = () => {};
  stage.last.release = () => new Promise((resolve) => (letGo = resolve));
  void stage.stream.disconnect();
  stage.stream.connect();
  await settled();
  assert.equal(stage.made.length, 1);
  letGo();
  await settled();

  assert.equal(stage.made.length, 2);
});
