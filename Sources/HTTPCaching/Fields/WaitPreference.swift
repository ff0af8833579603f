/// `Prefer: wait=…`: how long a client is ready to wait for an answer (RFC 7240, section 4.3).
public struct WaitPreference: Sendable, Hashable {
    /// Whole seconds, at most 2^31; nil when the client does not say.
    public private(set) var seconds: Int?

    public init() {}

    /// Reads a line of the field, borrowed for the call. Allocates nothing.
    ///
    /// Other preferences are passed over, and so is one that cannot be read; of several the first counts (section 2).
    public mutating func add(_ field: UnsafeRawBufferPointer) {
        var reader = FieldReader(field)
        while seconds == nil, let preference = reader.directive() {
            if reader.matches(preference.name, "wait") { seconds = reader.deltaSeconds(preference.argument) }
        }
    }
}
