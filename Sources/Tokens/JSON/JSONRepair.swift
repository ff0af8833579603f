/// Reads documents that break RFC 8259 in ways that leave no doubt about what they mean.
///
/// These are a byte order mark at the beginning, a comma before a closing bracket, control characters inside strings that
/// were not escaped, and of JSON5 comments, strings and names in single quotes, names without quotes and the escapes of
/// such strings. Everything else is left to fail.
enum JSONRepair {
    /// The document, strictly valid or after repair; `isVerbatim` says which.
    static func document(from bytes: [UInt8]) throws(JSONError) -> (document: JSONDocument, isVerbatim: Bool) {
        let failure: JSONError
        do {
            return (try JSONDocument(validating: bytes), true)
        } catch {
            failure = error
        }
        // A repair that does not lead to a valid text is not one: the first failure tells more.
        var rewriting = JSONRewriting(bytes)
        guard let document = try? JSONDocument(validating: rewriting.rewritten()) else { throw failure }
        return (document, false)
    }
}
