import HTTPCaching
import UpstreamFetching

extension AdminClient {
    /// Follows server-sent events until the stream ends, whoever ends it; there are none when it was refused.
    ///
    /// - Parameter hear: gets the data of each event.
    /// - Throws: one line when the stream broke off.
    public func follow(_ path: String, _ hear: (String) -> Void) async throws(StartupError) {
        var fields = HeaderFields()
        for (name, value) in authorization { fields.append(name, value) }
        fields.append("accept", "text/event-stream")
        let request = ExchangeRequest(
            origin: base, target: Array(path.utf8), fields: fields, trust: .configured, idleTimeout: .seconds(45),
            isRepeatable: true)
        do throws(FetchFailure) {
            let exchange = try await client.open(request)
            var reader = EventReader()
            while exchange.head.status == 200, let piece = try await exchange.nextPiece() {
                for data in reader.data(in: piece) { hear(data) }
            }
        } catch {
            throw StartupError("no events from \(base): \(error.detail)")
        }
    }
}

/// Takes the data out of server-sent events (HTML, section 9.2), each of one line, as this program sends them.
struct EventReader {
    /// A job's document is never longer.
    private static let longestLine = 4 * 1024 * 1024

    private var line: [UInt8] = []

    mutating func data(in piece: [UInt8]) -> [String] {
        var found: [String] = []
        for byte in piece {
            guard byte == UInt8(ascii: "\n") else {
                if line.count < Self.longestLine { line.append(byte) }
                continue
            }
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix("data: ") { found.append(String(text.dropFirst(6))) }
            line.removeAll(keepingCapacity: true)
        }
        return found
    }
}
