import Testing

@testable import HTTPCaching

@Suite("Freshness lifetime (RFC 9111, section 4.2.1)")
struct FreshnessLifetimeTests {
    private func lifetime(_ lines: [String], status: Int = 200) -> FreshnessLifetime {
        let response = response(status, lines)
        return FreshnessLifetime(response, CachingPolicy(response.fields))
    }

    @Test("goes by s-maxage, then max-age, then Expires, then a guess")
    func goesInOrder() {
        var lines = ["Last-Modified: \(date(-1_000))", "Date: \(date(0))"]
        #expect(lifetime(lines).seconds == 100 && lifetime(lines).basis == .heuristic)
        lines.append("Expires: \(date(50))")
        #expect(lifetime(lines).seconds == 50 && lifetime(lines).basis == .explicit)
        lines.append("Cache-Control: max-age=60")
        #expect(lifetime(lines).seconds == 60)
        lines.append("Cache-Control: s-maxage=5")
        #expect(lifetime(lines).seconds == 5)
        #expect(lifetime([]).basis == .none && lifetime([]).seconds == 0)
    }

    @Test("lets an unreadable max-age be stale though Expires is not")
    func obeysUnreadable() {
        #expect(lifetime(["Cache-Control: max-age=abc", "Expires: \(date(50))"]).seconds == 0)
        #expect(lifetime(["Cache-Control: s-maxage='5', max-age=50"]).seconds == 0)
    }

    @Test("counts Expires from Date, or from when it came where there is none")
    func countsExpires() {
        #expect(lifetime(["Expires: \(date(50))", "Date: \(date(-10))"]).seconds == 60)
        #expect(lifetime(["Expires: \(date(50))", "Date: \(date(20))"]).seconds == 30)
        #expect(lifetime(["Expires: \(date(50))"]).seconds == 50)
        #expect(lifetime(["Expires: \(date(50))", "Date: whenever"]).seconds == 50)
        #expect(lifetime(["Expires: \(date(0))", "Date: \(date(0))"]).seconds == 0)
        #expect(lifetime(["Expires: \(date(-9))", "Date: \(date(0))"]).seconds == 0)
        #expect(lifetime(["Expires: Fri, 31 Dec 9999 23:59:59 GMT"]).seconds == 1 << 31)
        #expect(lifetime(["Expires: THURSDAY, 18-AUG-50 02:01:18 gmt"]).seconds > 700_000_000)
        #expect(lifetime(["Expires: Thu Aug 18 02:01:18 2050"]).seconds > 700_000_000)
    }

    @Test(
        "takes any other Expires for the past, and guesses nothing (5.3)",
        arguments: [
            "0", "-1", "", "never", "Thu, 18 Aug 2050 02:01:18 UTC", "Thu, 18 Aug 2050 02:01:18 +0000",
            "Thu, 18 Aug 50 02:01:18 GMT", "Thu 18 Aug 2050 02:01:18 GMT", "Thu, 18  Aug  2050 02:01:18 GMT",
            "Thu, 18-Aug-2050 02:01:18 GMT", "Thu, 18 Aug 2050 02.01.18 GMT", "Thu, 18 Aug 2050 2:01:18 GMT",
            "Thu, 18 Aug 2050 02:01:18", "2050-08-18T02:01:18Z", "2544141678",
            "Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT",
        ])
    func takesOtherExpiresForThePast(_ value: String) {
        let result = lifetime(["Expires: \(value)", "Last-Modified: \(date(-10_000))", "Date: \(date(0))"])
        #expect(result.seconds == 0 && result.basis == .explicit)
    }

    @Test("takes the most cautious of several Expires")
    func takesTheEarliestExpires() {
        #expect(lifetime(["Expires: \(date(50))", "Expires: \(date(20))"]).seconds == 20)
        #expect(lifetime(["Expires: \(date(20))", "Expires: \(date(50))"]).seconds == 20)
        #expect(lifetime(["Expires: \(date(50))", "Expires: 0"]).seconds == 0)
    }

    @Test(
        "guesses for some statuses and no others (4.2.2; RFC 9110, section 15.1)",
        arguments: [200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])
    func guesses(_ status: Int) {
        #expect(lifetime(["Last-Modified: \(date(-1_000))"], status: status).seconds == 100)
    }

    @Test(
        "guesses for others only when they are public",
        arguments: [201, 202, 206, 302, 303, 307, 400, 403, 418, 451, 500, 502, 503, 504, 599, 999])
    func guessesForPublic(_ status: Int) {
        let lines = ["Last-Modified: \(date(-1_000))"]
        #expect(lifetime(lines, status: status).basis == .none)
        #expect(lifetime(lines + ["Cache-Control: public"], status: status).seconds == 100)
    }

    @Test("guesses a tenth of the time since Last-Modified, up to a day")
    func guessesATenth() {
        func guess(_ lines: String...) -> Int64? {
            let result = lifetime(lines)
            return result.basis == .heuristic ? result.seconds : nil
        }
        #expect(guess("Last-Modified: \(date(-9))") == 0)
        #expect(guess("Last-Modified: \(date(-10))") == 1)
        #expect(guess("Last-Modified: \(date(-100))", "Date: \(date(-50))") == 5)
        #expect(guess("Last-Modified: \(date(-100))", "Date: \(date(1_000))") == 10)
        #expect(guess("Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT") == 86_400)
        #expect(guess("Last-Modified: \(date(10))") == nil)
        #expect(guess("Last-Modified: once") == nil)
        #expect(guess("ETag: \"a\"") == nil)
    }
}
