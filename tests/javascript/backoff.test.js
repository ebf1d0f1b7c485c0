import assert from "node:assert/strict";
import { test } from "node:test";

import { Backoff } from "../../proxyproof/origin/static/backoff.js";
import { makePolicy } from "../../proxyproof/origin/static/policy.js";

const backoff = (own) => new Backoff(makePolicy({ random: () => 1, ...own }));

function waits(of, count) {
  return Array.from({ length: count }, () => of.wait(null, false));
}

test("the ceiling doubles up to the cap", () => {
  assert.deepEqual(waits(backoff({ backoffBase: 0.5, backoffCap: 3 }), 5), [0.5, 1, 2, 3, 3]);
});

test("the ceiling never overflows", () => {
  const tired = backoff({});
  waits(tired, 3000);

  assert.equal(tired.wait(null, false), 30);
});

test("a wait is drawn evenly from zero to the ceiling", () => {
  assert.deepEqual(waits(backoff({ random: () => 0.25 }), 2), [0.125, 0.25]);
  assert.deepEqual(waits(backoff({ random: () => 0 }), 2), [0, 0]);
});

test("a connection that proved stable makes failures forgotten, another does not", () => {
  const one = backoff({ stableSeconds: 10 });
  waits(one, 3);
  one.opened();
  one.ended(9.9);
  assert.equal(one.wait(null, false), 4);
  one.ended(10);
  assert.equal(one.wait(null, false), 0.5);
});

test("what the server asked for is a lower bound with the drawn part on top", () => {
  assert.equal(backoff({}).wait(7, false), 7.5);
});

test("retry governs event streams only, and the longer of both bounds holds", () => {
  const one = backoff({ backoffCap: 0.5 });
  one.retry(3);

  assert.equal(one.wait(null, false), 0.5);
  assert.equal(one.wait(null, true), 3.5);
  assert.equal(one.wait(5, true), 5.5);
});

test("no server makes a page wait for ever", () => {
  const one = backoff({ backoffCap: 0.5, retryCap: 60 });
  one.retry(1e12);

  assert.equal(one.wait(null, true), 60.5);
  assert.equal(one.wait(1e12, false), 60.5);
});

for (const own of [
  { openTimeout: 0 },
  { websocketDeaths: 0 },
  { backoffBase: -1 },
  { stableSeconds: Number.NaN },
  { backoffBase: 2, backoffCap: 1 },
]) {
  test(`a policy of ${JSON.stringify(own)} is refused`, () => {
    assert.throws(() => makePolicy(own), RangeError);
  });
}
