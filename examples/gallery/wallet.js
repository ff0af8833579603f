// @ts-check
// The button for signing in: there when the browser has a wallet and the proxy keeps sessions.
import { ProblemError } from "./client/index.js"
import { element } from "./page.js"

/** @typedef {import("./client/index.js").Session} Session */
/** @typedef {{ request(call: { method: string, params?: unknown[] }): Promise<any> }} Provider EIP-1193 */

/** @param {import("./client/index.js").Sessions} sessions */
export async function startWallet(sessions) {
  /** @type {Provider | undefined} */
  const provider = /** @type {any} */ (window).ethereum
  if (provider === undefined) return
  const [place, account] = [element("#wallet", HTMLElement), element("#account", HTMLElement)]
  const button = element("#sign", HTMLButtonElement)
  /** @type {Session | undefined} */
  let session

  /** @param {Session | undefined} next */
  const show = (next) => {
    session = next
    button.textContent = session === undefined ? "Sign in" : "Sign out"
    account.textContent = session === undefined ? "" : session.user.username ?? shortened(session.wallet_address)
    place.hidden = false
  }

  button.addEventListener("click", async () => {
    button.disabled = true
    try {
      show(session === undefined ? await signIn(sessions, provider) : await sessions.signOut().then(() => undefined))
    } catch (error) {
      account.textContent = error instanceof Error ? error.message : "The wallet refused."
    } finally {
      button.disabled = false
    }
  })

  try {
    show(await sessions.current())
  } catch (error) {
    if (error instanceof ProblemError && error.slug === "session-required") show(undefined)
  }
}

/**
 * @param {import("./client/index.js").Sessions} sessions
 * @param {Provider} provider
 */
async function signIn(sessions, provider) {
  const [address] = await provider.request({ method: "eth_requestAccounts" })
  const chainID = Number(await provider.request({ method: "eth_chainId" }))
  return sessions.signIn({
    address,
    chainID,
    statement: "Sign in to the gallery.",
    sign: (message) => provider.request({ method: "personal_sign", params: [hexadecimal(message), address] }),
  })
}

/** @param {string} text */
function hexadecimal(text) {
  return "0x" + Array.from(new TextEncoder().encode(text), (octet) => octet.toString(16).padStart(2, "0")).join("")
}

/** @param {string} address */
function shortened(address) {
  return `${address.slice(0, 6)}…${address.slice(-4)}`
}
