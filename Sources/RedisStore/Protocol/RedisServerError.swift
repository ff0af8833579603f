/// An error reply: a code in capitals, such as `WRONGTYPE`, and words.
public struct RedisServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What an error says about the server, as far as a client should act on it.
    public enum Meaning: Sendable, Hashable {
        /// It cannot answer anything yet: loading its data, without its master, busy with a script.
        case unavailable
        /// It does not know us, or not by these credentials.
        case credentials
        /// It knows us, but this account may not do that.
        case permission
        /// It has become a replica.
        case readOnly
        /// It has no memory for more data; reading goes on.
        case outOfMemory
        /// It takes no writes until it can save, or has its replicas back; reading goes on.
        case writesStopped
        /// It has as many clients as it allows.
        case full
        /// Another node of its cluster has the key, or is about to get it.
        case redirection
        /// Its cluster cannot answer for this key now.
        case clusterDown
        /// Any other: about the command rather than the server.
        case command
    }

    public let code: String
    public let message: String

    /// Splits the server's line; a line without a code gets `ERR`.
    public init(line: String) {
        let first = line.prefix { $0 != " " }
        let isCode = !first.isEmpty && first.utf8.allSatisfy { (0x41...0x5A).contains($0) }
        code = isCode ? String(first) : "ERR"
        message = isCode ? String(line.dropFirst(first.count + 1)) : line
    }

    public var meaning: Meaning {
        switch code {
        case "LOADING", "MASTERDOWN", "BUSY": .unavailable
        case "NOAUTH", "WRONGPASS": .credentials
        case "NOPERM": .permission
        case "READONLY": .readOnly
        case "OOM": .outOfMemory
        case "MISCONF", "NOREPLICAS": .writesStopped
        case "MOVED", "ASK": .redirection
        case "CLUSTERDOWN", "TRYAGAIN": .clusterDown
        case "ERR" where message.contains("max number of clients"): .full
        case _: .command
        }
    }

    public var description: String { message.isEmpty ? code : "\(code) \(message)" }
}
