import Caching

extension StoreError {
    init(_ error: RedisError) {
        let kind: Kind =
            switch error {
            case .unreachable, .turnedAway, .closed: .unreachable
            case .timedOut: .timeout
            case .refused: .refused
            case .malformed: .invalid
            case .overloaded: .overloaded
            }
        self.init(kind: kind, detail: error.description)
    }

    init(_ error: RedisServerError) {
        let kind: Kind =
            switch error.meaning {
            case .unavailable, .full, .redirection, .clusterDown: .unreachable
            case .credentials, .permission, .readOnly, .writesStopped: .refused
            case .outOfMemory: .overloaded
            case .command: .invalid
            }
        self.init(kind: kind, detail: "Redis answers: \(error)")
    }

    /// For a reply of a form that the command does not have.
    init(unexpectedReplyTo command: StaticString) {
        self.init(kind: .invalid, detail: "Redis gives \(command) an answer of a wrong form")
    }

    /// For a reply that is an error, or of a form that the command does not have.
    init(unexpected reply: RedisReply, to command: StaticString) {
        if let error = reply.serverError { self.init(error) } else { self.init(unexpectedReplyTo: command) }
    }
}
