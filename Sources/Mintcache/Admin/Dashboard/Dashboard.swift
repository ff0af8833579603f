import Caching
import EventLoops
import HTTPServing
import Tokens

/// What the admin listener has for the page that people look at, besides the rest of the admin API.
struct Dashboard: Sendable {
    let files: DashboardFiles
    let feed: DashboardFeed
    let statistics: Statistics
    let images: TokenImages
    let recent: RecentEvents
    let board: FlightBoard
    let configuration: @Sendable () -> Configuration

    /// Answers a request for the events; the response is that of a refusal.
    func stream(to exchange: Exchange) async -> Response? {
        do throws(Problem) {
            try await feed.stream(statistics, to: exchange)
            return nil
        } catch {
            return error.response
        }
    }

    /// A token as the public listener has it, sources asked if need be.
    func token(_ reference: TokenReference, as representation: TokenRepresentation) async throws(Problem) -> Response {
        let limit = configuration().server.timeouts.request
        let delivery = await board.delivery(of: reference, as: representation, within: limit)
        if let problem = delivery.problem { throw problem }
        let answer = delivery.entry.answer
        guard answer.status == 200 || answer.status == 302 else {
            return Self.response(answer, type: "application/problem+json")
        }
        switch representation {
        case .object: return Self.response(answer, type: "application/json")
        // Whatever it is, browsers are to take it for text.
        case .metadata: return Self.response(answer, type: "text/plain; charset=utf-8")
        case .image:
            guard let record = delivery.entry.record else { throw .imageNotFound("Nothing is known of the token.") }
            return try await images.image(of: record)
        }
    }

    private static func response(_ answer: CacheEntry.Answer, type: String) -> Response {
        Response(
            status: answer.status,
            fields: [
                ("Content-Type", type), ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"),
                ("Content-Security-Policy", "default-src 'none'; sandbox"),
            ], body: Array(answer.identity.body.bytes))
    }
}
