/// What a response's `Vary` names (RFC 9110, section 12.5.5).
public enum VaryNames: Sendable, Hashable {
    /// No request field tells whether the response fits another request: it fits none.
    case any
    /// The request fields that chose the response: in lower case, sorted, each once. Empty when nothing varies.
    case names([String])
}

/// Reading `Vary`.
public enum Vary {
    /// The most names a response may vary by; more than that is taken for ``VaryNames/any``.
    public static let nameLimit = 32

    /// Reads the values of all lines of the field.
    ///
    /// `*` anywhere means that no request matches (RFC 9111, section 4.1), and so does a member that is no field name:
    /// what it was to say is unknown, and a guess would hand one client another's answer.
    public static func names(in values: [[UInt8]]) -> VaryNames {
        var names: Set<String> = []
        for member in ListMembers.of(lines: values) {
            guard member != [ASCII.asterisk], member.allSatisfy(ASCII.isTokenByte), names.count < nameLimit else {
                return .any
            }
            names.insert(String(decoding: member.lowercased, as: UTF8.self))
        }
        return .names(names.sorted())
    }
}
