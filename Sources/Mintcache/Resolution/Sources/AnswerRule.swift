import Tokens

/// What an answer of a provider means when it is not a document: by its status, by what stands in it, or by both.
struct AnswerRule: Hashable, Sendable {
    enum Meaning: String, CaseIterable, Sendable {
        /// There is no such token, as far as the provider knows.
        case missing
        /// There is metadata, and it cannot be read.
        case malformed
        /// There may be metadata, and nobody gets it.
        case refused
        /// The provider cannot say now.
        case retry
    }

    var status: Int?
    var pointer: JSONPointer?
    /// The whole text, or the number or boolean as it is written.
    var equals: String?
    /// A part of the text, in any case.
    var contains: String?
    var means: Meaning

    init(
        status: Int? = nil, pointer: JSONPointer? = nil, equals: String? = nil, contains: String? = nil, means: Meaning
    ) {
        self.status = status
        self.pointer = pointer
        self.equals = equals
        self.contains = contains
        self.means = means
    }

    /// - Parameter root: the answer; `nil` when it is not JSON.
    func matches(status: Int, _ root: JSONValue?) -> Bool {
        if let own = self.status, own != status { return false }
        guard let pointer else { return true }
        guard let value = root.flatMap({ pointer.value(in: $0) }) else { return false }
        if equals == nil, contains == nil { return value.isSomething }
        let text = value.string ?? String(decoding: value.text, as: UTF8.self)
        if let equals, equals != text { return false }
        if let contains, !text.lowercased().contains(contains.lowercased()) { return false }
        return true
    }
}

extension JSONValue {
    /// Whether a provider says anything with it. Null, false, empty texts and empty containers say that there is nothing.
    var isSomething: Bool {
        switch kind {
        case .null: false
        case .boolean: boolean == true
        case .string: text.count > 2
        case .number: true
        case .object: members.contains { _ in true }
        case .array: elements.contains { _ in true }
        }
    }
}
