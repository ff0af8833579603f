import EventLoops
import Tokens
import UpstreamFetching

/// Why a chain said nothing about its events.
enum ReadingFailure: Error, Sendable, Equatable {
    /// Fewer blocks or contracts may be answered.
    case tooMuch
    /// Fewer contracts may be answered.
    case tooManyContracts
    /// Not now. For the log: a host, and a reason without anything that may be secret.
    case unanswered(host: String, reason: String)
}

/// Asks a chain's endpoints about its events, one after another until one answers.
struct ChainReader: Sendable {
    private static let maximumAnswerBytes = 16 * 1024 * 1024

    let client: UpstreamClient
    let endpoints: [Configuration.Endpoint]
    /// For one question to one endpoint.
    let timeout: Duration

    func head() async throws(ReadingFailure) -> UInt64 {
        try await ask(.head) { EventRequest.head(in: $0) }
    }

    /// The hash of a block that must be there.
    func hash(of block: UInt64) async throws(ReadingFailure) -> UInt256 {
        try await ask(.block(block)) { body in
            switch EventRequest.blockHash(in: body) {
            case .value(let hash?): .value(hash)
            case .value(nil): .refused(.fault(code: nil, message: "the node does not have the block"))
            case .refused(let refusal): .refused(refusal)
            }
        }
    }

    func logs(
        of contracts: [ContractAddress], in blocks: ClosedRange<UInt64>
    ) async throws(ReadingFailure) -> EventLogs {
        try await ask(.logs(contracts, blocks)) { EventRequest.logs(in: $0, of: blocks) }
    }

    private func ask<Value: Sendable>(
        _ question: EventRequest, _ read: @escaping @Sendable ([UInt8]) -> EventAnswer<Value>
    ) async throws(ReadingFailure) -> Value {
        let body = question.body
        var failure = ReadingFailure.unanswered(host: "", reason: "no endpoint")
        for endpoint in endpoints {
            do throws(ReadingFailure) {
                return try await ask(endpoint, body, read)
            } catch {
                failure = error
                // A smaller question is a better idea than another endpoint.
                if case .unanswered = error { continue }
                throw error
            }
        }
        throw failure
    }

    private func ask<Value: Sendable>(
        _ endpoint: Configuration.Endpoint, _ body: [UInt8],
        _ read: @escaping @Sendable ([UInt8]) -> EventAnswer<Value>
    ) async throws(ReadingFailure) -> Value {
        var request = UpstreamRequest(
            endpoint.url, trust: .configured, method: .post,
            fields: endpoint.fields + [UpstreamField("content-type", "application/json")], body: body)
        request.isRepeatable = true
        request.maximumBodyBytes = Self.maximumAnswerBytes
        request.timeout = timeout
        let response: UpstreamResponse
        do throws(FetchFailure) {
            response = try await client.fetch(request)
        } catch {
            if error.kind == .tooLarge { throw .tooMuch }
            throw .unanswered(host: error.origin, reason: error.label)
        }
        // Refusals come with every status, and then the body tells which.
        switch await Self.answer(response.body, read) {
        case .value(let value) where response.isSuccess: return value
        case .refused(.tooMuch): throw .tooMuch
        case .refused(.tooManyContracts): throw .tooManyContracts
        case .refused where response.status == 413: throw .tooMuch
        case .refused(.fault(let code?, message: _)):
            throw .unanswered(host: Self.host(endpoint), reason: "rpc-error \(code)")
        case .value, .refused:
            let reason = response.isSuccess ? "no usable answer" : "status \(response.status)"
            throw .unanswered(host: Self.host(endpoint), reason: reason)
        }
    }

    /// Large answers are read off the loop.
    private static func answer<Value: Sendable>(
        _ body: [UInt8], _ read: @escaping @Sendable ([UInt8]) -> EventAnswer<Value>
    ) async -> EventAnswer<Value> {
        guard LargeDocument.isLarge(body) else { return read(body) }
        return await Task.detached { read(body) }.value
    }

    private static func host(_ endpoint: Configuration.Endpoint) -> String {
        (try? UpstreamURL(parsing: endpoint.url))?.authority ?? "?"
    }
}
