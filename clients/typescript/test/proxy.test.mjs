// The client against the real proxy.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { MintcacheClient, ProblemError } from "../dist/index.js"
import { inkwell, orchard, startProxy } from "./support/proxy.mjs"

let proxy
let client

before(async () => {
  proxy = await startProxy()
  client = new MintcacheClient(proxy.url + "/")
})

after(async () => assert.equal(await proxy.stop(), 0))

async function collect(items) {
  const all = []
  for await (const item of items) all.push(item)
  return all
}

test("a token by its parts, and by its CAIP-19 name", async () => {
  const token = await client.token({ chain: "demo", contract: orchard, token_id: 7n })
  assert.equal(token.name, "Orchard #7")
  assert.equal(token.stale, false)
  assert.equal(token.metadata.name, token.name)
  assert.deepEqual((await client.token(`eip155:1337/erc721:${orchard}/7`)).attributes, token.attributes)
})

test("a token names itself", async () => {
  const token = await client.token({ chain: "demo", contract: orchard, token_id: "0x10" })
  assert.equal((await client.token(token)).token_id, "16")
})

test("a contract", async () => {
  const contract = await client.contract({ chain: "demo", contract: orchard })
  assert.equal(contract.symbol, "ORCH")
  assert.equal(contract.total_supply, "10000")
})

test("a token that is not there is a problem with its slug", async () => {
  await assert.rejects(client.token({ chain: "demo", contract: orchard, token_id: "999999" }), (error) => {
    assert.ok(error instanceof ProblemError)
    assert.equal(error.name, "ProblemError")
    assert.equal(error.status, 404)
    assert.equal(error.slug, "token-not-found")
    assert.equal(error.isRetryable, false)
    assert.match(error.requestID, /^[0-9a-f]+$/)
    return true
  })
})

test("what names no token is refused before it is sent, or by the proxy", async () => {
  await assert.rejects(client.token({ chain: "demo", contract: "..", token_id: "1" }), TypeError)
  await assert.rejects(client.token({ chain: "demo", contract: orchard, token_id: "one" }), { slug: "invalid-token-id" })
})

test("a batch gives every item, each with its own outcome", async () => {
  const ids = Array.from({ length: 300 }, (_, id) => ({ chain: "demo", contract: orchard, token_id: BigInt(id) }))
  const items = await collect(client.batch([...ids, { chain: "demo", contract: orchard, token_id: "999999" }]))
  assert.deepEqual(items.map((item) => item.index).sort((a, b) => a - b), [...Array(301).keys()])
  for (const { index, token, problem } of items) {
    if (index === 300) assert.equal(problem.status, 404)
    else assert.equal(token.token_id, String(index))
  }
})

test("a batch of nothing asks nothing", async () => {
  assert.deepEqual(await collect(client.batch([])), [])
})

test("a batch that is refused as a whole throws", async () => {
  const tooMany = Array.from({ length: 1001 }, () => ({ chain: "demo", contract: orchard, token_id: 1n }))
  await assert.rejects(collect(client.batch(tooMany)), { name: "ProblemError", status: 400 })
})

test("a batch can be left before its end", async () => {
  const ids = Array.from({ length: 500 }, (_, id) => ({ chain: "demo", contract: orchard, token_id: BigInt(id) }))
  for await (const item of client.batch(ids)) {
    assert.ok(item.token)
    break
  }
  assert.equal((await client.token(ids[0])).token_id, "0")
})

test("a second refresh tells when to come again", async () => {
  const token = { chain: "demo", contract: orchard, token_id: "42" }
  assert.equal((await client.refresh(token)).token_id, "42")
  await assert.rejects(client.refresh(token), (error) => {
    assert.equal(error.slug, "refresh-cooldown")
    assert.equal(error.isRetryable, true)
    assert.ok(error.retryAfter > 0 && error.retryAfter <= 60)
    return true
  })
})

test("what is not held is not waited for when told so", async () => {
  const token = { chain: "demo", contract: orchard, token_id: "4711" }
  await assert.rejects(client.token(token, { wait: 0 }), { name: "ProblemError", status: 504 })
})

test("an image drawn on chain is answered by the proxy itself", async () => {
  const response = await fetch(client.imageURL({ chain: "demo", contract: inkwell, token_id: "0" }))
  assert.equal(response.status, 200)
  assert.match(response.headers.get("Content-Type"), /^image\//)
})

test("a document is answered byte for byte", async () => {
  const reference = { chain: "demo", contract: orchard, token_id: "7" }
  const document = await (await fetch(client.metadataURL(reference))).json()
  assert.deepEqual(document, (await client.token(reference)).metadata)
})

test("content has an address at the proxy", async () => {
  const { metadata } = await client.token({ chain: "demo", contract: orchard, token_id: "7" })
  const response = await fetch(client.contentURL(metadata.image))
  assert.equal(response.status, 200)
  assert.match(response.headers.get("Content-Type"), /^image\//)
})

test("without sessions there is nobody to sign in to", async () => {
  await assert.rejects(client.sessions.current(), { name: "ProblemError", status: 404 })
})
