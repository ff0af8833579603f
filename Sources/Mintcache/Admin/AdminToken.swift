import EventLoops
import Tokens

/// The secret of the admin listener.
struct AdminToken: Sendable {
    private let value: [UInt8]

    /// The configured token, else the one in the file, else a new one that the file then holds (mode 0600). Throws when
    /// the file can be neither read nor made.
    init(configured: String, file: String, log: Logger) throws(StartupError) {
        if !configured.isEmpty {
            value = Array(configured.utf8)
            return
        }
        if let text = FileContents.text(at: file) {
            let kept = text.trimming { $0.isWhitespace || $0.isNewline }
            guard kept.utf8.count >= 16 else {
                throw StartupError("the admin token in \(file) is shorter than 16 bytes; delete the file for a new one")
            }
            value = Array(kept.utf8)
            return
        }
        let digits = Hex.text(RandomBytes.generate(32))
        value = Array(digits.utf8)
        FileContents.createFolder(for: file)
        guard FileContents.createPrivate(digits + "\n", at: file) else {
            throw StartupError("cannot write the new admin token to \(file); set admin.token or admin.token_file")
        }
        log.info("a new admin token was made", ["file": file])
    }

    /// Whether an `Authorization` value carries the token (RFC 6750). Takes the same time for every wrong one.
    func accepts(_ authorization: String?) -> Bool {
        guard let authorization, authorization.prefix(7).lowercased() == "bearer " else {
            return ConstantTime.equal(value, []) && false
        }
        return ConstantTime.equal(value, Array(authorization.dropFirst(7).utf8))
    }
}

extension StringProtocol {
    /// Without the characters at both ends that a rule names.
    func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        let start = drop(while: isTrimmed)
        guard let last = start.lastIndex(where: { !isTrimmed($0) }) else { return "" }
        return String(start[...last])
    }
}
