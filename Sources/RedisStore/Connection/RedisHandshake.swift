/// What is said first on a connection, in one write: who we are, which database, and whether anybody answers.
struct RedisHandshake {
    private enum Step {
        case authentication, selection, name, ping
    }

    let commands: [RedisCommand]
    private let steps: [Step]

    init(_ credentials: RedisURL.Credentials?, database: Int, name: String?) {
        var plan: [(Step, RedisCommand)] = []
        if let credentials {
            let password = credentials.password
            let command = credentials.user.map { RedisCommand("AUTH", $0, password) } ?? RedisCommand("AUTH", password)
            plan.append((.authentication, command))
        }
        if database != 0 { plan.append((.selection, RedisCommand("SELECT", "\(database)"))) }
        if let name { plan.append((.name, RedisCommand("CLIENT", "SETNAME", name))) }
        plan.append((.ping, RedisCommand("PING")))
        commands = plan.map(\.1)
        steps = plan.map(\.0)
    }

    /// Throws when the replies say that the connection cannot be used.
    func check(_ replies: [RedisReply]) throws(RedisError) {
        for (step, reply) in zip(steps, replies) {
            guard let error = reply.serverError else { continue }
            switch error.meaning {
            case .unavailable: throw .unreachable(error.description)
            case .credentials: throw .refused(error.code)
            case .full: throw .turnedAway
            case .permission, .readOnly, .outOfMemory, .writesStopped, .redirection, .clusterDown, .command:
                try Self.check(step, error)
            }
        }
    }

    private static func check(_ step: Step, _ error: RedisServerError) throws(RedisError) {
        switch step {
        // Some servers quote the arguments of a command they do not take, so their words stay here.
        case .authentication: throw .refused("AUTH failed with \(error.code)")
        case .selection: throw .refused("SELECT failed: \(error)")
        // Without a name, or without the right to ping, everything else works.
        case .name, .ping: break
        }
    }
}
