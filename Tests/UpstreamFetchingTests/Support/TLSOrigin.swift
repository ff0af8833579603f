import EventLoops
import Foundation

/// `openssl s_server` on 127.0.0.1 with a certificate of its own making for `tls.test`.
final class TLSOrigin {
    private static let tool = "/usr/bin/openssl"
    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: tool) }

    struct NotStarted: Error {}

    let port: UInt16
    /// The certificate, which is its own authority.
    let certificateFile: String
    private let server: Process
    private let folder: URL

    init(_ options: [String] = []) async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-origin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        certificateFile = folder.appendingPathComponent("certificate.pem").path
        let key = folder.appendingPathComponent("key.pem").path
        let maker = Self.process([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-out", certificateFile, "-days", "2", "-subj", "/CN=tls.test", "-addext", "subjectAltName=DNS:tls.test",
        ])
        try maker.run()
        maker.waitUntilExit()
        server = Self.process(
            ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificateFile, "-www"] + options)
        let output = Pipe()
        server.standardOutput = output
        try server.run()
        var text = ""
        while !text.contains("ACCEPT 127.0.0.1:") || !text.hasSuffix("\n") {
            let piece = output.fileHandleForReading.availableData
            if piece.isEmpty { throw NotStarted() }
            text += String(decoding: piece, as: UTF8.self)
        }
        let line = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT 127.0.0.1:") }
        guard let port = line?.split(separator: ":").last.flatMap({ UInt16($0) }) else { throw NotStarted() }
        self.port = port
    }

    func stop() {
        // Started from a Dispatch thread, it has inherited a mask that keeps gentler signals from it.
        kill(server.processIdentifier, SIGKILL)
        server.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func process(_ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return process
    }
}
