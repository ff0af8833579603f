// @ts-check
import { ProblemError } from "./client/index.js"
import { element } from "./page.js"

/** @typedef {import("./client/index.js").Token} Token */

const traitsShown = 4

/** A token's place in the list, from before it has come. */
export class Card {
  /**
   * @param {import("./client/index.js").TokenParts} reference
   * @param {import("./client/index.js").MintcacheClient} mintcache
   */
  constructor(reference, mintcache) {
    this.reference = reference
    this.mintcache = mintcache
    const copy = element("#card", HTMLTemplateElement).content.cloneNode(true)
    this.root = element(".card", HTMLLIElement, /** @type {DocumentFragment} */ (copy))
    this.#part(".name").textContent = `#${reference.token_id}`
    this.#again.addEventListener("click", () => (this.#isBroken ? this.#askAgain() : this.#fetchAnew()))
  }

  /** @param {import("./client/index.js").BatchItem} item */
  show(item) {
    this.root.ariaBusy = "false"
    this.#part(".cache").textContent = item.token && item.cache !== undefined ? provenance(item.cache) : ""
    if (item.token) this.#showToken(item.token)
    else this.#fail(`${item.problem.title}. ${item.problem.detail ?? ""}`, item.problem.retryable !== false)
  }

  /**
   * What has not come will not come.
   * @param {string} reason
   */
  giveUp(reason) {
    if (this.root.ariaBusy !== "true") return
    this.root.ariaBusy = "false"
    this.#fail(`The token ${reason}.`, true)
  }

  /** @param {Token} token */
  #showToken(token) {
    this.root.classList.remove("broken")
    this.#again.textContent = "Fetch anew"
    this.root.classList.toggle("aged", token.stale)
    this.#part(".name").textContent = token.name ?? `#${token.token_id}`
    this.#note(token.stale ? `An older copy, of ${new Date(token.fetched_at).toLocaleString()}` : "")
    this.#showTraits(token)
    this.#showImage(token)
    this.#again.hidden = false
  }

  /** @param {Token} token */
  #showTraits(token) {
    const list = this.#part(".traits")
    list.replaceChildren(...token.attributes.slice(0, traitsShown).map(({ trait_type, value }) => {
      const [item, name] = [document.createElement("li"), document.createElement("b")]
      name.textContent = trait_type === null ? "" : `${trait_type} `
      item.append(name, typeof value === "string" ? value : JSON.stringify(value))
      return item
    }))
    list.hidden = list.childElementCount === 0
  }

  /** @param {Token} token */
  #showImage(token) {
    const image = element("img", HTMLImageElement, this.root)
    image.hidden = token.image === null
    if (token.image === null) return
    image.alt = token.name === null ? "The token's image" : `Image of ${token.name}`
    image.onerror = () => { image.hidden = true }
    // Pixel art stays sharp when it is enlarged.
    image.onload = () => image.classList.toggle("pixels", image.naturalWidth < 100)
    image.src = this.mintcache.imageURL(this.reference)
  }

  async #askAgain() {
    this.#again.disabled = true
    try {
      this.#showToken(await this.mintcache.token(this.reference))
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error), true)
    } finally {
      this.#again.disabled = false
    }
  }

  async #fetchAnew() {
    this.#again.disabled = true
    try {
      const { cooldown_seconds } = await this.mintcache.refresh(this.reference)
      this.#again.textContent = "Asked for"
      setTimeout(() => this.#offerAgain(), cooldown_seconds * 1000)
    } catch (error) {
      const seconds = error instanceof ProblemError ? error.retryAfter : undefined
      this.#again.textContent = seconds === undefined ? "Did not work" : `Again in ${seconds} s`
      setTimeout(() => this.#offerAgain(), (seconds ?? 5) * 1000)
    }
  }

  #offerAgain() {
    this.#again.disabled = false
    this.#again.textContent = "Fetch anew"
  }

  /**
   * @param {string} words
   * @param {boolean} canBeAskedAgain
   */
  #fail(words, canBeAskedAgain) {
    this.root.classList.add("broken")
    this.#note(words)
    this.#again.textContent = "Try again"
    this.#again.hidden = !canBeAskedAgain
  }

  /** @param {string} words */
  #note(words) {
    const note = this.#part(".note")
    note.textContent = words
    note.hidden = words === ""
  }

  get #isBroken() {
    return this.root.classList.contains("broken")
  }

  get #again() {
    return element(".again", HTMLButtonElement, this.root)
  }

  /** @param {string} selector */
  #part(selector) {
    return element(selector, HTMLElement, this.root)
  }
}

/**
 * `Cache-Status` (RFC 9211) for people.
 * @param {string} status
 */
function provenance(status) {
  const detail = /;\s*detail=(\w+)/.exec(status)?.[1]
  if (/;\s*hit\b/.test(status)) return detail === undefined ? "from the cache" : `from ${detail}`
  return /;\s*collapsed\b/.test(status) ? "fetched with others" : "fetched now"
}
