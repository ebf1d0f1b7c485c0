import assert from "node:assert/strict";
import { test } from "node:test";

import { ended } from "../../proxyproof/origin/static/ending.js";
import { makePolicy } from "../../proxyproof/origin/static/policy.js";
import { Route } from "../../proxyproof/origin/static/route.js";
import { judge } from "../../proxyproof/origin/static/rules.js";

const route = () => new Route(["websocket", "sse"], makePolicy({ random: () => 0 }));

function ends(of, cause, facts = {}, now = 0) {
  const ending = ended(of.transport, cause, cause, facts);
  return of.ended(ending, judge(ending), now);
}

const YOUNG = { openFor: 2, reads: 1 };

for (const code of [1012, 1013]) {
  test(`a server that says ${code} asks to come back, and is`, () => {
    const one = route();
    ends(one, "closed", { code, openFor: 0.1, reads: 1 });

    assert.equal(one.transport, "websocket");
  });
}

test("an upgrade that is accepted for a greeting alone leads to the event stream", () => {
  const one = route();
  ends(one, "closed", { code: 1000, openFor: 0.1, reads: 1 });

  assert.equal(one.transport, "sse");
});

test("being offline counts for nothing, however short the connection was", () => {
  const one = route();
  ends(one, "offline", { openFor: 0.1, reads: 0 });

  assert.equal(one.transport, "websocket");
});

test("a return that fails at once leads back, and the next one comes later", () => {
  const one = route();
  ends(one, "timeout");
  assert.equal(one.returnAt, 60);
  ends(one, "replaced", {}, 60);
  assert.equal(one.transport, "websocket");
  ends(one, "aborted", YOUNG, 62);

  assert.deepEqual([one.transport, one.returnAt], ["sse", 182]);
});

test("a return that proves stable makes the vain ones forgotten", () => {
  const one = route();
  ends(one, "timeout");
  ends(one, "replaced", {}, 60);
  ends(one, "timeout", {}, 70);
  ends(one, "replaced", {}, 190);
  ends(one, "aborted", { openFor: 60, reads: 5 }, 250);
  assert.equal(one.transport, "websocket");
  ends(one, "timeout", {}, 260);

  assert.equal(one.returnAt, 320);
});

test("after a long wait the event stream has its turn before websocket is tried again", () => {
  const one = route();
  one.beforeAttempt(0);
  ends(one, "timeout");
  one.beforeAttempt(1000);
  assert.equal(one.transport, "sse");
  one.beforeAttempt(2000);

  assert.equal(one.transport, "websocket");
});

test("a fallback that is refused for good leaves the websocket that once worked", () => {
  const [never, once] = [route(), route()];
  once.opened();
  ends(never, "timeout");
  ends(once, "timeout");
  const refusal = { status: 400 };

  assert.equal(ends(never, "refused", refusal).final, "closed");
  assert.equal(ends(once, "refused", refusal).final, null);
  assert.equal(once.transport, "websocket");
});
