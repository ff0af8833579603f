/// Reads a message of EIP-4361 line by line.
struct SignInMessageReader {
    private static let opening = " wants you to sign in with your Ethereum account:"

    private let lines: [Substring]
    private var position = 0

    init(_ text: String) throws(SignInMessageFault) {
        guard text.utf8.count <= SignInMessage.maximumLength else {
            throw SignInMessageFault(line: 1, expected: "at most \(SignInMessage.maximumLength) bytes in all")
        }
        // By scalars: a carriage return and a line feed are one character.
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { Substring($0) }
    }

    private func fault(_ expected: String) -> SignInMessageFault {
        SignInMessageFault(line: position + 1, expected: expected)
    }

    private var line: Substring? { position < lines.count ? lines[position] : nil }

    private mutating func take(_ expected: String) throws(SignInMessageFault) -> Substring {
        guard let line else { throw fault(expected) }
        position += 1
        return line
    }

    // MARK: The lines

    mutating func opening() throws(SignInMessageFault) -> (scheme: String?, domain: String) {
        let expected = "a domain and\(Self.opening.dropLast())"
        guard let line, line.hasSuffix(Self.opening) else { throw fault(expected) }
        var domain = line.dropLast(Self.opening.count)
        var scheme: String?
        if let mark = domain.firstRange(of: "://") {
            scheme = String(domain[..<mark.lowerBound])
            domain = domain[mark.upperBound...]
        }
        guard MessageGrammar.isAuthority(domain), scheme.map({ MessageGrammar.isScheme($0[...]) }) ?? true else {
            throw fault(expected)
        }
        position += 1
        return (scheme, String(domain))
    }

    mutating func address() throws(SignInMessageFault) -> WalletAddress {
        let expected = "an address with its checksum in mixed case (EIP-55)"
        guard let line, let address = WalletAddress(checksummed: String(line)) else { throw fault(expected) }
        position += 1
        return address
    }

    /// The statement between its empty lines; without one there are two of those.
    mutating func statement() throws(SignInMessageFault) -> String? {
        try emptyLine()
        var statement: String?
        if let line, !line.isEmpty {
            guard MessageGrammar.isStatement(line) else {
                throw fault("a statement of letters, digits, spaces and -._~:/?#[]@!$&'()*+,;= in one line")
            }
            statement = String(line)
            position += 1
        }
        try emptyLine()
        return statement
    }

    private mutating func emptyLine() throws(SignInMessageFault) {
        guard let line, line.isEmpty else { throw fault("an empty line") }
        position += 1
    }

    mutating func chain() throws(SignInMessageFault) -> UInt64 {
        let expected = "a decimal number without leading zeros"
        let digits = try required("Chain ID: ", expected) { digits in
            !digits.isEmpty && digits.utf8.allSatisfy(MessageGrammar.isDigit) && (digits.first != "0" || digits == "0")
        }
        guard let number = UInt64(digits) else {
            throw SignInMessageFault(line: position, expected: "Chain ID: and \(expected)")
        }
        return number
    }

    mutating func resources() throws(SignInMessageFault) -> [String] {
        guard line == "Resources:" else { return [] }
        position += 1
        var resources: [String] = []
        while let line {
            guard line.hasPrefix("- "), MessageGrammar.isURI(line.dropFirst(2)) else { throw fault("- and a URI") }
            resources.append(String(line.dropFirst(2)))
            position += 1
        }
        return resources
    }

    func finish() throws(SignInMessageFault) {
        if line != nil { throw fault("the end, or the next field in its order") }
    }

    // MARK: Fields

    mutating func required(
        _ name: String, _ meaning: String, _ isValid: (Substring) -> Bool
    ) throws(SignInMessageFault) -> String {
        guard let value = try optional(name, meaning, isValid) else { throw fault("\(name)and \(meaning)") }
        return value
    }

    mutating func optional(
        _ name: String, _ meaning: String, _ isValid: (Substring) -> Bool
    ) throws(SignInMessageFault) -> String? {
        guard let line, line.hasPrefix(name) else { return nil }
        let value = line.dropFirst(name.count)
        guard isValid(value) else { throw fault("\(name)and \(meaning)") }
        position += 1
        return String(value)
    }

    mutating func requiredTime(_ name: String) throws(SignInMessageFault) -> Int64 {
        guard let time = try time(name) else { throw fault("\(name)and a time of RFC 3339") }
        return time
    }

    mutating func time(_ name: String) throws(SignInMessageFault) -> Int64? {
        var time: Int64?
        _ = try optional(name, "a time of RFC 3339") { text in
            time = InternetTime.milliseconds(text)
            return time != nil
        }
        return time
    }
}
