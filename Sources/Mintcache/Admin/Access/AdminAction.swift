import EventLoops
import HTTPServing

/// What an administrator does, for the audit log: one line for each action, whatever came of it. Looking at statistics,
/// progress and the like is none; an explanation is, because it asks the sources.
struct AdminAction: Sendable {
    private static let prefix = "/admin/"

    let name: String
    let target: String
    let client: SocketAddress
    let peer: SocketAddress
    /// What it is about, where the target does not tell.
    var subject = ""

    /// Nil for what only looks.
    init?(_ request: Request, of client: SocketAddress) {
        guard request.path.hasPrefix(Self.prefix) else { return nil }
        let rest = request.path.dropFirst(Self.prefix.count)
        let first = String(rest.prefix { $0 != "/" }.prefix(32))
        switch request.method {
        case .get where first == "explain": name = first
        case .get, .head, .options: return nil
        case .delete where first == "sessions": name = "end-sessions"
        case .delete: name = "cancel"
        case _: name = first
        }
        target = String(request.path.prefix(200))
        self.client = client
        peer = request.peer
    }

    /// Writes the line.
    ///
    /// - Parameter slug: of the problem, when there was one.
    func log(_ response: Response, _ slug: String?, to log: Logger) {
        let location = response.fields.first { $0.name == "Location" }?.value
        log.audit(
            "admin action",
            [
                "action": name, "target": target, "subject": subject,
                "client": client.numericHost, "peer": "\(peer)", "status": String(response.status),
                "result": slug ?? location ?? "done",
            ])
    }
}
