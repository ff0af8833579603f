/// What is wrong with the URL of a Redis. Never holds any of its text, which may be a password.
public enum RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
    case scheme
    case character
    case percentEncoding
    case passwordMissing
    case host
    case port
    case database
    case parameters
    case clusterDatabase
    case masterMissing

    public var description: String {
        switch self {
        case .scheme:
            """
            the URL of a Redis begins with redis://, redis+cluster:// or redis+sentinel://, or with rediss in place of \
            redis for TLS
            """
        case .character: "the URL of a Redis holds only printable ASCII characters; write others as %XX"
        case .percentEncoding: "in the URL of a Redis, % is followed by two hexadecimal digits"
        case .passwordMissing: "the URL of a Redis names a user without a password: write user:password@, or :password@"
        case .host: "the URL of a Redis names no valid host; an IPv6 address stands in brackets"
        case .port: "the port in the URL of a Redis is a number from 1 to 65535"
        case .database: "the path in the URL of a Redis is the number of a database, such as /0"
        case .parameters:
            """
            the URL of a Redis takes no #fragment, and no ?query but, with sentinels, sentinel_username= and \
            sentinel_password=
            """
        case .clusterDatabase: "a Redis Cluster has only database 0"
        case .masterMissing: "the URL of sentinels names the master after the hosts: redis+sentinel://host/mymaster"
        }
    }
}
