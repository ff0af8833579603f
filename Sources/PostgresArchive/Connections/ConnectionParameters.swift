/// What libpq is told in order to connect.
struct ConnectionParameters {
    private(set) var keywords: [String] = []
    private(set) var values: [String] = []
    let url: PostgresURL

    /// Hosts are tried in the order given. Session state stays at its defaults but for the client's name and encoding,
    /// so that a transaction pooler can stand between.
    init(_ url: PostgresURL, hosts: [PostgresHost]) {
        self.url = url
        var options = url.options
        // Asking a Kerberos library first may read files and ask name servers.
        options["gssencmode"] = options["gssencmode"] ?? "disable"
        options["fallback_application_name"] = options["fallback_application_name"] ?? "mintcache"
        options["client_encoding"] = "UTF8"
        options["host"] = hosts.map(\.name).joined(separator: ",")
        options["hostaddr"] = hosts.map { $0.address ?? "" }.joined(separator: ",")
        options["port"] = hosts.map { String($0.port) }.joined(separator: ",")
        for (keyword, value) in options where !value.isEmpty {
            keywords.append(keyword)
            values.append(value)
        }
    }
}
