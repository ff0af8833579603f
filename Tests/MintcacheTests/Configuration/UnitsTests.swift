import Testing

@testable import Mintcache

@Suite struct `Sizes` {
    @Test(arguments: [
        ("0", 0), ("0KiB", 0), ("512", 512), ("512B", 512), ("1KiB", 1024), ("64KiB", 65_536), ("256MiB", 268_435_456),
        ("2GiB", 2_147_483_648), ("8589934591GiB", 8_589_934_591 << 30),
    ]) func `are numbers with a binary unit`(text: String, bytes: Int) {
        #expect(ByteCount(text: text)?.value == bytes)
    }

    @Test(arguments: ["", "B", "KiB", "-1B", "1.5KiB", "1KB", "1kib", "1 KiB", "KiB1", "8589934592GiB", "0x10", "9e3"])
    func `in another form are refused`(text: String) {
        #expect(ByteCount(text: text) == nil)
    }

    @Test(arguments: [0, 1, 1023, 1024, 1025, 65_536, 1 << 20, (1 << 20) + 1024, 3 << 30, Int.max])
    func `read back as they are written`(bytes: Int) {
        let size = ByteCount(bytes)
        #expect(ByteCount(text: size.description) == size)
    }

    @Test func `are written in the largest unit that is exact`() {
        #expect(ByteCount(1536).description == "1536B")
        #expect(ByteCount.kibibytes(1536).description == "1536KiB")
        #expect(ByteCount.mebibytes(2048).description == "2GiB")
        #expect(ByteCount(0).description == "0B")
    }
}

@Suite struct `Durations` {
    @Test(arguments: [
        ("0", Duration.zero), ("0s", .zero), ("250ms", .milliseconds(250)), ("10s", .seconds(10)),
        ("5m", .seconds(300)), ("24h", .seconds(86_400)), ("7d", .seconds(604_800)),
        ("36525d", .seconds(3_155_760_000)),
    ]) func `are whole numbers with a unit`(text: String, duration: Duration) {
        #expect(DurationText.parse(text) == duration)
    }

    @Test(arguments: [
        "", "s", "ms", "10", "-1s", "1.5h", "1 s", "1S", "1w", "1h30m", "36526d", "9223372036854775807d",
        "99999999999999999999s",
    ]) func `in another form, or beyond a century, are refused`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: ["0s", "1ms", "1500ms", "90s", "61m", "25h", "36525d", "999ms", "86399999ms"])
    func `read back as they are written`(text: String) throws {
        let duration = try #require(DurationText.parse(text))
        #expect(DurationText.parse(DurationText.format(duration)) == duration)
    }

    @Test func `are written in the largest unit that is exact`() {
        #expect(DurationText.format(.seconds(86_400)) == "1d")
        #expect(DurationText.format(.seconds(5400)) == "90m")
        #expect(DurationText.format(.milliseconds(1500)) == "1500ms")
        #expect(DurationText.format(.zero) == "0s")
    }
}

@Suite struct `Listen addresses` {
    @Test(arguments: ["0.0.0.0:8080", "127.0.0.1:0", "[::]:8080", "[::1]:65535"])
    func `read back as they are written`(text: String) {
        #expect(ListenAddress(text: text)?.description == text)
    }

    @Test func `on every interface are reached by loopback`() {
        #expect(ListenAddress(host: "0.0.0.0", port: 9090).reachable.description == "127.0.0.1:9090")
        #expect(ListenAddress(host: "::", port: 9090).reachable.description == "[::1]:9090")
        #expect(ListenAddress(host: "10.0.0.7", port: 9090).reachable.description == "10.0.0.7:9090")
    }
}
