import Mintcache

extension AdminConnection {
    /// Shows the progress of a job until it is over, then what came of it. Throws when tokens failed.
    func follow(_ identifier: String, json: Bool) async throws {
        while true {
            let text = try await get("/admin/warm/\(identifier)")
            let progress = try WarmProgress(text)
            if !json, StandardError.isTerminal { StandardError.write("\r\(progress.bar)") }
            guard progress.isOver else {
                await pause(.milliseconds(200))
                continue
            }
            print(json ? text : (StandardError.isTerminal ? "\n" : "") + progress.summary)
            guard progress.failed == 0 else {
                throw CommandFailure(code: 1, description: "\(progress.failed) tokens failed")
            }
            return
        }
    }
}
