public import EventLoops
import UpstreamFetching

/// Talks to a running proxy's admin API, for the commands of the command line.
public struct AdminClient: Sendable {
    public struct Answer: Sendable {
        public let status: Int
        public let body: String

        public var isSuccess: Bool { (200..<300).contains(status) }
    }

    let client: UpstreamClient
    let base: String
    private let token: String

    /// `address` is the admin listener's; a wildcard address is reached by loopback.
    public init(address: ListenAddress, token: String, on loop: EventLoop) {
        client = UpstreamClient(loop: loop)
        base = "http://" + address.reachable.description
        self.token = token
    }

    /// Throws one line that says what to do.
    ///
    /// - Parameter limit: how long to wait for the answer.
    public func get(_ path: String, within limit: Duration = .seconds(10)) async throws(StartupError) -> Answer {
        try await send(.get, path, body: "", within: limit)
    }

    /// Throws one line that says what to do.
    public func delete(_ path: String) async throws(StartupError) -> Answer {
        try await send(.delete, path, body: "", within: .seconds(10))
    }

    /// Sends JSON, or what the type says. Throws one line that says what to do.
    ///
    /// - Parameter limit: how long to wait for the answer.
    public func post(
        _ path: String, _ body: String, type: String = "application/json", within limit: Duration = .seconds(10)
    ) async throws(StartupError) -> Answer {
        try await send(.post, path, body: body, type: type, within: limit)
    }

    /// The fields by which the server knows who asks.
    var authorization: [(name: String, value: String)] {
        token.isEmpty ? [] : [("authorization", "Bearer \(token)")]
    }

    private func send(
        _ method: UpstreamRequest.Method, _ path: String, body: String, type: String = "application/json",
        within limit: Duration
    ) async throws(StartupError) -> Answer {
        var request = UpstreamRequest(base + path, trust: .configured, method: method, body: Array(body.utf8))
        request.fields = authorization.map { UpstreamField($0.name, $0.value) }
        if !body.isEmpty { request.fields.append(UpstreamField("content-type", type)) }
        request.timeout = limit
        do throws(FetchFailure) {
            let response = try await client.fetch(request)
            return Answer(status: response.status, body: String(decoding: response.body, as: UTF8.self))
        } catch {
            throw StartupError("no answer from \(base): \(error.detail)")
        }
    }

    /// The token as the server would take it: configured, else from its file.
    public static func token(for admin: Configuration.Admin) throws(StartupError) -> String {
        if !admin.token.isEmpty { return admin.token }
        guard let text = FileContents.text(at: admin.tokenFile) else {
            throw StartupError(
                "no admin token: set admin.token, or start the proxy once so that it makes \(admin.tokenFile)")
        }
        return text.trimming { $0.isWhitespace || $0.isNewline }
    }
}

extension ListenAddress {
    /// Where a client on this machine reaches the listener.
    public var reachable: ListenAddress {
        switch host {
        case "0.0.0.0": ListenAddress(host: "127.0.0.1", port: port)
        case "::": ListenAddress(host: "::1", port: port)
        case _: self
        }
    }
}
