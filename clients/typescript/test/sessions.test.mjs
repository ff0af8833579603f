// Signing in: the text that is signed, and the requests that go out.
import assert from "node:assert/strict"
import { test } from "node:test"
import { checksumAddress, MintcacheClient, signInMessage } from "../dist/index.js"
import { keccak256 } from "../dist/keccak.js"

const address = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
const hex = (octets) => Buffer.from(octets).toString("hex")

test("Keccak-256 of nothing, of a word, and about the border of a block", () => {
  assert.equal(hex(keccak256(new Uint8Array())), "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
  assert.equal(hex(keccak256(Buffer.from("abc"))), "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
  const lengths = [135, 136, 137].map((length) => hex(keccak256(new Uint8Array(length).fill(0x61))))
  assert.deepEqual(lengths, [
    "34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446",
    "a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e",
    "d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39",
  ])
})

test("addresses get the case of EIP-55, from its own examples", () => {
  for (const example of [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
  ]) {
    assert.equal(checksumAddress(example.toLowerCase()), example)
    assert.equal(checksumAddress("0x" + example.slice(2).toUpperCase()), example)
  }
  for (const wrong of ["", "0x", address.slice(0, -1), address + "0", address.slice(2) + "00", "0x" + "g".repeat(40)]) {
    assert.throws(() => checksumAddress(wrong), TypeError)
  }
})

test("the message is that of EIP-4361, with and without a statement", () => {
  const message = {
    domain: "app.example:8443", address, uri: "https://app.example:8443/", chainID: 10, nonce: "0123456789abcdef",
    issuedAt: new Date(Date.UTC(2026, 0, 2, 3, 4, 5)),
  }
  const head = "app.example:8443 wants you to sign in with your Ethereum account:\n" +
    "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\n\n"
  const tail = "\nURI: https://app.example:8443/\nVersion: 1\nChain ID: 10\nNonce: 0123456789abcdef\n" +
    "Issued At: 2026-01-02T03:04:05.000Z"
  assert.equal(signInMessage(message), head + tail)
  assert.equal(signInMessage({ ...message, statement: "Hello." }), `${head}Hello.\n${tail}`)
})

test("what no message can say is refused", () => {
  const message = { domain: "a.example", address, uri: "https://a.example/", chainID: 1, nonce: "0", issuedAt: new Date(0) }
  for (const part of [{ statement: "two\nlines" }, { statement: "" }, { domain: "" }, { uri: "" }, { address: "0x1" }]) {
    assert.throws(() => signInMessage({ ...message, ...part }), TypeError)
  }
})

test("signing in asks, signs, and trades both for a session; cookies go along", async () => {
  const session = { id: "1", wallet_address: address, user: { username: null } }
  const answers = {
    "POST /auth/nonce": { nonce: "0123456789abcdef", expires_at: "2026-01-02T03:09:05Z" },
    "POST /auth/verify": session,
    "PATCH /auth/session": { ...session, user: { username: "ada" } },
    "GET /auth/session": session,
    "GET /auth/sessions": { sessions: [{ id: "1", current: true }] },
  }
  const log = []
  const client = new MintcacheClient("", {
    fetch: async (url, { method, credentials, body }) => {
      assert.equal(credentials, "include")
      log.push([`${method} ${url}`, body === undefined ? undefined : JSON.parse(body)])
      const answer = answers[`${method} ${url}`]
      return answer === undefined ? new Response(null, { status: 204 }) : Response.json(answer)
    },
  })
  let signed
  const sign = async (message) => { signed = message; return "0x5159" }
  const how = { address, sign, domain: "a.example", uri: "https://a.example/", statement: "Hello." }
  assert.deepEqual(await client.sessions.signIn(how), session)
  assert.match(signed, /^a\.example wants [^]*\nHello\.\n\nURI: https:\/\/a\.example\/\n[^]*\nNonce: 0123456789abcdef\n/)
  assert.equal((await client.sessions.setUsername("ada")).user.username, "ada")
  assert.deepEqual(await client.sessions.current(), session)
  assert.deepEqual(await client.sessions.list(), [{ id: "1", current: true }])
  assert.equal(await client.sessions.signOut(), undefined)
  assert.equal(await client.sessions.signOutEverywhere(), undefined)
  assert.deepEqual(log, [
    ["POST /auth/nonce", {}],
    ["POST /auth/verify", { message: signed, signature: "0x5159" }],
    ["PATCH /auth/session", { username: "ada" }],
    ["GET /auth/session", undefined],
    ["GET /auth/sessions", undefined],
    ["DELETE /auth/session", undefined],
    ["DELETE /auth/sessions", undefined],
  ])
})

test("a wallet that refuses ends signing in", async () => {
  const client = new MintcacheClient("", { fetch: async () => Response.json({ nonce: "0123456789abcdef" }) })
  const refusal = new Error("the user said no")
  const sign = () => Promise.reject(refusal)
  await assert.rejects(client.sessions.signIn({ address, sign, domain: "a", uri: "https://a/" }), (error) => error === refusal)
})
