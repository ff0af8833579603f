/// Replaces `${NAME}` and `${NAME:-default}` in one scalar. It happens after YAML has been parsed, so that a variable's
/// value can never add keys.
enum EnvironmentSubstitution {
    enum Failure: Error {
        case missing(name: String)
        case malformed
    }

    static func expand(_ text: String, in environment: [String: String]) throws(Failure) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw .malformed }
            result += try value(of: rest[start.upperBound..<end], in: environment)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func value(
        of expression: Substring, in environment: [String: String]
    ) throws(Failure) -> String {
        let parts = expression.firstRange(of: ":-")
        let name = String(parts.map { expression[..<$0.lowerBound] } ?? expression)
        let isName = !name.isEmpty && name.allSatisfy { $0 == "_" || $0.isASCII && ($0.isLetter || $0.isNumber) }
        guard isName else { throw .malformed }
        if let set = environment[name], !set.isEmpty { return set }
        guard let parts else { throw .missing(name: name) }
        return String(expression[parts.upperBound...])
    }
}
