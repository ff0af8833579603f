// Where things are at the proxy.
import assert from "node:assert/strict"
import { test } from "node:test"
import { MintcacheClient } from "../dist/index.js"

const client = new MintcacheClient("https://proxy.example/nft/")
const contract = "0x" + "11".repeat(20)

test("tokens", () => {
  const parts = { chain: "eip155:1", contract, token_id: 2n ** 256n - 1n }
  assert.equal(client.tokenURL(parts), `https://proxy.example/nft/v1/eip155:1/${contract}/${2n ** 256n - 1n}`)
  assert.equal(client.imageURL(parts), client.tokenURL(parts) + "/image")
  const name = `eip155:1/erc721:${contract}/1`
  assert.equal(client.metadataURL(name), `https://proxy.example/nft/v1/assets/${name}/metadata`)
})

test("no reference leads out of its path", () => {
  for (const reference of ["..", "eip155:1/../x", "eip155:1//1", ""]) {
    assert.throws(() => client.tokenURL(reference), TypeError)
  }
  const sly = client.tokenURL({ chain: "a/b?c#d", contract, token_id: "%2e%2e" })
  assert.equal(sly, `https://proxy.example/nft/v1/a%2Fb%3Fc%23d/${contract}/%252e%252e`)
})

test("content", () => {
  const cases = {
    "ipfs://bafy/1.png": "/ipfs/bafy/1.png",
    "IPFS://ipfs/Qm1/a b/c%20d#1?.png": "/ipfs/Qm1/a%20b/c%20d%231%3F.png",
    "ipns://name.eth": "/ipns/name.eth",
    "ar://abc-_9/x": "/ar/abc-_9/x",
    "ipfs://bafy/100%": "/ipfs/bafy/100%25",
  }
  for (const [address, path] of Object.entries(cases)) {
    assert.equal(client.contentURL(address), "https://proxy.example/nft" + path)
  }
  for (const other of ["https://a.example/1", "data:,x", "ipfs://", "bafy", ""]) {
    assert.equal(client.contentURL(other), undefined)
  }
})
