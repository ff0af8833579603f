import EventLoops
import Testing

@testable import HTTPServing

@Suite("The Date field")
struct DateFieldTests {
    private func text(_ field: DateField) -> String {
        var octets: [UInt8] = []
        for position in 0..<DateField.length { octets.append(field.text[position]) }
        return String(decoding: octets, as: UTF8.self)
    }

    @Test(
        "names the second in the form of RFC 9110 section 5.6.7",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (1_735_689_599, "Tue, 31 Dec 2024 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ])
    func form(_ seconds: Int, _ expected: String) {
        var field = DateField()
        field.set(secondsSince1970: seconds)
        #expect(text(field) == "Date: \(expected)\r\n")
    }

    @Test("is written when its second is over, and not before")
    func refreshes() {
        var field = DateField()
        let now = MonotonicTime.current
        field.refresh(at: now)
        let written = text(field)
        #expect(written.hasPrefix("Date: "))
        field.set(secondsSince1970: 0)
        field.refresh(at: now)
        #expect(text(field).contains("1970"))
        field.refresh(at: now + .seconds(1))
        #expect(!text(field).contains("1970"))
    }
}
