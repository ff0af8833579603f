import Testing

@testable import Mintcache

@Suite struct `The notifier of the service manager` {
    @Test(arguments: [
        [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "relative"], ["NOTIFY_SOCKET": "vsock:2:1234"],
        ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
    ])
    func `is not there when nobody asks for it by a usable address`(environment: [String: String]) {
        #expect(ServiceNotifier(environment: environment) == nil)
    }

    private static let intervals: [([String: String], Duration?)] = [
        ([:], nil), (["WATCHDOG_USEC": "60000000"], .seconds(60)), (["WATCHDOG_USEC": "0"], nil),
        (["WATCHDOG_USEC": "soon"], nil), (["WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"], nil),
    ]

    @Test(arguments: intervals)
    func `knows how often the manager wants to hear of this process`(
        variables: [String: String], interval: Duration?
    ) throws {
        let environment = variables.merging(["NOTIFY_SOCKET": "@mintcache-test"]) { $1 }
        #expect(try #require(ServiceNotifier(environment: environment)).watchdogInterval == interval)
    }
}
