import Caching
import EventLoops
import Tokens

/// What the body of an answer turns out to be.
enum BodyReading: Sendable {
    case found(DocumentReport.Finding)
    case unusable(UnusableDocument)
    /// The host says in its answer that it cannot answer now.
    case busy
    /// The bytes are not those that the identifier stands for.
    case mismatch

    /// How much of media is kept: enough to recognise it again.
    private static let openingBytes = 4096

    /// Takes time in proportion to the body.
    ///
    /// - Parameters:
    ///   - uri: the place, for messages about media.
    ///   - limit: the most bytes that a body which is still compressed may grow to.
    init(
        _ body: [UInt8], contentType: String?, validators: SourceValidators, uri: String, identifier: CID?, limit: Int
    ) {
        var body = body
        if let identifier, Self.verification(of: body, identifier) == .mismatch {
            // Somebody may have compressed it once more than the answer says.
            guard let inner = try? Decompression.gunzip(body, limit: limit),
                Self.verification(of: inner, identifier) != .mismatch
            else {
                self = .mismatch
                return
            }
            body = inner
        }
        if Decompression.isGzip(body) {
            do throws(Decompression.Failure) {
                body = try Decompression.gunzip(body, limit: limit)
            } catch .tooLarge {
                self = .unusable(.tooLarge)
                return
            } catch {
                // Not gzip after all; what it is, the reading below tells.
            }
        }
        self = Self.reading(of: body, contentType, validators, uri)
    }

    private static func verification(of body: [UInt8], _ identifier: CID) -> ContentVerification {
        ContentVerification(of: body, against: identifier) { SHA256.hash($0) }
    }

    private static func reading(
        of body: [UInt8], _ contentType: String?, _ validators: SourceValidators, _ uri: String
    ) -> BodyReading {
        switch DocumentReading(body: body, contentType: contentType, uri: uri) {
        case .document(let bytes): .found(.document(MetadataDocument(bytes, contentType, validators)))
        case .synthesized:
            .found(.media(opening: Array(body.prefix(openingBytes)), contentType: contentType, validators))
        case .unusable(let failure) where failure.kind == .retryable: .busy
        case .unusable(let failure): .unusable(UnusableDocument(failure))
        }
    }
}

extension UnusableDocument {
    static let tooLarge = UnusableDocument(
        kind: .malformed, reason: "The metadata document is larger than upstream.max_body allows.")
}
