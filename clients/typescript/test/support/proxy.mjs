// A proxy of the test's own: the built program with the bundled sample of the internet, on ports the system chooses.
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../../", import.meta.url))
const program = process.env.MINTCACHE ?? join(root, ".build/debug/mintcache")
const patience = 20_000

/** Collections of the sample upstream. */
export const orchard = "0xccAF9855650Ffe6522992BFf52E420D656ABe29a"
export const inkwell = "0x1bc6A493F365769Edd5B3AeF1Fffd031d74096c0"

export async function startProxy() {
  const folder = await mkdtemp(join(tmpdir(), "mintcache-client-"))
  const configuration = join(folder, "mintcache.yaml")
  await writeFile(configuration, [
    'server: { listen: "127.0.0.1:0" }',
    'admin: { listen: "127.0.0.1:0", token: "a-token-for-this-test" }',
    `archive: { url: "sqlite:${join(folder, "archive.db")}" }`,
    "log: { access: false }",
    "",
  ].join("\n"))
  const child = spawn(program, ["serve", "--demo", "--config", configuration], { cwd: root, stdio: "pipe" })
  const ended = new Promise((resolve) => child.once("close", resolve))
  try {
    const url = await announcedURL(child)
    return {
      url,
      async stop() {
        child.kill("SIGTERM")
        const status = await ended
        await rm(folder, { recursive: true, force: true })
        return status
      },
    }
  } catch (error) {
    child.kill("SIGKILL")
    await ended
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Where it says that it listens. */
function announcedURL(child) {
  return new Promise((resolve, reject) => {
    let said = ""
    const listen = (chunk) => {
      said += chunk
      const match = /^mintcache .*?: (http:\/\/[^,\s]+)/m.exec(said)
      if (match) resolve(match[1])
    }
    child.stdout.on("data", listen)
    child.stderr.on("data", listen)
    child.once("error", reject)
    child.once("close", (status) => reject(new Error(`${program} ended with ${status}:\n${said}`)))
    setTimeout(() => reject(new Error(`${program} did not start:\n${said}`)), patience).unref()
  })
}
