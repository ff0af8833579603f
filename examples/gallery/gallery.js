// @ts-check
// Shows a run of tokens of one contract: places for all of them at once, each filled when its line of the batch comes.
import { MintcacheClient } from "./client/index.js"
import { Card } from "./card.js"
import { startWallet } from "./wallet.js"
import { element } from "./page.js"

const base = element("meta[name=mintcache]", HTMLMetaElement).content
const mintcache = new MintcacheClient(base)

const form = element("#choice", HTMLFormElement)
const stop = element("#stop", HTMLButtonElement)
const status = element("#status", HTMLElement)
const progress = element("#progress", HTMLProgressElement)
const list = element("#tokens", HTMLOListElement)

/**
 * Ends the batch that is on its way.
 * @type {AbortController | undefined}
 */
let current

/** @returns {import("./client/index.js").TokenParts[]} */
function chosen() {
  const choice = new FormData(form)
  const [chain, contract] = [String(choice.get("chain")), String(choice.get("contract"))]
  const first = BigInt(String(choice.get("from")))
  return Array.from({ length: Number(choice.get("count")) }, (_, place) => {
    return { chain, contract, token_id: String(first + BigInt(place)) }
  })
}

async function show() {
  current?.abort()
  const controller = (current = new AbortController())
  const cards = chosen().map((reference) => new Card(reference, mintcache))
  list.replaceChildren(...cards.map((card) => card.root))
  begin(cards.length)
  const counts = { shown: 0, failed: 0 }
  try {
    for await (const item of mintcache.batch(cards.map((card) => card.reference), { signal: controller.signal })) {
      cards[item.index]?.show(item)
      counts[item.token ? "shown" : "failed"] += 1
      progress.value = counts.shown + counts.failed
    }
    end(summary(counts))
  } catch (error) {
    // Another choice was made meanwhile, and its own batch is on its way.
    if (current !== controller) return
    const words = controller.signal.aborted ? "Stopped." : String(error instanceof Error ? error.message : error)
    for (const card of cards) card.giveUp(controller.signal.aborted ? "not asked for any more" : "did not come")
    end(`${words} ${summary(counts)}`)
  }
}

/** @param {number} count */
function begin(count) {
  progress.max = count
  progress.value = 0
  progress.hidden = stop.hidden = false
  status.textContent = `Asking for ${count} tokens…`
}

/** @param {string} words */
function end(words) {
  progress.hidden = stop.hidden = true
  status.textContent = words
}

/** @param {{ shown: number, failed: number }} counts */
function summary({ shown, failed }) {
  return `${shown} shown${failed > 0 ? `, ${failed} with a problem` : ""}.`
}

/** Keeps the choice in the page's address, so that it can be passed on and comes back on reload. */
function remember() {
  const choice = new URLSearchParams()
  for (const [name, value] of new FormData(form)) choice.set(name, String(value))
  history.replaceState(null, "", `?${choice}`)
}

function recall() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    const input = form.elements.namedItem(name)
    if (input instanceof HTMLInputElement) input.value = value
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault()
  remember()
  show()
})
stop.addEventListener("click", () => current?.abort())
recall()
if (form.checkValidity()) show()
startWallet(mintcache.sessions)
