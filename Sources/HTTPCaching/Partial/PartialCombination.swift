/// A stored part and a newer one as one response (RFC 9110, section 15.3.7.3).
public struct PartialCombination: Sendable, Hashable {
    /// Bytes of one of the two bodies, as offsets into that body.
    public enum Piece: Sendable, Hashable {
        case held(Range<Int>)
        case new(Range<Int>)
    }

    /// A 206 with the joint range, or, when nothing is missing any more, a 200. Content-Length is left to the sender.
    public var head: StoredHead
    /// What the joint body consists of, in order.
    public var pieces: [Piece]

    /// Joins a stored part with a 206 for the same URL.
    ///
    /// - Parameters:
    ///   - held: what is stored.
    ///   - new: the answer, which ``PartialContent/extent(of:bodyLength:)`` found to bring `extent`.
    ///   - context: of the request that brought the answer.
    /// - Returns: nil when the two are not known to be of one representation, leave a gap, disagree about the whole
    ///   length, or may not be stored together. The newer part then stands alone.
    public init?(
        of held: StoredHead, with new: ReceivedResponse, bringing extent: PartialExtent, in context: UpdateContext
    ) {
        guard let heldExtent = held.partial, let validator = held.strongValidator, validator == new.strongValidator,
            let joint = Self.union(heldExtent, extent)
        else { return nil }
        var fields = FieldUpdate.merged(held.fields, with: new)
        fields.removeAll(named: "Content-Length")
        if joint.isWhole {
            fields.removeAll(named: "Content-Range")
        } else {
            fields.set("Content-Range", joint.contentRange)
        }
        let decision = context.decide(status: joint.isWhole ? 200 : 206, fields: fields, newer: new)
        guard case .store(var head) = decision else { return nil }
        head.partial = joint.isWhole ? nil : joint
        if head.variant.names == held.variant.names { head.variant = held.variant }
        self.head = head
        pieces = Self.pieces(held: heldExtent, new: extent)
    }

    /// The bytes of both, when they overlap or touch and can be of one representation.
    private static func union(_ one: PartialExtent, _ other: PartialExtent) -> PartialExtent? {
        guard one.first <= other.last + 1, other.first <= one.last + 1 else { return nil }
        if let length = one.complete, let otherLength = other.complete, length != otherLength { return nil }
        let complete = one.complete ?? other.complete
        let last = max(one.last, other.last)
        if let complete, last >= complete { return nil }
        return PartialExtent(first: min(one.first, other.first), last: last, complete: complete)
    }

    /// The newer bytes where both have some: they are the same, and the newer ones are at hand.
    private static func pieces(held: PartialExtent, new: PartialExtent) -> [Piece] {
        var pieces: [Piece] = []
        if held.first < new.first { pieces.append(.held(0..<(new.first - held.first))) }
        pieces.append(.new(0..<new.count))
        if held.last > new.last { pieces.append(.held((new.last + 1 - held.first)..<held.count)) }
        return pieces
    }
}

extension PartialExtent {
    /// The value of `Content-Range`.
    fileprivate var contentRange: [UInt8] {
        Array("bytes \(first)-\(last)/\(complete.map(String.init) ?? "*")".utf8)
    }
}
