/// Recognises error reports that came at status 200 in place of metadata.
enum ErrorReport {
    /// Why an object is an error report rather than metadata; nil when it may be metadata.
    ///
    /// Members that only metadata has decide for it. Without them a status between 400 and 599 decides against it, also
    /// beside a `title` or `name`, which errors have too (RFC 9457); otherwise a member that errors have and no member
    /// that metadata has.
    static func failure(in root: JSONValue) -> DocumentFailure? {
        let fields = MetadataFields(root)
        guard !fields.isUnmistakable else { return nil }
        for layer in DocumentWrapper.layers(of: root) {
            let report = Report(layer)
            guard let message = report.message, report.status != nil || fields.isEmpty else { continue }
            let kind =
                report.status.flatMap { DocumentFailure.Kind(status: $0) } ?? DocumentFailure.Kind(phrasesIn: message)
                ?? .malformed
            return DocumentFailure(kind, "the source answered with an error object: \(boundedText(message))")
        }
        return nil
    }

    /// What one object says of an error.
    private struct Report {
        var message: String?
        var status: Int?

        private static let messages = [
            "message", "error", "errors", "detail", "details", "reason", "msg", "errorMessage", "error_message",
        ]
        private static let statuses = ["statusCode", "status_code", "status", "code"]

        init(_ object: JSONValue) {
            message = Self.messages.lazy.compactMap { object[$0].flatMap(Self.text) }.first
            guard let value = Self.status(in: object) ?? object["error"].flatMap(Self.status(in:)) else {
                if message == nil, object["success"]?.boolean == false { message = "success is false" }
                return
            }
            status = value
            message = message ?? "status \(value)"
        }

        private static func text(_ value: JSONValue) -> String? {
            switch value.kind {
            case .string: value.string
            case .object: value["message"]?.string ?? shown(value)
            case .array, .number: shown(value)
            case .boolean: value.boolean == true ? "true" : nil
            case .null: nil
            }
        }

        private static func shown(_ value: JSONValue) -> String {
            String(decoding: value.text.prefix(200), as: UTF8.self)
        }

        private static func status(in object: JSONValue) -> Int? {
            statuses.lazy.compactMap { object[$0].flatMap(errorStatus) }.first
        }

        private static func errorStatus(_ value: JSONValue) -> Int? {
            let number = value.integer.map(Int.init) ?? value.string.flatMap { Int($0) }
            return number.flatMap { (400...599).contains($0) ? $0 : nil }
        }
    }
}
