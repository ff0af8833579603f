import EventLoops
import Mintcache
import Tokens

/// The admin API of the proxy that a configuration file describes.
struct AdminConnection {
    private let client: AdminClient
    private let loop: EventLoop

    init(_ file: ConfigurationOption) throws {
        let admin = try file.load().configuration.admin
        loop = try EventLoop(label: "mintcache.admin")
        client = AdminClient(address: admin.listen, token: try AdminClient.token(for: admin), on: loop)
    }

    func get(_ path: String, within limit: Duration = .seconds(10)) async throws -> String {
        try Self.body(of: try await client.get(path, within: limit))
    }

    func post(
        _ path: String, _ body: String, type: String = "application/json", within limit: Duration = .seconds(10)
    ) async throws -> String {
        try Self.body(of: try await client.post(path, body, type: type, within: limit))
    }

    func delete(_ path: String) async throws -> String {
        try Self.body(of: try await client.delete(path))
    }

    /// Hears the data of server-sent events until the stream ends.
    func events(_ path: String, _ hear: (String) -> Void) async throws {
        try await client.follow(path, hear)
    }

    func pause(_ duration: Duration) async {
        await loop.sleep(for: duration)
    }

    /// The answer as JSON.
    static func root(of text: String) throws -> JSONValue {
        do throws(JSONError) {
            return try JSONDocument(validating: Array(text.utf8)).root
        } catch {
            throw CommandFailure(code: 1, description: "mintcache: the admin API's answer is not JSON: \(error)")
        }
    }

    /// A problem is told in one line: what the admin API says of it.
    private static func body(of answer: AdminClient.Answer) throws -> String {
        guard answer.isSuccess else {
            let detail = try? root(of: answer.body)["detail"]?.string
            let reason = Outline.printable(detail ?? answer.body)
            throw CommandFailure(code: 1, description: "mintcache: status \(answer.status): \(reason)")
        }
        return answer.body
    }
}
