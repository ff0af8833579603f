import Caching

/// Why a statement has no result.
enum PostgresFailure: Error {
    /// The server answered with an error.
    case server(ServerError)
    /// There is no connection, or it broke.
    case connection(String)
    /// The answer did not come in time.
    case timedOut(String)
    /// Too much is waiting already.
    case overloaded(String)

    /// An error report of the server, reduced to what may be logged: no detail and no context, which quote data.
    struct ServerError {
        /// Five characters (PostgreSQL manual, appendix A); empty when libpq made the report itself.
        let code: String
        let message: String
    }
}

extension PostgresFailure {
    /// What the caller of a statement can do about its failure.
    enum Remedy {
        /// A row in the statement is at fault: the same statement fails for ever, without the row it works.
        case withoutRow(ServerError)
        /// The statement took too long for the server, because of all its rows or of one that is locked or slow: with
        /// fewer rows it may work.
        case fewerRows(ServerError)
        /// Nothing is wrong with the rows: the same statement may work later.
        case later(StoreError)
    }

    var remedy: Remedy {
        switch self {
        case .connection(let reason): .later(StoreError(kind: .unreachable, detail: "postgres: \(reason)"))
        case .timedOut(let what): .later(StoreError(kind: .timeout, detail: "postgres: \(what)"))
        case .overloaded(let what): .later(StoreError(kind: .overloaded, detail: "postgres: \(what)"))
        case .server(let error):
            if error.isAboutRow {
                .withoutRow(error)
            } else if error.isAboutTime {
                .fewerRows(error)
            } else {
                .later(StoreError(kind: error.kind, detail: "postgres: \(error.message) (\(error.code))"))
            }
        }
    }

    /// The failure for a caller to whom rows do not matter.
    var storeError: StoreError {
        switch remedy {
        case .later(let error): error
        case .withoutRow(let error):
            StoreError(kind: .invalid, detail: "postgres: \(error.message) (\(error.code))")
        case .fewerRows(let error):
            StoreError(kind: error.kind, detail: "postgres: \(error.message) (\(error.code))")
        }
    }
}

extension PostgresFailure.ServerError {
    /// Data exceptions, constraint violations, limits such as nesting depth, and refusals by an operator's trigger.
    fileprivate var isAboutRow: Bool {
        ["22", "23", "54", "P0"].contains(code.prefix(2))
    }

    /// The limits that go with each transaction: `statement_timeout` and `lock_timeout`.
    fileprivate var isAboutTime: Bool {
        code == "57014" || code == "55P03"
    }

    fileprivate var kind: StoreError.Kind {
        switch code.prefix(2) {
        case "57" where code == "57014": .timeout
        // A standby answers 25006: the primary is elsewhere, or not yet.
        case "25" where code == "25006": .unreachable
        case "57", "08", "": .unreachable
        case "40", "53", "55": .overloaded
        default: .refused
        }
    }

    /// Whether a new connection may reach a server in better shape.
    fileprivate var endsConnection: Bool {
        code == "25006" || code.hasPrefix("57P")
    }
}

extension PostgresFailure {
    /// Whether the connection that brought this failure is of no more use.
    var endsConnection: Bool {
        switch self {
        case .server(let error): error.endsConnection
        case .connection, .timedOut: true
        case .overloaded: false
        }
    }
}
