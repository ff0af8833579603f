import EventLoops
import HTTPServing

/// Requests under `/auth/`.
extension PublicHandler {
    /// `nil` when the path lies elsewhere, or sessions are not enabled.
    func handleAuth(
        _ request: borrowing RequestHead, _ number: UInt64, _ writer: inout ResponseWriter
    ) -> Handling? {
        guard let rules = rules.sessions, AuthResource.isPrefix(of: request.path) else { return nil }
        do throws(Problem) {
            let client = ClientKey(self.rules.trustedProxies.client(of: request))
            if let seconds = rules.clients.admit(client, at: shared.time.at(loop.now)) {
                shared.metrics.rateLimitedRequests.increment()
                throw .addressLimited(seconds: seconds)
            }
            let path = CanonicalPath.plain(request.path) ?? ""
            guard let resource = AuthResource(path: path) else { throw .unknownRoute(path) }
            if request.method == .options {
                return preflight(
                    request, allowing: resource.methods, fields: "Content-Type, X-Request-Id",
                    origins: rules.crossOrigin, isKept: false, &writer)
            }
            guard resource.allows(request.method) else { throw .methodNotAllowed(resource.methods) }
            guard request.query == nil else { throw .invalidRequest("This route takes no query parameters.") }
            return .deferred { [self] exchange in answer(exchange, resource, client, rules, number) }
        } catch {
            return respond(error.response, request, number, since: loop.now, for: rules.crossOrigin, &writer)
        }
    }

    private func answer(
        _ exchange: Exchange, _ resource: AuthResource, _ client: ClientKey, _ rules: SessionRules, _ number: UInt64
    ) {
        let handler = LoopBound(self, on: loop)
        let conversation = AuthConversation(exchange: exchange, client: client, rules: rules, desk: shared.sessions)
        Task(executorPreference: loop) {
            let response: Response?
            do throws(Problem) {
                response = try await conversation.answer(resource)
            } catch {
                response = error.response
            }
            guard let response else { return }
            handler.value.respond(to: exchange, number, response, for: rules.crossOrigin)
        }
    }
}
