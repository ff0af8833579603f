// What the client makes of servers and networks that fail.
import assert from "node:assert/strict"
import { test } from "node:test"
import { ConnectionError, MintcacheClient, ProblemError, ProtocolError, TimeoutError } from "../dist/index.js"
import { sendLines, startScript } from "./support/script.mjs"

const reference = { chain: "demo", contract: "0x" + "11".repeat(20), token_id: 1n }
const three = [1n, 2n, 3n].map((token_id) => ({ ...reference, token_id }))
const item = (index) => ({ index, status: 200, token: { token_id: String(index) } })

/** Runs `body` against a server that answers so. */
async function against(answer, body, options) {
  const script = await startScript(answer)
  try {
    await body(new MintcacheClient(script.url, options), script)
  } finally {
    await script.stop()
  }
}

async function take(items, into = []) {
  for await (const { index } of items) into.push(index)
  return into
}

test("items are given as they come, though lines and characters are cut anywhere", async () => {
  const octets = Buffer.from([item(2), item(0), item(1)].map((line) => JSON.stringify({ ...line, cache: "ä€😀" })).join("\n"))
  for (const size of [1, 2, 3, 7, 64]) {
    await against(
      async (_, response) => {
        response.writeHead(200)
        for (let start = 0; start < octets.length; start += size) {
          response.write(octets.subarray(start, start + size))
          if (size > 7) await new Promise(setImmediate)
        }
        response.end()
      },
      async (client) => {
        const found = []
        for await (const { index, cache } of client.batch(three)) found.push([index, cache])
        assert.deepEqual(found, [[2, "ä€😀"], [0, "ä€😀"], [1, "ä€😀"]])
      },
    )
  }
})

test("a batch that ends early keeps what came, and says what is missing", async () => {
  const ends = {
    "at a line's end": (response) => response.end(),
    "within a line": (response) => response.end('{"index":1,"status":20'),
    "with the connection": (response) => setImmediate(() => response.destroy()),
  }
  for (const [name, end] of Object.entries(ends)) {
    await against(
      (_, response) => { sendLines(response, item(0)); end(response) },
      async (client) => {
        const came = []
        await assert.rejects(take(client.batch(three), came), ConnectionError, name)
        assert.deepEqual(came, [0], name)
      },
    )
  }
})

test("a line beyond the limit ends the batch and the request", async () => {
  await against(
    (_, response) => { sendLines(response, item(0)); response.write("x".repeat(2000)) },
    async (client, script) => {
      await assert.rejects(take(client.batch(three)), /more than 1000 octets/)
      assert.deepEqual(await script.finished(), [false])
    },
    { limit: 1000 },
  )
})

test("an answer beyond the limit is refused", async () => {
  await against(
    (_, response) => response.end(JSON.stringify("x".repeat(2000))),
    async (client) => { await assert.rejects(client.token(reference), ProtocolError) },
    { limit: 1000 },
  )
})

test("an item that was not asked for, or came before, is refused", async () => {
  for (const index of [0, 3, -1]) {
    await against(
      (_, response) => { sendLines(response, item(0), item(index)); response.end() },
      async (client) => { await assert.rejects(take(client.batch(three)), /out of place/) },
    )
  }
})

test("a line that is no item is refused", async () => {
  for (const line of [null, [], {}, { index: 0 }, { index: 0.5, token: {} }, { index: 0, token: {}, problem: {} }]) {
    await against(
      (_, response) => { sendLines(response, line); response.end() },
      async (client) => { await assert.rejects(take(client.batch(three)), ProtocolError) },
    )
  }
})

test("leaving the loop closes the request", async () => {
  await against(
    (_, response) => sendLines(response, item(0)),
    async (client, script) => {
      for await (const { index } of client.batch(three)) { assert.equal(index, 0); break }
      assert.deepEqual(await script.finished(), [false])
    },
  )
})

test("aborting closes the request and throws the caller's reason", async () => {
  const reason = new Error("the page was left")
  await against(
    (_, response) => sendLines(response, item(0)),
    async (client, script) => {
      const controller = new AbortController()
      const left = (async () => {
        for await (const _ of client.batch(three, { signal: controller.signal })) controller.abort(reason)
      })()
      await assert.rejects(left, (error) => error === reason)
      assert.deepEqual(await script.finished(), [false])
    },
  )
})

test("a signal aborted before sends nothing", async () => {
  await against(
    () => assert.fail("nothing is to be sent"),
    async (client) => {
      await assert.rejects(client.token(reference, { signal: AbortSignal.abort() }), { name: "AbortError" })
    },
  )
})

test("a proxy that says nothing is given up", async () => {
  await against(
    () => {},
    async (client) => { await assert.rejects(client.token(reference), TimeoutError) },
    { timeout: 50 },
  )
})

test("a batch that falls silent is given up, after what came", async () => {
  await against(
    (_, response) => sendLines(response, item(0)),
    async (client, script) => {
      const came = []
      await assert.rejects(take(client.batch(three, { timeout: 50 }), came), { name: "TimeoutError", isRetryable: true })
      assert.deepEqual(came, [0])
      assert.deepEqual(await script.finished(), [false])
    },
  )
})

test("the clock does not run while the caller is busy", async () => {
  let finish
  await against(
    (_, response) => { sendLines(response, item(0)); finish = () => { sendLines(response, item(1), item(2)); response.end() } },
    async (client) => {
      const came = []
      for await (const { index } of client.batch(three, { timeout: 50 })) {
        came.push(index)
        if (index > 0) continue
        await new Promise((resolve) => setTimeout(resolve, 120))
        finish()
      }
      assert.deepEqual(came, [0, 1, 2])
    },
  )
})

test("nobody there is a connection error with its cause", async () => {
  const script = await startScript(() => {})
  await script.stop()
  await assert.rejects(new MintcacheClient(script.url).token(reference), (error) => {
    assert.ok(error instanceof ConnectionError)
    assert.ok(error.cause instanceof Error)
    return error.isRetryable
  })
})

test("what is not Mintcache is told from what is", async () => {
  const pages = [[200, "<html>"], [404, "<html>"], [500, ""]]
  for (const [status, body] of pages) {
    await against(
      (_, response) => response.writeHead(status, { "Content-Type": "text/html" }).end(body),
      async (client) => { await assert.rejects(client.token(reference), ProtocolError) },
    )
  }
})

test("Retry-After is understood in both forms", async () => {
  const problem = { type: "urn:mintcache:problem:overloaded", title: "Overloaded", status: 503 }
  const soon = new Date(Date.now() + 30_000).toUTCString()
  for (const [field, least, most] of [["7", 7, 7], [soon, 28, 30], ["soon", undefined, undefined]]) {
    await against(
      (_, response) => response
        .writeHead(503, { "Content-Type": "application/problem+json", "Retry-After": field })
        .end(JSON.stringify(problem)),
      async (client) => {
        await assert.rejects(client.token(reference), (error) => {
          assert.ok(error instanceof ProblemError)
          assert.equal(error.message, "Overloaded")
          assert.equal(error.isRetryable, true)
          if (least === undefined) return error.retryAfter === undefined
          return error.retryAfter >= least && error.retryAfter <= most
        })
      },
    )
  }
})

test("fetch may be another one, and is called without a receiver", async () => {
  let asked
  const client = new MintcacheClient("/nft/", {
    credentials: "omit",
    fetch: async function (url, init) {
      assert.equal(this, undefined)
      asked = { url, method: init.method, credentials: init.credentials, prefer: init.headers.Prefer }
      return new Response("{}")
    },
  })
  await client.token(reference, { wait: 2.9 })
  assert.deepEqual(asked, {
    url: `/nft/v1/demo/${reference.contract}/1`, method: "GET", credentials: "omit", prefer: "wait=2",
  })
})
