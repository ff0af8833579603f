public import HTTPCaching
import Synchronization

/// An answer's body in the codings that make it smaller, each made when it is first asked for and the same from then on.
///
/// Most answers are never sent in every coding, and many in none, while making one takes longer than all else there is
/// to do for an answer. Any thread; of two that make the same form at once both get the one that is kept.
public final class CompressedForms: Sendable {
    /// The codings there are.
    static let codings: ContentCodingSet = [.gzip, .brotli]

    private let identity: Representation
    private let gzip = AtomicLazyReference<Representation>()
    private let brotli = AtomicLazyReference<Representation>()

    /// - Parameter identity: has an entity tag, from which those of the forms follow.
    public init(of identity: Representation) { self.identity = identity }

    /// The body in `coding`, or as it is when that is not smaller; nil when nobody has asked for it yet.
    public func made(in coding: ContentCoding) -> Representation? {
        switch coding {
        case .identity: identity
        case .gzip: gzip.load()
        case .brotli: brotli.load()
        }
    }

    /// The body in `coding`, or as it is when that is not smaller. Takes time in proportion to the body.
    @discardableResult
    public func make(in coding: ContentCoding) -> Representation {
        switch coding {
        case .identity: identity
        case .gzip: gzip.storeIfNil(identity.compressed(by: .gzip))
        case .brotli: brotli.storeIfNil(identity.compressed(by: .brotli))
        }
    }

    /// What the forms made so far take of the machine's memory, in bytes.
    var footprint: Int {
        [ContentCoding.gzip, .brotli].reduce(Footprint.object(payload: 24)) { sum, coding in
            guard let form = made(in: coding), form !== identity else { return sum }
            return sum + form.footprint
        }
    }
}
