import assert from "node:assert/strict";
import { test } from "node:test";

import { EventStream } from "../../proxyproof/origin/static/client.js";
import { settled } from "./clock.js";
import { Stage } from "./stage.js";

test("a page that is back does not wait any longer", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.end("unreachable");
  stage.page.wake();
  await settled();

  assert.equal(stage.made.length, 2);
  assert.equal(stage.clock.next, 10);
});

test("a browser that goes offline has lost the connection, which says nothing about websocket", async () => {
  const stage = new Stage();
  await stage.connect();
  for (let turn = 0; turn < 4; turn += 1) {
    await stage.open();
    stage.page.interrupt("the browser is offline");
    await settled();
    assert.equal(stage.stream.status, "waiting");
    stage.page.wake();
    await settled();
  }

  assert.equal(stage.last.request.transport, "websocket");
});

test("a page that is back doubts a connection that seems open", async () => {
  const stage = new Stage();
  await stage.connect();
  await stage.open();
  let doubts = 0;
  stage.last.doubt = () => (doubts += 1);
  stage.page.wake();

  assert.equal(doubts, 1);
});

test("a page that is open for months keeps the newest endings and changes only", async () => {
  const stage = new Stage();
  await stage.connect();
  for (let turn = 0; turn < 250; turn += 1) {
    stage.page.interrupt("offline");
    await settled();
    stage.page.wake();
    await settled();
  }

  assert.deepEqual([stage.stream.endings.length, stage.stream.history.length], [200, 200]);
});

test("the time to return ends with the event stream for which it was set", async () => {
  const stage = new Stage({ policy: { watchdogSeconds: null } });
  await stage.connect();
  await stage.end("timeout");
  await stage.waited();
  await stage.open();
  await stage.end("closed");
  await stage.stream.disconnect();

  assert.equal(stage.clock.next, Number.POSITIVE_INFINITY);
});

test("a connection that is over is watched no longer", async () => {
  const stage = new Stage({ transport: "sse" });
  await stage.connect();
  await stage.open();
  await stage.stream.disconnect();

  assert.equal(stage.clock.next, Number.POSITIVE_INFINITY);
});

test("an answer that does not come in time is an end", async () => {
  const stage = new Stage({ transport: "sse" });
  await stage.connect();
  await stage.clock.pass(10);

  assert.equal(stage.stream.endings[0].cause, "timeout");
});

test("silence for longer than the heartbeat allows is an end", async () => {
  const stage = new Stage({ transport: "sse" });
  await stage.connect();
  await stage.open();
  await stage.clock.pass(29);
  assert.equal(stage.stream.status, "open");
  await stage.clock.pass(1);

  assert.equal(stage.stream.endings[0].cause, "silent");
});

test("retry of the event stream is heeded", async () => {
  const stage = new Stage({ transport: "sse" });
  await stage.connect();
  await stage.open();
  stage.last.heard({ retry: 7 });
  await stage.end("closed");

  assert.equal(stage.clock.next, 7.25);
});

test("a callback that throws does not look like a lost connection", async (context) => {
  const seen = [];
  const listeners = process.rawListeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.once("uncaughtException", (error) => seen.push(error.message));
  context.after(() => listeners.forEach((one) => process.on("uncaughtException", one)));
  const stage = new Stage({
    onEvent: () => {
      throw new Error("of the user");
    },
  });
  await stage.connect();
  await stage.open();
  await stage.send("e-1");

  assert.deepEqual(seen, ["of the user"]);
  assert.equal(stage.stream.status, "open");
  assert.equal(stage.stream.lastEventId, "e-1");
});

test("a url that leads elsewhere than wanted is refused at once", () => {
  assert.throws(() => new EventStream("ws://app.test/other", { transport: "sse" }), TypeError);
  assert.throws(() => new EventStream("ftp://app.test/"), TypeError);
  assert.throws(() => new EventStream("http://app.test/", { policy: { openTimeout: 0 } }), RangeError);
});
