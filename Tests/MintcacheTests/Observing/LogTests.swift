import Glibc
import MintcacheTesting
import Testing
import Tokens

@testable import Mintcache

@Suite struct `The log sink` {
    private func line(_ number: Int) -> [UInt8] {
        Array("\(number) \(String(repeating: "x", count: 1000))\n".utf8)
    }

    /// Reads until `count` lines have come, and answers the first word of each.
    private func firstWords(_ count: Int, from pipe: LogPipe) async throws -> [Int] {
        var bytes: [UInt8] = []
        try await eventually("\(count) lines") {
            bytes += pipe.available()
            return bytes.count { $0 == 0x0A } >= count
        }
        return text(bytes).split(separator: "\n").compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
    }

    @Test func `writes lines whole and in their order`() async throws {
        let pipe = try LogPipe()
        let sink = LogSink(descriptor: pipe.writeEnd)
        for number in 0..<500 { sink.write(line(number)) }
        #expect(try await firstWords(500, from: pipe) == Array(0..<500))
        #expect(sink.droppedLines == 0)
    }

    @Test func `never blocks on a pipe nobody reads, and counts every line it drops`() async throws {
        let pipe = try LogPipe()
        let sink = LogSink(descriptor: pipe.writeEnd)
        let count = 20_000
        for number in 0..<count { sink.write(line(number)) }
        let dropped = sink.droppedLines
        #expect(dropped > count / 4)
        let words = try await firstWords(count - dropped, from: pipe)
        #expect(words.count == count - dropped)
        #expect(words == words.sorted())
        sink.write(line(-1))
        #expect(try await firstWords(1, from: pipe) == [-1])
        #expect(sink.droppedLines == dropped)
    }

    @Test func `loses nothing when somebody made the descriptor non-blocking`() async throws {
        let pipe = try LogPipe()
        pipe.makeNonBlocking(pipe.writeEnd)
        let sink = LogSink(descriptor: pipe.writeEnd)
        for number in 0..<1000 { sink.write(line(number)) }
        #expect(try await firstWords(1000, from: pipe) == Array(0..<1000))
        #expect(sink.droppedLines == 0)
    }

    @Test func `counts the lines that could not be written`() throws {
        let sink = LogSink(descriptor: -1)
        sink.write(Array("one\ntwo\n".utf8))
        sink.flush()
        #expect(sink.droppedLines == 2)
    }
}

@Suite struct `The log` {
    private static let hostile = "a\nb\r\n\u{1B}[31m\",\"level\":\"error\"}\\\u{0}\u{7F}\t{\u{2028}é"

    @Test func `is one line of JSON for each event, whatever the texts`() throws {
        let capture = try LogCapture()
        capture.logger().warning(Self.hostile, ["peer": Self.hostile])
        let lines = capture.lines()
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let event = try json(Array(line.utf8))
        #expect(event["level"]?.string == "warning")
        #expect(event["message"]?.string == Self.hostile)
        #expect(event["peer"]?.string == Self.hostile)
        #expect(event["time"]?.string?.count == 20)
    }

    @Test func `is one line of text when that is wanted`() throws {
        let capture = try LogCapture()
        capture.logger(.debug, .text).info("started", ["reason": Self.hostile])
        let lines = capture.lines()
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.contains(" info \"started\" reason=\""))
        #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }

    @Test(arguments: [
        (Logger.Level.debug, ["d", "i", "w", "e"]), (.info, ["i", "w", "e"]), (.warning, ["w", "e"]), (.error, ["e"]),
    ]) func `leaves out what is below its level`(level: Logger.Level, messages: [String]) throws {
        let capture = try LogCapture()
        let log = capture.logger(level)
        log.debug("d")
        log.info("i")
        log.warning("w")
        log.error("e")
        #expect(try capture.lines().map { try json(Array($0.utf8))["message"]?.string } == messages)
    }
}
