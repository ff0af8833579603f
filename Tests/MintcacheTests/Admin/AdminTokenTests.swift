import Foundation
import MintcacheTesting
import Testing

@testable import Mintcache

@Suite struct `The admin token` {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func token(configured: String = "", file: String) throws -> AdminToken {
        try AdminToken(configured: configured, file: file, log: silentLogger())
    }

    private func mode(of file: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
    }

    private func contents(_ file: String) throws -> String {
        try String(contentsOfFile: file, encoding: .utf8)
    }

    @Test func `is made at the first start, for its owner's eyes alone`() throws {
        let file = folder.file("deep/er/admin-token")
        let made = try token(file: file)
        let text = try contents(file).trimming(\.isNewline)
        #expect(text.utf8.count == 64 && text.allSatisfy(\.isHexDigit))
        #expect(try mode(of: file) == 0o600)
        #expect(made.accepts("Bearer \(text)"))
    }

    @Test func `stays the same after a restart`() throws {
        let file = folder.file("admin-token")
        _ = try token(file: file)
        let text = try contents(file)
        let again = try token(file: file)
        #expect(try contents(file) == text)
        #expect(again.accepts("Bearer " + text.trimming(\.isNewline)))
    }

    @Test func `differs between installations`() throws {
        _ = try token(file: folder.file("one"))
        _ = try token(file: folder.file("two"))
        #expect(try contents(folder.file("one")) != contents(folder.file("two")))
    }

    @Test func `in the configuration needs no file`() throws {
        let token = try token(configured: "0123456789abcdef", file: folder.file("admin-token"))
        #expect(token.accepts("Bearer 0123456789abcdef"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("admin-token")))
    }

    @Test func `written into the file by hand may end with white space`() throws {
        let file = try folder.write("  a-token-of-my-own-making \r\n", to: "admin-token")
        #expect(try token(file: file).accepts("Bearer a-token-of-my-own-making"))
    }

    @Test(arguments: ["", "\n", "too-short\n"]) func `too short to be a secret is refused`(text: String) throws {
        let file = try folder.write(text, to: "admin-token")
        let error = #expect(throws: StartupError.self) { try token(file: file) }
        #expect(error?.description.contains(file) == true)
    }

    @Test func `that cannot be kept stops the start`() throws {
        let file = try folder.write("I am a file", to: "not-a-folder")
        let error = #expect(throws: StartupError.self) { try token(file: file + "/admin-token") }
        #expect(error?.description.contains("admin.token_file") == true)
    }

    @Test(
        arguments: [
            nil, "", "Bearer", "Bearer ", "0123456789abcdef", "Basic 0123456789abcdef", "Bearer 0123456789abcdee",
            "Bearer 0123456789abcde", "Bearer 0123456789abcdef0", "Bearer  0123456789abcdef", "Bearer 0123456789ABCDEF",
            "Bearer 0123456789abcdef ", "Token Bearer 0123456789abcdef",
        ] as [String?]) func `is not guessed from something like it`(authorization: String?) throws
    {
        #expect(!(try token(configured: "0123456789abcdef", file: "").accepts(authorization)))
    }

    @Test(arguments: ["Bearer", "bearer", "BEARER"]) func `follows a scheme in any case`(scheme: String) throws {
        #expect(try token(configured: "0123456789abcdef", file: "").accepts("\(scheme) 0123456789abcdef"))
    }
}
