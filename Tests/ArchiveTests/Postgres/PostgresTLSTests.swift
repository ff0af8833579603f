import Caching
import Foundation
import MintcacheTesting
import PostgresArchive
import Testing
import Tokens

@Suite(.serialized)
struct `An encrypted connection to PostgreSQL` {
    /// A server that takes nobody without TLS, and the certificate that vouches for it.
    private static func start() async throws -> (PostgresServer, ServerCertificate, TemporaryDirectory) {
        let server = try await PostgresServer.start()
        let folder = try TemporaryDirectory()
        let certificate = try await ServerCertificate(in: folder)
        try install(certificate, in: server)
        try await server.query("ALTER SYSTEM SET ssl = on")
        let rules = "\(server.socketDirectory)/data/pg_hba.conf"
        let text = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n"
        try text.write(toFile: rules, atomically: false, encoding: .utf8)
        try await server.restart()
        return (server, certificate, folder)
    }

    /// Puts the files where the server looks by default, owned as it demands.
    private static func install(_ certificate: ServerCertificate, in server: PostgresServer) throws {
        let data = "\(server.socketDirectory)/data"
        var owner = stat()
        guard stat(data, &owner) == 0 else { throw TestSupportError("cannot look at \(data)") }
        for (from, to) in [(certificate.certificatePath, "server.crt"), (certificate.keyPath, "server.key")] {
            let path = "\(data)/\(to)"
            let text = try String(contentsOfFile: from, encoding: .utf8)
            let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
            defer { close(file) }
            _ = write(file, text, text.utf8.count)
            guard fchown(file, owner.st_uid, owner.st_gid) == 0 else { throw TestSupportError("cannot give \(path)") }
        }
    }

    @Test
    func `carries documents larger than a record of TLS`() async throws {
        let (server, certificate, folder) = try await Self.start()
        let query = "sslmode=verify-full&sslrootcert=\(certificate.certificatePath)"
        try await withPostgresArchive("postgres://mintcache@localhost:\(server.port)/postgres?\(query)") { archive in
            #expect(try await archive.store([record(1, document: .init(repeating: 0x20, count: 3 << 20))]).stored == 1)
            let found = try await archive.records(for: [token(1)], within: .seconds(5))
            #expect(found[token(1)]?.document.count == 3 << 20)
            #expect(try await server.query("SELECT count(*) FROM pg_stat_ssl WHERE ssl") == "2")
        }
        withExtendedLifetime(folder) {}
    }

    @Test
    func `is made and checked as sslmode says`() async throws {
        let (server, certificate, folder) = try await Self.start()
        let elsewhere = try TemporaryDirectory()
        let stranger = try await ServerCertificate(in: elsewhere)
        let ours = "&sslrootcert=\(certificate.certificatePath)"
        let others = "&sslrootcert=\(stranger.certificatePath)"
        let none = "&sslrootcert=\(folder.file("none.pem"))"
        let cases: [(mode: String, host: String, root: String, refusal: String?)] = [
            ("disable", "localhost", "", "no encryption"),
            ("allow", "localhost", none, nil),
            ("prefer", "localhost", none, nil),
            ("require", "wrong.example", none, nil),
            ("verify-ca", "wrong.example", ours, nil),
            ("verify-ca", "localhost", none, "does not exist"),
            ("verify-full", "localhost", ours, nil),
            ("verify-full", "wrong.example", ours, "does not match host name"),
            ("verify-full", "localhost", others, "certificate verify failed"),
        ]
        for (mode, host, root, refusal) in cases {
            let query = "hostaddr=127.0.0.1&sslmode=\(mode)\(root)"
            let url = "postgres://mintcache@\(host):\(server.port)/postgres?\(query)"
            guard let refusal else {
                try await withPostgresArchive(url) { archive async throws in
                    #expect(try await archive.store([record(1)]).stored == 1, "\(mode)")
                }
                continue
            }
            let error = await #expect(throws: StoreError.self, "\(mode) to \(host)") {
                try await withPostgresArchive(url) { _ in }
            }
            #expect(error?.kind == .unreachable)
            #expect(error?.detail.contains(refusal) == true, "\(mode): \(error?.detail ?? "")")
        }
        withExtendedLifetime(elsewhere) {}
    }
}
