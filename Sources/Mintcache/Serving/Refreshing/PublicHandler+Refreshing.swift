import EventLoops
import HTTPCaching
import HTTPServing
import Tokens

/// `POST …/refresh`: 202, and the token is fetched anew behind.
extension PublicHandler {
    func refresh(_ reference: TokenReference, for exchange: Exchange, _ number: UInt64) {
        let handler = LoopBound(self, on: loop)
        Task(executorPreference: loop) { [desk = shared.refreshDesk] in
            let verdict = await desk.request(reference)
            handler.value.answer(exchange, number, reference, verdict)
        }
    }

    private func answer(
        _ exchange: Exchange, _ number: UInt64, _ reference: TokenReference, _ verdict: RefreshDesk.Verdict
    ) {
        switch verdict {
        case .underWay: accept(exchange, number, reference, state: "under-way")
        case .queued: accept(exchange, number, reference, state: "queued")
        case .coolingDown(let seconds): respond(to: exchange, number, with: .refreshCooldown(seconds: seconds))
        case .overloaded: respond(to: exchange, number, with: .overloaded(.fetches))
        }
    }

    /// RFC 9110, section 15.3.3: the answer says how far it is, and where to look.
    private func accept(_ exchange: Exchange, _ number: UInt64, _ reference: TokenReference, state: String) {
        let contract = reference.contract.checksummed(on: reference.chain)
        let location = "/v1/\(reference.chain)/\(contract)/\(reference.token)"
        let body = JSONNode.object([
            ("chain", .string(reference.chain.description)), ("contract", .string(contract)),
            ("token_id", .string(reference.token.description)), ("state", .string(state)),
            ("location", .string(location)),
            ("cooldown_seconds", .integer(Int(rules.refreshCooldown.wholeMilliseconds / 1000))),
        ])
        let fields = [
            ("Content-Type", "application/json"), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Location", location),
        ]
        respond(to: exchange, number, Response(status: 202, fields: fields, body: body.bytes))
    }
}

extension Problem {
    static func refreshCooldown(seconds: Int) -> Problem {
        var problem = Problem(
            429, "refresh-cooldown", "Refresh cool-down",
            detail:
                "This token was refreshed a short while ago. Ask again in \(seconds) s; until then GET its own path "
                + "tells what the refresh brought.")
        problem.isRetryable = true
        problem.retryAfter = seconds
        return problem
    }
}
