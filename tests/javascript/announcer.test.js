import assert from "node:assert/strict";
import { test } from "node:test";

import { Announcer } from "../../proxyproof/origin/static/page/announcer.js";

/** A live region that keeps what a screen reader would read out, and timers of the test's own. */
function announcing({ mock }) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const said = [];
  const region = {
    get textContent() {
      return said.at(-1) ?? "";
    },
    set textContent(text) {
      said.push(text);
    },
  };
  return { announcer: new Announcer(region), said, pass: (time) => mock.timers.tick(time) };
}

test("an answer to a press is told at once", (context) => {
  const { announcer, said } = announcing(context);
  announcer.answer("The connection was cut.");

  assert.deepEqual(said, ["The connection was cut."]);
});

test("the same answer once more is a change, so that it is read out again", (context) => {
  const { announcer, said, pass } = announcing(context);
  announcer.answer("The connection was cut.");
  announcer.answer("The connection was cut.");
  assert.deepEqual(said, ["The connection was cut.", ""]);
  pass(100);

  assert.deepEqual(said, ["The connection was cut.", "", "The connection was cut."]);
});

test("of several turns in a row the last one is told, when it has settled", (context) => {
  const { announcer, said, pass } = announcing(context);
  announcer.tell("Waiting to try again.");
  pass(999);
  announcer.tell("Live: WebSocket.");
  pass(999);
  assert.deepEqual(said, []);
  pass(1);

  assert.deepEqual(said, ["Live: WebSocket."]);
});

test("an answer takes the place of a turn that has not settled", (context) => {
  const { announcer, said, pass } = announcing(context);
  announcer.tell("Disconnected.");
  announcer.answer("Logs no more.");
  pass(10_000);

  assert.deepEqual(said, ["Logs no more."]);
});

test("what was told last is not told again", (context) => {
  const { announcer, said, pass } = announcing(context);
  for (let turn = 0; turn < 2; turn += 1) {
    announcer.tell("Live: WebSocket.");
    pass(1000);
  }

  assert.deepEqual(said, ["Live: WebSocket."]);
});
