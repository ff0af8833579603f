// A server that answers as the test says, and tells how its requests end.
import { createServer } from "node:http"
import { once } from "node:events"

/** @param answer Called with each request and response. */
export async function startScript(answer) {
  const closings = []
  const server = createServer((request, response) => {
    closings.push(once(response, "close").then(() => response.writableFinished))
    answer(request, response)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Whether the answer to each request was finished before it was closed. */
    finished: () => Promise.all(closings),
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

export function sendLines(response, ...lines) {
  if (!response.headersSent) response.writeHead(200, { "Content-Type": "application/x-ndjson" })
  response.write(lines.map((line) => JSON.stringify(line) + "\n").join(""))
}
