import assert from "node:assert/strict";
import { test } from "node:test";

import { Chain } from "../../proxyproof/origin/static/shared-chain.js";

test("of what a tab was given for months the newest is remembered only", () => {
  const chain = new Chain(null);
  const take = (number) =>
    chain.take({ event: { id: `e-${number}` }, before: chain.position, position: `e-${number}` }).taken;
  for (let number = 0; number <= 2000; number += 1) take(number);

  assert.deepEqual([take(1), take(2000), take(0)], [false, false, true]);
});
