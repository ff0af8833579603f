/// A gateway that does not do as it should, below a base URL of its own: `/liar/ipfs/…`.
public enum GatewayTemper: String, Sendable, CaseIterable {
    /// Sends other bytes than the address names, with the fields of the right ones.
    case liar
    /// Shows a directory where a file is asked for.
    case lister
    /// Withholds everything for legal reasons.
    case withholder

    /// The temper that a path begins with, and the path as an honest gateway has it.
    static func parse(_ path: String) -> (temper: GatewayTemper, path: String)? {
        let first = path.dropFirst().prefix { $0 != "/" }
        guard let temper = GatewayTemper(rawValue: String(first)) else { return nil }
        return (temper, String(path.dropFirst(first.count + 1)))
    }

    /// What it makes of the truth.
    func resource(at path: String, _ truth: Resource) -> Resource {
        switch self {
        case .liar:
            guard truth.status == 200 else { return truth }
            var lie = truth
            lie.body = Array(truth.contentType == "application/json" ? "{\"name\":\"a lie\"}".utf8 : "a lie\n".utf8)
            return lie
        case .lister:
            let identifier = path.split(separator: "/").dropFirst().first ?? ""
            return DirectoryListing.page(of: path, identifier: String(identifier), names: ["1.json", "2.json"])
        case .withholder:
            return .status(451, "Unavailable For Legal Reasons")
        }
    }
}
