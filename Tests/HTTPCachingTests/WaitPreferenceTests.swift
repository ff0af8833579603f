import HTTPCaching
import Testing

@Suite struct `A preference for how long to wait` {
    private func seconds(_ lines: String...) -> Int? {
        var preference = WaitPreference()
        for line in lines { Array(line.utf8).withUnsafeBytes { preference.add($0) } }
        return preference.seconds
    }

    @Test(arguments: [
        ("wait=10", 10), ("wait=0", 0), ("Wait=7", 7), ("respond-async, wait=100", 100), ("wait=\"5\"", 5),
        ("handling=lenient,wait=20, foo", 20), ("foo=\"a, wait=1\", wait=2", 2), (" , wait=3 ", 3),
        ("wait=99999999999999999999", 1 << 31),
    ]) func `is read in whole seconds`(field: String, expected: Int) {
        #expect(seconds(field) == expected)
    }

    @Test(arguments: ["", "wait", "wait=", "wait=-1", "wait=1.5", "wait=1s", "wait=\"x", "await=1", "wait=0x1"])
    func `that cannot be read is none`(field: String) {
        #expect(seconds(field) == nil)
    }

    @Test func `counts the first time, on whatever line`() {
        #expect(seconds("wait=1, wait=2", "wait=3") == 1)
        #expect(seconds("foo", "wait=3") == 3)
    }
}
