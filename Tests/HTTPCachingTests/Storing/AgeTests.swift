import Testing

@testable import HTTPCaching

@Suite("Age arithmetic (RFC 9111, section 4.2.3)")
struct AgeTests {
    private func head(_ response: ReceivedResponse) -> StoredHead {
        StoredHead(response, requestFields: header(), rules: CachingRules(), partial: nil)
    }

    @Test(
        "takes Age from the first list member, digits only (5.1)",
        arguments: [
            ("0", 0), ("7200", 7_200), ("007", 7), (" 7 ", 7), ("7200, 0", 7_200), ("7200,0", 7_200), ("0, 7200", 0),
            ("7 ,8", 7), ("abc", 0), ("-7200", 0), ("7200.0", 0), ("7200s", 0), ("\"7200\"", 0), ("+5", 0), ("", 0),
            (",7200", 0), ("1 2", 0), ("2147483648", 1 << 31), ("2147483649", 1 << 31),
            ("99999999999999999999999", 1 << 31),
        ] as [(String, Int64)])
    func readsAge(_ value: String, _ seconds: Int64) {
        #expect(ArrivalAge(response(200, "Age: \(value)")).corrected == seconds)
    }

    @Test("takes the first line of several")
    func readsTheFirstLine() {
        #expect(ArrivalAge(response(200, "Age: 7200", "Age: 0")).corrected == 7_200)
        #expect(ArrivalAge(response(200, "Age: 0", "Age: 7200")).corrected == 0)
    }

    @Test("takes the greater of what Date and what Age with the response's delay say")
    func corrects() {
        var slow = response(200, "Age: 10", "Date: \(date(-5))")
        slow.requestTime = arrivalTime - 4_000
        let age = ArrivalAge(slow)
        #expect(age.apparent == 5 && age.stated == 10 && age.delay == 4 && age.corrected == 14)
        slow.fields = header("Age: 10", "Date: \(date(-60))")
        #expect(ArrivalAge(slow).corrected == 60)
        slow.fields = header()
        #expect(ArrivalAge(slow).corrected == 4)
    }

    @Test("takes nothing from a Date in the future or one that cannot be read")
    func ignoresFutureDates() {
        #expect(ArrivalAge(response(200, "Date: \(date(1_000))")).corrected == 0)
        #expect(ArrivalAge(response(200, "Date: yesterday")).corrected == 0)
        let ahead = head(response(200, "Date: \(date(1_000))", "Cache-Control: max-age=5"))
        #expect(ahead.timeToLive(at: arrivalTime + 5_000) == 0)
    }

    @Test("adds the time in the store, by whole seconds")
    func adds() {
        let head = head(response(200, "Age: 10", "Cache-Control: max-age=100"))
        let ages: [Int64] = [-5_000, 0, 999, 1_000, 89_999, 90_000].map { head.age(at: arrivalTime + $0) }
        #expect(ages == [10, 10, 10, 11, 99, 100])
        #expect(head.timeToLive(at: arrivalTime + 90_000) == 0 && head.timeToLive(at: arrivalTime + 91_000) == -1)
        #expect(head.freshUntil == arrivalTime + 90_000)
    }

    @Test("is held at 2^31 and never negative, whatever the clocks say")
    func isHeld() {
        var old = response(200, "Age: 2147483648", "Cache-Control: max-age=99999999999")
        old.requestTime = .min
        #expect(head(old).age(at: .max) == 1 << 31)
        #expect(head(old).age(at: .min) == 1 << 31)
        #expect(head(old).timeToLive(at: .max) == 0)
        old.responseTime = .max
        #expect(head(old).age(at: .min) == 1 << 31)
        #expect(head(old).usefulUntil == .max)
        var early = response(200, "Cache-Control: max-age=5")
        early.responseTime = .min
        early.requestTime = .max
        #expect(head(early).initialAge == 0)
    }
}

@Suite("Fields of stored responses")
struct StoredFieldTests {
    private func stored(_ lines: String...) throws -> StoredHead {
        let response = ReceivedResponse(
            status: 200, fields: header(lines + ["Cache-Control: max-age=9"]), requestTime: arrivalTime,
            responseTime: arrivalTime + 700)
        return try #require(decision(response).stored)
    }

    @Test("gives a response without Date the time it came (RFC 9110, section 6.6.1)")
    func addsDate() throws {
        let head = try stored()
        #expect(head.fields["date"] == Array(date(0).utf8))
        #expect(head.date == arrivalTime / 1_000)
    }

    @Test("never rewrites a Date that is there")
    func keepsDate() throws {
        #expect(try stored("Date: \(date(-7))").fields.values(of: "date") == [Array(date(-7).utf8)])
        let unreadable = try stored("Date: soon")
        #expect(unreadable.fields.values(of: "date") == [Array("soon".utf8)])
        #expect(unreadable.date == arrivalTime / 1_000)
    }

    @Test("keeps every other field and drops Age, which is computed for each answer")
    func keepsFields() throws {
        let head = try stored("Date: \(date(0))", "X-A: 1", "Age: 5", "x-a: 2", "Set-Cookie: a=b", "age: 6")
        #expect(head.fields.lines.map(\.name) == ["Date", "X-A", "x-a", "Set-Cookie", "Cache-Control"])
        #expect(head.initialAge == 5)
    }

    @Test("takes validators as they came")
    func takesValidators() throws {
        let head = try stored("ETag: W/\"a\"", "Last-Modified: \(date(-100))")
        #expect(head.entityTag == Array("W/\"a\"".utf8) && head.lastModified == arrivalTime / 1_000 - 100)
        #expect(head.hasValidator)
        #expect(try !stored("ETag: ", "Last-Modified: last week").hasValidator)
    }
}
