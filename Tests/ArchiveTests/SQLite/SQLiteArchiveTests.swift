import Caching
import Foundation
import MintcacheTesting
import SQLiteArchive
import Testing
import Tokens

@Suite
struct `The SQLite archive` {
    private static func open(_ path: String) async throws -> SQLiteArchive {
        let archive = try SQLiteArchive("sqlite:\(path)", migrations: Migrations.sqlite)
        try await archive.migrate()
        return archive
    }

    @Test
    func `makes the folders on the way and a file for its owner alone`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("a/b/c.db")
        let archive = try await Self.open(path)
        _ = try await archive.store([record(1)])
        for file in [path, path + "-wal"] {
            var attributes = stat()
            #expect(stat(file, &attributes) == 0)
            #expect(attributes.st_mode & 0o777 == 0o600, "\(file)")
        }
        await archive.close()
        let again = try await Self.open(path)
        #expect(try await again.records(for: [token(1)], within: .seconds(5)) == [token(1): record(1)])
        await again.close()
    }

    @Test(arguments: ["", "sqlite:", "sqlite", "postgres://host/db", "file:x", "sqlite:a\0b"])
    func `refuses a URL that is none of its own`(url: String) {
        let error = #expect(throws: StoreError.self) { _ = try SQLiteArchive(url, migrations: Migrations.sqlite) }
        #expect(error?.kind == .invalid)
    }

    @Test
    func `says what is wrong when the file cannot be had or is no database`() async throws {
        let folder = try TemporaryDirectory()
        try folder.write("not a folder", to: "file")
        try folder.write(String(repeating: "This is no database. ", count: 100), to: "text.db")
        let blocked = #expect(throws: StoreError.self) {
            _ = try SQLiteArchive("sqlite:\(folder.file("file/x.db"))", migrations: Migrations.sqlite)
        }
        #expect(blocked?.kind == .unreachable)
        let corrupt = #expect(throws: StoreError.self) {
            _ = try SQLiteArchive("sqlite:\(folder.file("text.db"))", migrations: Migrations.sqlite)
        }
        #expect(corrupt?.kind == .invalid)
        #expect(corrupt?.detail.contains("not a database") == true)
    }

    @Test
    func `shows documents as text to those who query it, when they are JSON`() async throws {
        let folder = try TemporaryDirectory()
        let archive = try await Self.open(folder.file("x.db"))
        let documents = [Array(#"{"name":"One"}"#.utf8), [0xFF], Array("{,}".utf8)]
        _ = try await archive.store(documents.enumerated().map { record(UInt64($0.offset), document: $0.element) })
        await archive.close()
        let shell = try Executable.find("sqlite3", package: "sqlite3")
        let sql = "SELECT token_id, metadata ->> 'name' FROM nft_metadata WHERE metadata NOT NULL"
        let output = try await ChildProcess.run(ChildProcess.Command(shell, [folder.file("x.db"), sql]))
        #expect(output == "0|One\n")
    }

    /// Several rounds: two openings must meet in the same millisecond.
    @Test(arguments: 0..<8)
    func `is made once by several that open the same file together`(_ round: Int) async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("x.db")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 as Range<UInt64> {
                group.addTask {
                    let archive = try await Self.open(path)
                    #expect(try await archive.store([record(number)]).stored == 1)
                    await archive.close()
                }
            }
            try await group.waitForAll()
        }
        let archive = try await Self.open(path)
        #expect(try await archive.records(for: (0..<6).map(token), within: .seconds(5)).count == 6)
        await archive.close()
    }

    @Test
    func `answers at the deadline though the file is locked, and takes writes again afterwards`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("x.db")
        let archive = try SQLiteArchive(
            "sqlite:\(path)", migrations: Migrations.sqlite, writeLimit: .milliseconds(200))
        try await archive.migrate()
        _ = try await archive.store([record(1)])
        let lock = try await FileLock(path)
        let began = ContinuousClock.now
        let error = await #expect(throws: StoreError.self) { _ = try await archive.store([record(2)]) }
        #expect(error?.kind == .timeout)
        #expect(ContinuousClock.now - began < .seconds(1))
        #expect(try await archive.records(for: [token(1)], within: .seconds(1)).count == 1)
        try await lock.release()
        try await eventually("writing again") {
            do {
                return try await archive.store([record(3)]).stored == 1
            } catch is StoreError {
                return false
            }
        }
        await archive.close()
    }

    @Test
    func `commits writes that come together at once`() async throws {
        let folder = try TemporaryDirectory()
        let archive = try await Self.open(folder.file("x.db"))
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<2000 as Range<UInt64> {
                group.addTask { try await archive.store([record(number)]).stored }
            }
            for try await stored in group { #expect(stored == 1) }
        }
        print("sqlite: 2,000 concurrent writes of one record each in \(ContinuousClock.now - began)")
        #expect(try await archive.records(for: (0..<2000).map(token), within: .seconds(5)).count == 2000)
        await archive.close()
    }
}

/// Another process that holds the right to write to a database.
private final class FileLock {
    private let process: ChildProcess

    init(_ path: String) async throws {
        let shell = try Executable.find("sqlite3", package: "sqlite3")
        let script = ".shell echo\nBEGIN IMMEDIATE;\nSELECT 'locked';\n.shell sleep 30\n"
        let folder = try TemporaryDirectory()
        let file = try folder.write(script, to: "lock.sql")
        process = try ChildProcess(ChildProcess.Command(shell, [path, ".read \(file)"]))
        try await process.waitForOutput(containing: "locked")
    }

    func release() async throws {
        process.send(.kill)
        try await process.wait()
    }
}
