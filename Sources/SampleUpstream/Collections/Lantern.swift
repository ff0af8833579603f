import Synchronization
import Tokens

/// An ERC-721 collection on a web host whose documents change when told to.
struct Lantern: SampleContract {
    static let count: UInt64 = 10_000

    let address = WellKnownContracts.lantern
    let name = "Lantern"
    let symbol = "LNTN"
    let standard = TokenStandard.erc721
    let totalSupply: UInt64? = Self.count
    let contractURI: String? = nil
    /// The URL under which `/web/lantern` is reached.
    let root: String

    func tokenURI(of token: TokenIdentifier) -> TokenURIAnswer {
        guard let number = token.value.exactly64, number > 0, number <= Self.count else { return .nonexistent }
        return .uri("\(root)/\(number).json")
    }

    /// The metadata document of a token in one of its revisions.
    static func document(_ number: UInt64, revision: UInt64) -> [UInt8] {
        TokenDocument(
            name: "Lantern #\(number)", description: "Night \(revision).",
            image: "data:image/svg+xml;base64,"
                + Base64.encode(VectorImage.draw(seed: number &* 1000 &+ revision, title: "Lantern \(number)")),
            attributes: [.init("Revision", number: Int(revision), displayType: "number")]
        ).json
    }
}

/// How often each document of ``Lantern`` has changed.
final class LanternRevisions: Sendable {
    private struct State {
        var everyToken: UInt64 = 1
        var extra: [UInt64: UInt64] = [:]
    }

    private let state = Mutex(State())

    /// Changes one document, or with `nil` all of them.
    func advance(_ number: UInt64?) {
        state.withLock { state in
            if let number { state.extra[number, default: 0] += 1 } else { state.everyToken += 1 }
        }
    }

    /// Counts from 1.
    func revision(of number: UInt64) -> UInt64 {
        state.withLock { $0.everyToken + $0.extra[number, default: 0] }
    }

    func reset() {
        state.withLock { $0 = State() }
    }
}

/// `/web/lantern`: `{number}.json`, with validators that follow the revision.
struct LanternSite: ContentFolder {
    let revisions: LanternRevisions

    func resource(named name: String) -> Resource? {
        guard name.hasSuffix(".json"), let number = UInt64(name.dropLast(5)), number > 0, number <= Lantern.count,
            name == "\(number).json"
        else { return nil }
        let revision = revisions.revision(of: number)
        var resource = Resource.json(Lantern.document(number, revision: revision))
        resource.entityTag = "\"lantern-\(number)-\(revision)\""
        resource.lastModified = Self.date(revision: revision)
        resource.cacheControl = "public, max-age=0, must-revalidate"
        return resource
    }

    /// An hour of 1 January 2024 for each of the first revisions, later ones in seconds past the last hour.
    private static func date(revision: UInt64) -> String {
        let hour = min(revision, 23)
        let second = min(revision - hour, 59)
        return "Mon, 01 Jan 2024 \(hour < 10 ? "0" : "")\(hour):00:\(second < 10 ? "0" : "")\(second) GMT"
    }
}
