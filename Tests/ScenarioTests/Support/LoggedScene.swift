import Foundation
import MintcacheTesting
import Tokens

@testable import Mintcache

/// A scene whose log is read, line by line.
enum LoggedScene {
    /// - Parameter scenario: gets the scene, and a way to read lines with a message, or all with an empty one, as soon as
    ///   there are so many.
    static func play(
        level: String, server: [String] = [],
        _ scenario: (Scene, @escaping (String, Int) async throws -> [JSONValue]) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("log")
        let descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        try await Scene.play(Scene.Options(server: server, logLevel: level, log: descriptor)) { scene in
            try await scenario(scene) { message, count in
                var lines: [JSONValue] = []
                try await eventually("the log has been written") {
                    lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                        .map { try JSONDocument(validating: Array($0.utf8)).root }
                        .filter { message.isEmpty || $0["message"]?.string == message }
                    return lines.count >= count
                }
                return lines
            }
        }
    }
}
