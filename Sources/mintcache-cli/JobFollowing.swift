import Glibc
import Mintcache

extension AdminConnection {
    /// Starts a job; answers with what the admin API says.
    func start(_ selection: TokenSelection, _ path: String, _ request: WarmRequestText) async throws -> String {
        guard let file = selection.file else { return try await post(path, request.body) }
        return try await post(
            path + request.query, try Self.lines(of: file), type: "application/x-ndjson", within: .seconds(60))
    }

    private static func lines(of file: String) throws -> String {
        guard let stream = fopen(file == "-" ? "/dev/stdin" : file, "re") else {
            throw CommandFailure(code: 1, description: "mintcache: \(Outline.printable(file)) cannot be read")
        }
        defer { fclose(stream) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while case let count = fread(&piece, 1, piece.count, stream), count > 0 { bytes += piece[..<count] }
        guard !bytes.isEmpty else {
            throw CommandFailure(code: 1, description: "mintcache: \(Outline.printable(file)) is empty")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Shows the progress of a job until it is over, then what came of it. Throws when it did not succeed.
    func follow(_ identifier: String, json: Bool) async throws {
        let isShown = !json && StandardError.isTerminal
        // Whoever interrupts the command needs it, to follow or to cancel the job.
        if isShown { StandardError.write("job \(identifier)\n") }
        // Without events, or when they break off, the job is asked for itself.
        try? await events("/admin/warm/\(identifier)/events") { text in
            guard isShown, let progress = try? WarmProgress(text) else { return }
            StandardError.write("\r\(progress.bar)\u{1B}[K")
        }
        while true {
            let text = try await get("/admin/warm/\(identifier)")
            let progress = try WarmProgress(text)
            if isShown { StandardError.write("\r\(progress.bar)\u{1B}[K") }
            guard progress.isOver else {
                await pause(.seconds(1))
                continue
            }
            let lines = progress.summary.split(separator: "\n").map { Outline.printable(String($0)) }
            print(json ? text : (isShown ? "\n" : "") + lines.joined(separator: "\n"))
            guard progress.isSuccess else {
                throw CommandFailure(code: 1, description: "mintcache: \(progress.complaint)")
            }
            return
        }
    }
}
