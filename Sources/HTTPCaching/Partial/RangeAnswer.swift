/// How a stored response answers a GET that may ask for a range (RFC 9110, sections 14.2 and 13.1.5).
public enum RangeAnswer: Sendable, Hashable {
    /// With all of it.
    case whole
    /// By a 206 with these bytes of the representation; in a stored part they begin at ``PartialExtent/first``.
    case part(Range<Int>)
    /// By a 416 that states the representation's length, in bytes.
    case unsatisfiable(length: Int)
    /// Not at all: bytes are wanted that are not held.
    case missing

    /// - Parameters:
    ///   - request: the fields of the request.
    ///   - head: of the stored response.
    ///   - bodyLength: how many bytes are stored.
    public init(to request: HeaderFields, from head: StoredHead, bodyLength: Int) {
        // Without a range, or with one that does not count, all is wanted.
        let everything: Self = head.partial == nil ? .whole : .missing
        guard head.status == 200 || head.status == 206, let range = request.combined("Range"),
            Self.conditionHolds(in: request, for: head)
        else {
            self = everything
            return
        }
        // An end that is not known decides nothing: the range might reach beyond it.
        guard let length = head.partial.map(\.complete) ?? bodyLength else {
            self = everything
            return
        }
        let held = head.partial?.range ?? 0..<length
        switch range.withUnsafeBytes({ ByteRange($0, length: length) }) {
        case .ignore: self = everything
        case .unsatisfiable: self = .unsatisfiable(length: length)
        case .partial(let wanted): self = held.contains(wanted) ? .part(wanted) : .missing
        }
    }

    private static func conditionHolds(in request: HeaderFields, for head: StoredHead) -> Bool {
        guard let condition = request.combined("If-Range") else { return true }
        // Whether a Last-Modified is strong is judged by the Date it came with.
        return condition.withUnsafeBytes { condition in
            guard let tag = head.entityTag else {
                let validators = Validators(entityTag: nil, lastModified: head.lastModified)
                return RangeCondition.holds(condition, for: validators, now: head.date)
            }
            return tag.withUnsafeBytes { tag in
                let validators = Validators(entityTag: tag, lastModified: head.lastModified)
                return RangeCondition.holds(condition, for: validators, now: head.date)
            }
        }
    }
}
