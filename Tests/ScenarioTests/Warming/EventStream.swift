import EventLoops
import Foundation
import MintcacheTesting
import Testing
import Tokens

/// Server-sent events, parsed by the rules of the HTML standard as far as they are used here.
struct EventStream {
    struct Event {
        var identifier: String?
        var name = "message"
        var data = ""

        var job: JSONValue {
            get throws { try JSONDocument(validating: Array(data.utf8)).root }
        }
    }

    private(set) var events: [Event] = []

    init(_ text: String) {
        for block in text.components(separatedBy: "\n\n") {
            var event = Event()
            for line in block.split(separator: "\n") where !line.hasPrefix(":") {
                let parts = line.split(separator: ":", maxSplits: 1).map { String($0) }
                let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
                switch parts[0] {
                case "id": event.identifier = value
                case "event": event.name = value
                case "data": event.data += value
                case _: break
                }
            }
            if !event.data.isEmpty { events.append(event) }
        }
    }
}
