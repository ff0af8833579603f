import Caching
import EventLoops
import MintcacheTesting
import Testing

@testable import PostgresArchive

@Suite
struct `A PostgreSQL URL` {
    @Test(arguments: [
        ("postgres://me:secret@db.example:6543/app?sslmode=require", "postgres://me@db.example:6543/app"),
        ("postgresql://db.example/app", "postgres://db.example:5432/app"),
        ("postgres://me:se%3Acret@[::1]:5433/app", "postgres://me@[::1]:5433/app"),
        ("postgres://me:secret@a:1,b:2/app", "postgres://me@a:1,b:2/app"),
        ("postgres://me:secret@/app?host=/run/socket&port=5544", "postgres://me@/run/socket:5544/app"),
        ("postgres:///app?host=a,b&port=7", "postgres://a:7,b:7/app"),
    ])
    func `shows itself without the password`(text: String, shown: String) throws {
        let url = try PostgresURL(text)
        #expect(url.description == shown)
        #expect(!"\(url) \(String(reflecting: url))".contains("secret"))
        var dumped = ""
        dump(url, to: &dumped)
        #expect(!dumped.contains("secret"))
    }

    @Test(arguments: [
        "", "mysql://me:secret@host/db", "host=db password=secret", "postgres://me:secret@host:secret:5/db",
        "postgres://me:secret@host/db?secret", "postgres://me:secret@host/db?nonsense=secret",
        "postgres://me:sec%zzret@host/db", "postgres://me:secret@[::1/db", "postgres://secret\0@host/db",
    ])
    func `is refused without being quoted when it makes no sense`(text: String) {
        let error = #expect(throws: StoreError.self) { _ = try PostgresURL(text) }
        #expect(error?.kind == .invalid)
        #expect(error?.detail.contains("postgres://user:password@host:5432/database") == true)
        #expect(error?.detail.contains("sec") == false)
    }

    @Test
    func `takes its password out of other people's words`() throws {
        let url = try PostgresURL("postgres://me:hunter2@host/db")
        #expect(url.redact("no good:\n\thunter2 was hunter2\n") == "no good:; *** was ***")
    }

    @Test
    func `has every address of every host tried, looked up beforehand`() async throws {
        let url = try PostgresURL("postgres:///db?host=localhost,192.0.2.1,/run/pg&port=1,2,3")
        let hosts = try await PostgresHost.resolve(url, by: AddressResolver(), within: .seconds(5))
        #expect(hosts.contains(PostgresHost(name: "localhost", address: "127.0.0.1", port: 1)))
        #expect(
            hosts.suffix(2) == [
                PostgresHost(name: "192.0.2.1", address: "192.0.2.1", port: 2),
                PostgresHost(name: "/run/pg", address: nil, port: 3),
            ])
    }

    @Test
    func `leads to an error without the password when nobody listens`() async throws {
        let port = try FreePort.next()
        for host in ["127.0.0.1", "localhost", "no-such-host.invalid", "%2Fno%2Fsuch%2Ffolder"] {
            let error = await #expect(throws: StoreError.self) {
                try await withPostgresArchive("postgres://me:hunter2@\(host):\(port)/hunter2") { _ in }
            }
            #expect(error?.kind == .unreachable)
            #expect(error?.detail.contains("hunter2") == false, "\(error?.detail ?? "")")
        }
    }
}
