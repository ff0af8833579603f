import EventLoops
import HTTPCaching
import UpstreamFetching

/// Why content is not served, by all that the gateways said.
struct ContentProblem {
    private(set) var problem: Problem
    /// Whether nobody was asked, because too much is under way already.
    let isOverload: Bool

    init(_ wish: ContentWish, _ attempts: [ContentRace.Attempt], on route: Route) {
        let kinds = attempts.map(\.absence.kind)
        isOverload = !attempts.isEmpty && attempts.allSatisfy(\.absence.isOverload)
        problem = Self.problem(kinds)
        problem.source = route.name
        problem.upstreamStatus = attempts.last(where: { $0.absence.status != nil })?.absence.status
        problem.attempts = attempts.map { attempt in
            Problem.Attempt(
                source: route.name, step: "content",
                host: (try? UpstreamURL(parsing: attempt.gateway.url))?.authority ?? "?",
                outcome: attempt.absence.label, milliseconds: attempt.duration.inMilliseconds)
        }
    }

    /// One gateway's word is not believed for all: only when every one says no, there is no such content.
    private static func problem(_ kinds: [Absence.Kind]) -> Problem {
        func all(_ wanted: Absence.Kind...) -> Bool { !kinds.isEmpty && kinds.allSatisfy(wanted.contains) }
        var problem: Problem
        if kinds.contains(.tooLarge) {
            problem = Problem(
                502, "upstream-failed", "Upstream failed", detail: "The content is larger than is served here.")
            problem.isRetryable = false
        } else if all(.absent, .directory) {
            let detail =
                kinds.contains(.directory)
                ? "The address names a directory, and no gateway has a file for it."
                : "No configured gateway has this content."
            problem = Problem(404, "content-not-found", "Content not found", detail: detail)
            problem.isRetryable = false
        } else if all(.absent, .directory, .withheld) {
            problem = Problem(
                451, "content-withheld", "Content withheld",
                detail: "The configured gateways withhold this content for legal reasons, or do not have it.")
            problem.isRetryable = false
        } else if all(.late) {
            problem = Problem(
                504, "upstream-timeout", "Upstream timeout", detail: "No configured gateway answered in time.")
            problem.isRetryable = true
        } else {
            problem = Problem(
                502, "upstream-failed", "Upstream failed", detail: "No configured gateway gave this content.")
            problem.isRetryable = true
        }
        return problem
    }

    func fields(_ rules: ContentRules) -> HeaderFields {
        var fields = HeaderFields([
            FieldLine("Content-Type", "application/problem+json"), FieldLine("X-Content-Type-Options", "nosniff"),
            FieldLine("Content-Security-Policy", "default-src 'none'; sandbox"),
        ])
        if problem.status < 500 {
            fields.append("Cache-Control", "public, max-age=\(rules.negativeTTL / 1000)")
        } else {
            fields.append("Cache-Control", "no-store")
            if problem.isRetryable == true { fields.append("Retry-After", "\(max(1, rules.errorTTL / 1000))") }
        }
        return fields
    }
}
